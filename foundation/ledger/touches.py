"""What entries touched: read by whoever wants to look only at what changed, cleared when everybody has seen it."""

from dataclasses import dataclass

from foundation.ledger.models import Touch, TouchHorizon

MOST_TOUCHES = 5_000
"""So many touches at most are followed one by one; beyond, looking at everything is as cheap."""


@dataclass(frozen=True)
class Touched:
    """What an entry said something about; ``period`` and ``subject`` are None where the fact has none."""

    what: str
    period: int | None
    subject: int | None


def touched_between(after: int, upto: int) -> list[Touched] | None:
    """What the entries in ``(after, upto]`` touched; None: too much, or no longer known."""
    rows = Touch.objects.filter(seq__gt=after, seq__lte=upto).values_list("what", "period_id", "subject_id").distinct()
    found = [Touched(*row) for row in rows[: MOST_TOUCHES + 1]]
    # Read after the touches: what was cleared before them has moved the horizon, and is seen here.
    horizon = TouchHorizon.objects.values_list("seq", flat=True).get(pk=1)
    return None if horizon > after or len(found) > MOST_TOUCHES else found


def clear_touches(upto: int) -> None:
    """Clear away the touches of the entries up to this one, inside a transaction; nothing to clear writes nothing."""
    if Touch.objects.filter(seq__lte=upto).exists():
        # The horizon first: its row makes two that clear wait for each other.
        TouchHorizon.objects.filter(pk=1, seq__lt=upto).update(seq=upto)
        Touch.objects.filter(seq__lte=upto).delete()
