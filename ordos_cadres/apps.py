"""Django configuration of the composition."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OrdosCadresConfig(AppConfig):
    """Commands and the sample city; no tables of its own."""

    name = "ordos_cadres"
    label = "ordos_cadres"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every app's ``invariants`` module tell what must hold."""
        autodiscover_modules("invariants")
