"""The one clock: instants are aware UTC, days are those of the office."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Give the present instant, aware."""
    return timezone.now()


def today() -> date:
    """Give the present day in the office's time zone (Asia/Shanghai)."""
    return timezone.localdate()
