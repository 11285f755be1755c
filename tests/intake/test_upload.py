"""An upload from the file to the receipt."""

import pytest

from foundation.ledger.models import Entry
from intake.enums import BatchState
from intake.models import Observation
from tests.cast import Cast
from tests.intake import factories
from tests.intake.factories import commit, send, stored, upload, xlsx_bytes


@pytest.fixture(autouse=True)
def _indicators(cast: Cast) -> None:
    factories.make_indicators()


def test_good_file_is_stored_with_a_receipt(cast: Cast) -> None:
    checked = send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "95.5"], ["000101", "", "OT01", "2026Q1", "88"])

    assert (checked.batch.state, checked.problems) == (BatchState.CHECKED, [])
    assert (checked.report.n_new, checked.report.n_changed, checked.report.n_same) == (2, 0, 0)
    assert stored(cast) == []

    committed = commit(cast.hr_city, checked)

    assert committed.batch.state == BatchState.COMMITTED
    assert committed.batch.entry_id == Entry.objects.latest("seq").seq
    assert stored(cast) == [
        ("000101", "OT01", "2026Q1", "value", 8800, "value", "final"),
        ("150602", "DD01", "2026Q1", "value", 9550, "value", "final"),
    ]


def test_workbook_keeps_the_address_of_each_value(cast: Cast) -> None:
    data = xlsx_bytes([["", "150602", "DD01", "2026Q1", 95.5]])

    commit(cast.hr_city, upload(cast.hr_city, data, "data.xlsx"))

    row = Observation.objects.get()
    assert (row.sheet, row.row, row.col, row.value) == (1, 2, 5, 9550)


def test_one_bad_row_keeps_all_rows_out(cast: Cast) -> None:
    sent = send(cast.hr_city, ["", "150602", "DD01", "2026Q1", "95.5"], ["", "150627", "DD01", "2026Q1", "9_5"])

    assert sent.batch.state == BatchState.REJECTED
    assert sent.problems == [("not_a_number", "E3", "9_5")]
    assert stored(cast) == []
