"""Django configuration of the composition."""

from django.apps import AppConfig


class OrdosCadresConfig(AppConfig):
    """Commands and the sample city; no tables of its own."""

    name = "ordos_cadres"
    label = "ordos_cadres"
    default_auto_field = "django.db.models.BigAutoField"
