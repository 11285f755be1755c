"""Django configuration of foundation.jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Long work: jobs with leases, children and closing steps."""

    name = "foundation.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
