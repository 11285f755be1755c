"""Sheets that we added to a workbook are no data; a name alone makes none of them."""

from pathlib import Path
from typing import Any

import pytest

from foundation.tabular.asides import ASIDE_TEXT
from foundation.tabular.errors import TableError
from tests.tabular.files import HEADING, read, texts, workbook


def test_sheet_of_ours_beside_the_data_is_not_read(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        book.create_sheet("问题清单")["A1"] = ASIDE_TEXT
        book["问题清单"]["A2"] = "一句话"

    table = read(tmp_path, workbook([HEADING, ("0012", 1)], change))

    assert texts(table) == [["0012", "1"]]


def test_name_alone_makes_no_sheet_ours(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        book.create_sheet("问题清单")["A1"] = "employee_no"

    with pytest.raises(TableError, match="several_sheets"):
        read(tmp_path, workbook([HEADING, ("0012", 1)], change))


def test_sheet_of_ours_is_not_skipped_where_it_is_the_only_one(tmp_path: Path) -> None:
    table = read(tmp_path, workbook([(ASIDE_TEXT,), ("0012",)]))

    assert table.headings == (ASIDE_TEXT,)
