from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from foundation.audit.checks import guards_stand
from foundation.constraints import install_after_migration


class AuditConfig(AppConfig):
    """Who did what; installs and looks for the guards."""

    name = "foundation.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Install guards after migrations, look for them at the start; let the apps name what they record."""
        autodiscover_modules("audit_words")
        post_migrate.connect(install_after_migration, dispatch_uid="guards")
        register(Tags.database)(guards_stand)
