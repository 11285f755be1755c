"""Django configuration of foundation.rulebook."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RulebookConfig(AppConfig):
    """Versioned rule documents with approval."""

    name = "foundation.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read each app's ``rule_kinds``: what a good document of each kind is."""
        autodiscover_modules("rule_kinds")
