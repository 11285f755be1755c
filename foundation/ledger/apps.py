"""Django configuration of foundation.ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Append-only facts: entries, the fact base class, the one bulk store."""

    name = "foundation.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
