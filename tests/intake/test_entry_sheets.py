"""The template itself: what a rule of a cell cannot hold stands on the instruction sheet."""

import io

from openpyxl import load_workbook

from foundation.tabular.asides import ASIDE_TEXT
from intake.entry_sheets import AskedIndicator, AskedSubject, EntrySheet, write_wide
from intake.models import Indicator


def sheet(*options: str, low: int = 0, high: int = 10000, places: int = 2) -> EntrySheet:
    row = Indicator(code="JY01", name_zh="等次", measure="分", places=places, low=low, high=high, basis="演示")
    asked = AskedIndicator(row, "等次", options, with_target=False)
    return EntrySheet("示例", "2026Q1", of_cadres=True, indicators=(asked,), subjects=(AskedSubject("0012", "例"),))


def made(sheet: EntrySheet) -> tuple[str, list[object]]:
    """The rule of the column of figures, and what its range on the instruction sheet holds."""
    stream = io.BytesIO()
    write_wide(sheet, stream)
    page, notes = load_workbook(stream).worksheets
    assert notes["A1"].value == ASIDE_TEXT
    rule = next(rule for rule in page.data_validations.dataValidation if str(rule.sqref).startswith("E2"))
    if "!" not in rule.formula1:
        return rule.formula1, []
    cells = notes[rule.formula1.split("!")[1].replace("$", "")]
    return rule.formula1, [cell.value for row in cells for cell in row]


def test_short_list_stands_in_the_cell() -> None:
    assert made(sheet("好", "一般")) == ('"好,一般,不适用,作废"', [])


def test_long_list_and_options_with_commas_stand_on_the_instruction_sheet() -> None:
    many = tuple(f"第 {at} 种很长的等次名称" for at in range(30))

    assert made(sheet(*many))[1] == [*many, "不适用", "作废"]
    assert made(sheet("好,很好", "一般"))[1] == ["好,很好", "一般", "不适用", "作废"]


def test_bounds_are_written_with_the_signs_of_a_formula() -> None:
    rule, _ = made(sheet(low=-5025, high=1000))

    assert "E2>=-50.25,E2<=10,ROUND(E2,2)=E2" in rule
