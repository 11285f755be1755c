"""Django configuration of foundation.rulebook."""

from django.apps import AppConfig


class RulebookConfig(AppConfig):
    """Versioned rule documents with approval."""

    name = "foundation.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"
