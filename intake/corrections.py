"""Corrections that a commit would write, as the report of a check keeps them."""

from dataclasses import dataclass

from foundation.ledger.store import Changed, Plan
from intake.checks.findings import KEPT_CELLS
from intake.checks.sheets import Checked
from intake.contents import content_text, difference_text, is_jump


@dataclass(frozen=True)
class Change:
    """One correction: the cell that says it, the content before and after, and the entry that said it before."""

    ref: str
    subject: str
    indicator: str
    period: str
    facet: str
    before: str
    after: str
    difference: str = ""
    said_by: int = 0
    is_jump: bool = False


def changes_of(checked: Checked, plan: Plan) -> tuple[Change, ...]:
    """The corrections of a plan, as many as a report keeps: those by much first, then in the order of the sheet."""
    first = sorted(plan.changed, key=lambda one: (not is_jump(one.before, one.after), one.order))[:KEPT_CELLS]
    return tuple(_change(checked, one) for one in first)


def _change(checked: Checked, one: Changed) -> Change:
    place, sheet = int(checked.places[one.order]), checked.sheet
    facet = checked.columns["facet"][one.order]
    indicator = str(sheet["indicator_code"].codes.texts[place])
    places = _places(checked, indicator)
    return Change(
        ref=f"{sheet[facet].letter_at(place)}{sheet.rows[place]}",
        subject=checked.findings.subject(place),
        indicator=indicator,
        period=str(sheet["period"].codes.texts[place]),
        facet=facet,
        before=content_text(one.before, places),
        after=content_text(one.after, places),
        difference=difference_text(one.before, one.after, places),
        said_by=one.said_by,
        is_jump=is_jump(one.before, one.after),
    )


def _places(checked: Checked, indicator: str) -> int:
    assert checked.lookups is not None
    indicators = checked.lookups.indicators
    return indicators.rows[indicators.place[indicator]].places
