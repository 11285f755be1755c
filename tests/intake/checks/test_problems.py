"""The table of problems: each code speaks, and says what to do."""

import re
from pathlib import Path

import pytest

from foundation.tabular.errors import PROBLEM_TEXTS, TOLD, TableError
from foundation.tabular.folding import Fold
from foundation.tabular.numbers import NumberFault
from intake.long_form import FOLD_CODES
from intake.problems import KINDS, Problem
from ordos_cadres.problem_table import upload_page

ROOT = Path(__file__).parents[3]
LEVELS = {"error": "错误", "warning": "提醒"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_renders_with_its_facts(code: str) -> None:
    kind = KINDS[code]
    facts = dict.fromkeys(PLACEHOLDER.findall(str(kind.sentence)), "甲")

    message = Problem(code, row=2, column="C", heading="数值", value="乙", facts=facts).message

    assert "%" not in message.replace("百分号", "")
    assert str(kind.title)
    assert str(kind.remedy)


def test_whatever_the_reader_of_files_tells_has_a_kind() -> None:
    assert set(PROBLEM_TEXTS) | set(TableError.texts) <= set(KINDS)


def test_folds_and_faults_of_numbers_have_a_kind() -> None:
    assert set(FOLD_CODES.values()) == {f"folded_{fold.codes[0]}" for fold in Fold} <= set(KINDS)
    assert {fault.code for fault in NumberFault} - {"none"} <= set(KINDS)


def test_page_for_officers_holds_the_table_as_it_is() -> None:
    page = (ROOT / "docs/upload.md").read_text("utf-8")

    assert page == upload_page()
    for kind in KINDS.values():
        assert f"| `{kind.code}` | {LEVELS[kind.severity]} | {kind.title} |" in page


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_is_decided_where_the_table_says(code: str) -> None:
    source = (ROOT / KINDS[code].decided_in).read_text("utf-8")

    # Folds and faults of numbers are members of an enumeration there.
    assert f'"{code}"' in source or code.removeprefix("folded_").upper() in source


def test_what_only_tells_is_a_warning_in_both_tables() -> None:
    warnings = {code for code, kind in KINDS.items() if kind.severity == "warning"}

    assert set(TOLD) == warnings & set(PROBLEM_TEXTS)
