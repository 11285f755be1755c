"""Django configuration of cadres."""

from django.apps import AppConfig


class CadresConfig(AppConfig):
    """Cadres, their postings, status spells and sanctions."""

    name = "cadres"
    label = "cadres"
    default_auto_field = "django.db.models.BigAutoField"
