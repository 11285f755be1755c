from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Facts as a ledger."""

    name = "foundation.ledger"
    label = "ledger"
    verbose_name = "事实账"
