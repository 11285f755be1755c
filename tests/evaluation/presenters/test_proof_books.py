"""The workbook computes: recalculated by a formula library, and by LibreOffice where it is, it gives the total."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import formulas
import pytest
from openpyxl import load_workbook

from evaluation.presenters.proof_books import write_proof_book
from evaluation.selectors.proofs import Proof, proof_of
from tests.evaluation.factories import GOLDEN, Town, make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute_golden
from tools.verify_score import Checked

pytestmark = pytest.mark.django_db


@pytest.fixture
def golden(db: None) -> Town:
    """The golden city, computed."""
    town = make_golden_town()
    recompute_golden()
    return town


def proof(town: Town, case: str) -> Proof:
    """The proof of a golden case."""
    row = next(row for row in GOLDEN if row["case"] == case and row["row"] == "total")
    found = proof_of(WHOLE_CITY, scheme_code=row["document"], period_code=PERIOD, subject=town.subject(row["subject"]))
    assert found is not None
    return dict(json.loads(json.dumps(found)))


def by_library(file: Path) -> dict[str, Any]:
    """Cells of the first sheet after a recalculation by the formula library."""
    solution = formulas.ExcelModel().loads(str(file)).finish().calculate()
    title = load_workbook(file).sheetnames[0]
    found = {}
    for key, cell in solution.items():
        sheet, _bang, address = str(key).rpartition("!")
        if sheet.upper().endswith(f"]{title}'".upper()) and ":" not in address:
            found[address] = cell.value[0][0]
    return found


def by_libreoffice(file: Path) -> dict[str, Any]:
    """Cells of the first sheet after a recalculation by LibreOffice."""
    profile = file.parent / "profile"
    command = [
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", str(file.parent / "out"), str(file)], check=True, capture_output=True)
    sheet = load_workbook(file.parent / "out" / file.name, data_only=True).worksheets[0]
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


def programs() -> list[Callable[[Path], dict[str, Any]]]:
    """What can recalculate on this machine; the library always can."""
    return [by_library, *([by_libreoffice] if shutil.which("soffice") else [])]


def row_of(file: Path, name: str) -> int:
    """The row of the first sheet that bears this name."""
    sheet = load_workbook(file).worksheets[0]
    return next(cell.row for cell in sheet["B"] if str(cell.value).strip("　 ") == name)


def written(proof: Proof, file: Path) -> Path:
    """The workbook as a file."""
    with file.open("wb") as stream:
        write_proof_book(proof, stream)
    return file


def test_the_workbook_gives_the_stored_total(golden: Town, tmp_path: Path) -> None:
    for case in ("P01", "U4"):
        given = proof(golden, case)
        file = written(given, tmp_path / f"{case}.xlsx")
        total, verdict = row_of(file, "总分"), row_of(file, "核对")
        for recalculate in programs():
            cells = recalculate(file)
            found = Fraction(float(cells[f"J{total}"])) * 10**6
            assert abs(found - given["result"]["total"]) < 10, (case, recalculate.__name__)
            assert str(cells[f"J{verdict}"]) == "一致"


def test_a_changed_value_gives_the_total_that_the_rules_give(golden: Town, tmp_path: Path) -> None:
    given = proof(golden, "U1")
    file = written(given, tmp_path / "proof.xlsx")
    book = load_workbook(file)
    sheet = book.worksheets[0]
    at = next(cell.row for cell in sheet["A"] if cell.value == "DD02")
    sheet[f"F{at}"] = 20
    book.save(file)
    given["leaves"]["DD02"]["value"] = "20"
    expected = Checked(given).total
    total, verdict = row_of(file, "总分"), row_of(file, "核对")

    for recalculate in programs():
        cells = recalculate(file)
        assert abs(Fraction(float(cells[f"J{total}"])) * 10**6 - expected) < 10, recalculate.__name__
        assert str(cells[f"J{verdict}"]).startswith("不一致")
    assert expected != given["result"]["total"]


def test_names_stay_names_and_who_has_no_total_is_told_why(golden: Town) -> None:
    given = proof(golden, "P12")
    given["subject"]["name"] = '=HYPERLINK("http://x")'
    stream = io.BytesIO()

    write_proof_book(given, stream)

    sheet = load_workbook(stream).worksheets[0]
    assert (sheet["A1"].data_type, sheet["A1"].value.startswith("=HYPERLINK")) == ("s", True)
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "没有总分，原因：REQUIRED_MISSING" in texts
    assert not any(text == "核对" for text in texts)
