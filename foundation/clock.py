"""The one clock: instants are aware UTC, days are those of the office."""

from datetime import date, datetime, time

from django.utils import timezone


def now() -> datetime:
    """Give the present instant, aware."""
    return timezone.now()


def today() -> date:
    """Give the present day in the office's time zone (Asia/Shanghai)."""
    return timezone.localdate()


def midnight(day: date) -> datetime:
    """Give the instant at which a day of the office begins."""
    return timezone.make_aware(datetime.combine(day, time.min))
