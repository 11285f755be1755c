"""Observations for the engine, and the way back to the cell."""

import pytest

from foundation.ledger.models import Entry
from intake.enums import Facet
from intake.models import Indicator, Observation, Period
from intake.selectors.observations import FLAGS, history_of, observation_columns, source_of
from tests.cast import Cast, scope
from tests.intake.factories import commit, store, upload, xlsx_bytes

pytestmark = pytest.mark.usefixtures("indicators")

HEADING = ("单位代码", "指标代码", "期间", "数值", "目标值")


def seq() -> int:
    return Entry.objects.latest("seq").seq


def read(cut_seq: int, *codes: str, **more: object) -> list[tuple[int, ...]]:
    period_ids = list(Period.objects.filter(code__in=codes).values_list("pk", flat=True))
    found = observation_columns(cut_seq=cut_seq, period_ids=period_ids, **more)  # type: ignore[arg-type]  # passed on as it comes
    columns = (found.subject, found.is_target, found.flag, found.value, found.row, found.col)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_columns_are_those_in_force_at_the_cut(cast: Cast) -> None:
    banner, other = cast.units["150602"].pk, cast.units["150627"].pk
    store(cast.hr_city, ["150602", "DD01", "2026Q1", "95.5", "100"], heading=HEADING)
    first = seq()
    store(
        cast.hr_city,
        ["150602", "DD01", "2026Q1", "96", ""],
        ["150627", "DD01", "2026Q1", "不适用", ""],
        ["150627", "DD01", "2026Q2", "1", ""],
        heading=HEADING,
    )

    value, not_applicable = FLAGS.index("value"), FLAGS.index("not_applicable")
    assert read(first, "2026Q1") == [(banner, False, value, 9550, 2, 4), (banner, True, value, 10000, 2, 5)]
    assert read(seq(), "2026Q1") == [
        (banner, False, value, 9600, 2, 4),
        (banner, True, value, 10000, 2, 5),
        (other, False, not_applicable, 0, 3, 4),
    ]
    assert read(seq(), "2026Q1", subject_ids=[other]) == [(other, False, not_applicable, 0, 3, 4)]
    assert read(first - 1, "2026Q1") == []


def test_what_was_taken_back_is_not_there(cast: Cast) -> None:
    store(cast.hr_city, ["150602", "DD01", "2026Q1", "95.5", ""], heading=HEADING)
    store(cast.hr_city, ["150602", "DD01", "2026Q1", "作废", ""], heading=HEADING)

    assert read(seq(), "2026Q1") == []


def test_value_leads_back_to_its_cell_and_the_rows_around_it(cast: Cast) -> None:
    rows = [["", "150602", "DD01", f"2026Q{n}", 90 + n] for n in (1, 2, 3)]
    uploaded = commit(cast.hr_city, upload(cast.hr_city, xlsx_bytes(rows), "二季度.xlsx"))
    row = Observation.objects.get(value=9200)

    source = source_of(scope(cast.hr_city), said_by=row.said_by, sheet=row.sheet, row=row.row, col=row.col)

    assert source is not None
    assert source.window is not None
    assert (source.batch_ref, source.file_name, source.address, source.who) == (
        uploaded.batch.ref,
        "二季度.xlsx",
        "E3",
        "例霜降",
    )
    assert [line.number for line in source.window.rows] == [2, 3, 4]


def test_reader_who_may_not_see_the_batch_sees_no_rows_of_others(cast: Cast) -> None:
    rows = [["", "150602", "DD01", f"2026Q{n}", 90 + n] for n in (1, 2, 3)]
    commit(cast.hr_city, upload(cast.hr_city, xlsx_bytes(rows), "二季度.xlsx"))
    row = Observation.objects.get(value=9200)

    source = source_of(scope(cast.bai_yin), said_by=row.said_by, sheet=row.sheet, row=row.row, col=row.col)

    assert source is not None
    assert source.window is not None
    assert (source.batch_ref, [line.number for line in source.window.rows]) == ("", [3])


def test_what_no_file_said_has_no_source(cast: Cast) -> None:
    assert source_of(scope(cast.hr_city), said_by=1, sheet=1, row=2, col=3) is None


def test_history_names_every_word_about_a_key(cast: Cast) -> None:
    store(cast.hr_city, ["150602", "DD01", "2026Q1", "95.5", ""], heading=HEADING)
    first = seq()
    store(cast.clerk_statistics, ["150602", "DD01", "2026Q1", "96", ""], heading=HEADING)
    key = {
        "period_id": Period.objects.get(code="2026Q1").pk,
        "subject_id": cast.units["150602"].pk,
        "indicator_id": Indicator.objects.get(code="DD01").pk,
    }

    told = history_of(**key, facet=Facet.VALUE, places=2)

    assert [(one.who, one.text, one.is_open) for one in told] == [("例霜降", "95.50", False), ("示清明", "96.00", True)]
    assert [one.seq for one in history_of(**key, facet=Facet.VALUE, places=2, cut_seq=first)] == [first]


@pytest.mark.parametrize("many", [1, 30])
def test_columns_take_one_query(cast: Cast, many: int, django_assert_max_num_queries: object) -> None:
    codes = [f"2025-{month:02}" for month in range(1, 13)] + [f"2026-{month:02}" for month in range(1, 13)]
    units = ["150602", "150627"]
    keys = [(unit, code) for unit in units for code in codes][:many]
    store(cast.hr_city, *[[unit, "DD02", code, "1", ""] for unit, code in keys], heading=HEADING)
    period_ids, cut = list(Period.objects.values_list("pk", flat=True)), seq()

    with django_assert_max_num_queries(1):  # type: ignore[operator]  # passed on as it comes
        found = observation_columns(cut_seq=cut, period_ids=period_ids)

    assert len(found) == many
