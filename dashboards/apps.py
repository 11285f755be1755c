"""Django configuration of dashboards."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Home and overview pages; no models."""

    name = "dashboards"
    label = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"
