from pathlib import Path

from foundation.tabular.headings import HeadingSpec, match_headings
from tests.tabular.files import read, wide

SPECS = (
    HeadingSpec("employee_no", ("工号", "人员编号"), is_required=True),
    HeadingSpec("value", ("数值",), is_required=True),
    HeadingSpec("remark", ("备注",)),
)


def match(folder: Path, heading: str, row: str = "1,2,3,4") -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    matching = match_headings(read(folder, f"\n{heading}\n{row}\n".encode(), "data.csv"), SPECS)
    columns = {field: column.letter for field, column in matching.columns.items()}
    return columns, [(problem.code, problem.address, problem.value) for problem in matching.problems]


def test_chinese_and_english_headings_and_synonyms_are_known(tmp_path: Path) -> None:
    columns, problems = match(tmp_path, f" 人员编号 ,{wide('VALUE')},备 注", "1,2,3")

    assert columns == {"employee_no": "A", "value": "B", "remark": "C"}
    assert problems == []


def test_what_does_not_fit_is_named_with_its_cell(tmp_path: Path) -> None:
    columns, problems = match(tmp_path, "工号,得分,,employee_no")

    assert columns == {"employee_no": "A"}
    assert problems == [
        ("heading_unknown", "B2", "得分"),
        ("heading_blank", "C2", ""),
        ("heading_duplicate", "D2", "employee_no"),
        ("heading_missing", "2", ""),
    ]


def test_an_optional_column_may_be_absent(tmp_path: Path) -> None:
    columns, problems = match(tmp_path, "工号,数值", "1,2")

    assert columns == {"employee_no": "A", "value": "B"}
    assert problems == []
