"""Django configuration of intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Data comes in: indicators, periods, observations, uploads."""

    name = "intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
