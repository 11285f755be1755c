"""Values carried forward: scheme periods are counted back by the calendar, opened or not."""

import json
from collections.abc import Collection

import pytest

from evaluation.matrices.basis import Basis, Span, basis_of, manifest_for, reached
from evaluation.matrices.members import members_at
from evaluation.matrices.rows import rows_at
from evaluation.scoring import LeafState
from evaluation.selectors.schemes import pair_named
from foundation.ledger.models import last_committed_seq
from intake.calendar import calendar_span, ordinal_of
from tests.evaluation.factories import Town, approve, make_indicators, make_periods, make_units
from tests.evaluation.scoring.sample import documents, indicators

VILLAGE = "150622104-V01"


def make_town(*, lacking: Collection[str], carried: int) -> Town:
    """Villages only, whose yearly values are carried forward for some quarters."""
    town = Town()
    make_periods(town, years=(2024, 2025, 2026), lacking=lacking)
    make_units(town)
    make_indicators(town, indicators())
    body = json.dumps(documents()["TGC-VILLAGE"]).replace("carry_forward(4)", f"carry_forward({carried})")
    approve(json.loads(body))
    return town


def basis(period: str = "2026Q3") -> Basis:
    pair = pair_named(scheme_code="TGC-VILLAGE", period_code=period)
    return basis_of(manifest_for(pair.version, pair.period))


def carried(town: Town, key: str) -> tuple[LeafState, int]:
    """State and number of periods back of one leaf of the village."""
    read, cut_seq = basis(), last_committed_seq()
    members = members_at(read, cut_seq=cut_seq, subjects=[town.subject(VILLAGE)])
    rows = rows_at(members, read, cut_seq=cut_seq, totals={})
    at = next(leaf.column for leaf in read.scheme.leaves if leaf.key == key)
    return LeafState(int(rows.states[0, at])), int(rows.carried[0, at])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lacking", "most", "expected"),
    [
        ([], 3, (LeafState.PRESENT, 3)),
        (["2025Q4"], 3, (LeafState.PRESENT, 3)),
        (["2026Q1", "2026Q2"], 3, (LeafState.PRESENT, 3)),
        ([], 2, (LeafState.MISSING, 0)),
        # The last quarter of the year stands two rows back, and three quarters.
        (["2026Q1"], 2, (LeafState.MISSING, 0)),
        # The year ends in a quarter that nobody has opened, and still ends in it.
        (["2026Q1", "2026Q2", "2025Q4"], 3, (LeafState.PRESENT, 3)),
    ],
)
def test_a_year_is_carried_by_quarters_of_the_calendar(lacking, most, expected) -> None:
    town = make_town(lacking=lacking, carried=most)
    town.observe(VILLAGE, "JY05", "2025", "95")

    assert carried(town, "JY05") == expected


@pytest.mark.django_db
def test_the_manifest_holds_the_periods_that_end_where_no_quarter_was_opened() -> None:
    make_town(lacking=["2026Q2", "2026Q1"], carried=2)

    codes = {span.code for span in basis().spans}

    assert {"2026H1", "2026-01", "2026-06", "2026Q3"} <= codes
    assert not {"2025-12", "2025", "2025Q4", "2026"} & codes


@pytest.mark.pure
def test_days_that_an_opened_period_took_are_not_taken_again() -> None:
    own = Span(9, "2026", "year", *_days("2025-12", "2026-11"))
    older = Span(7, "2024", "year", *_days("2024-01", "2024-11"))

    found = reached(own, [own, older], 3)

    # 2025 has no row: it gets what lies between the real counts, which close on 30 November.
    assert [(span.pk, span.code, span.first, span.last) for span in found] == [
        (9, "2026", own.first, own.last),
        (0, "2025", *_days("2025-01", "2025-11")),
        (7, "2024", older.first, older.last),
        (0, "2023", *_days("2023-01", "2023-12")),
    ]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("year", ["2025", "2026"]),
        ("half", ["2025H2", "2026H1", "2026H2", "2027H1"]),
        ("quarter", ["2025Q4", "2026Q1", "2026Q2"]),
        ("month", ["2025-12", "2026-01", "2026-09", "2026-10"]),
    ],
)
def test_places_lead_back_to_codes(kind, codes) -> None:
    places = [ordinal_of(kind, code) for code in codes]

    assert [calendar_span(kind, place)[0] for place in places] == codes
    assert places == sorted(places)


def _days(first: str, last: str) -> tuple[int, int]:
    return calendar_span("month", ordinal_of("month", first))[1], calendar_span("month", ordinal_of("month", last))[2]
