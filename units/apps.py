"""Django configuration of units."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """Whatever is judged, and the tree of units."""

    name = "units"
    label = "units"
    default_auto_field = "django.db.models.BigAutoField"
