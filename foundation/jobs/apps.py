"""Django configuration of foundation.jobs."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules

from foundation.jobs.checks import faults_are_off, lease_outlives_lock_waits


class JobsConfig(AppConfig):
    """Long work: jobs with leases, children and closing steps."""

    name = "foundation.jobs"
    label = "jobs"
    verbose_name = "任务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Look at the settings, and let every app's ``tasks`` module register its kinds of jobs.

        Web processes need them as well as workers: they ask for jobs and show titles.
        """
        autodiscover_modules("tasks")
        register(lease_outlives_lock_waits)
        register(faults_are_off, deploy=True)
