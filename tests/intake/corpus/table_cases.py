"""How people lay out a table: titles, notes, blanks, headings, repeated rows; what they write into it."""

from tests.intake.corpus.outcomes import HEADING, OTHER, UNIT, Case, rejected, row, stored
from tests.intake.corpus.workbooks import Book, Sheet, book, formula, merges, plain, row_xml, rows_xml
from tests.tabular.files import wide

TWO = {UNIT: 9550, OTHER: 100}
TITLE = ["鄂尔多斯市 2026 年一季度考核数据"]
TITLED = ("title_above", "2")
BLANK: list[str] = []
CITED = (*HEADING, "佐证编号")
NOTE = rejected(("note_row", "3"))

ABOVE = {
    "title": (book([TITLE, HEADING, row()]), stored(TITLED)),
    "title and who reports": (book([TITLE, ["填报单位：", "统计局"], HEADING, row()]), stored(("title_above", "3"))),
    "title with blank rows": (book([TITLE, BLANK, BLANK, HEADING, row()]), stored(("title_above", "4"))),
    "blank rows above": (book([BLANK, BLANK, HEADING, row()]), stored()),
    "blank columns at the left": (book([["", "", *HEADING[1:]], ["", "", *row()[1:]]]), stored()),
    "heading in row 20": (book([TITLE, *[BLANK] * 18, HEADING, row()]), stored(("title_above", "20"))),
    "heading in row 21": (
        book([TITLE, *[BLANK] * 19, HEADING, row()]),
        rejected(
            ("heading_blank", "B1"), ("heading_blank", "C1"), ("heading_blank", "D1"), ("heading_blank", "E1"),
            ("heading_missing", "1"), ("heading_missing", "1"), ("heading_missing", "1"), ("heading_missing", "1"),
            ("heading_unknown", "A1"),
        ),
    ),
    "data above the heading": (
        book([row(), HEADING, row(OTHER, "1")]),
        rejected(("data_above_heading", "1")),
    ),
    "heading twice": (
        book([HEADING, row(), HEADING, row(OTHER, "1")]),
        rejected(
            ("employee_unknown", "A3"), ("indicator_unknown", "C3"), ("period_unknown", "D3"),
        ),
    ),
}  # fmt: skip

BELOW = {
    "total": (plain(row(), ["合计", "", "", "", 95.5]), NOTE),
    "total with its formula": (plain(row(), ["合计", "", "", "", formula("SUM(E2)", "95.5")]), NOTE),
    "total without kept value": (plain(row(), ["合计", "", "", "", formula("SUM(E2)")]), NOTE),
    "total with spaces between": (plain(row(), ["合  计", "", "", "", 95.5]), NOTE),
    "merged note": (plain(row(), ["注：数据以统计局为准"], after=merges("A3:E3")), NOTE),
    "who filled it in": (plain(row(), ["填表人：张三", "", "审核人：李四", "", "2026年4月1日"]), NOTE),
    "unit and seal": (plain(row(), BLANK, ["", "", "", "鄂尔多斯市统计局", ""]), rejected(("note_row", "4"))),
    "sentence far below": (
        Book([Sheet(rows_xml([HEADING, row()]) + row_xml(900, ["以上数据由各旗区提供"]))]),
        rejected(("note_row", "900")),
    ),
    "several notes": (
        plain(row(), ["合计", "", "", "", 95.5], ["注：", "", "", "", ""], ["※ 内部资料"]),
        rejected(("note_row", "3"), ("note_row", "4"), ("note_row", "5")),
    ),
    "subtotal amid the data": (
        plain(row(), ["小计", "", "", "", 95.5], row(OTHER, "1")),
        rejected(("employee_unknown", "A3"), ("indicator_missing", "C3"), ("period_missing", "D3")),
    ),
    "stray figure below": (
        plain(row(), ["", "", "", "", 95.5]),
        rejected(("subject_missing", "A3"), ("indicator_missing", "C3"), ("period_missing", "D3")),
    ),
    "row that lost its indicator and period": (
        plain(row(), ["", OTHER, "", "", 1]),
        rejected(("indicator_missing", "C3"), ("period_missing", "D3")),
    ),
    "spaces below": (plain(row(), [" ", "\u3000", "\u00a0"]), stored()),
}

HEADINGS = {
    "English": (book([("employee_no", "unit_code", "Indicator Code", "PERIOD", "value"), row()]), stored()),
    "spaces and line breaks": (book([("工 号", "单位\n代码", " 指标代码", "期\u3000间", "数值 "), row()]), stored()),
    "full width": (book([(wide("unit_code"), "指标代码", "期间", "数值"), row()[1:]]), stored()),
    "other order": (book([("数值", "期间", "指标代码", "单位代码"), [95.5, "2026Q1", "DD01", UNIT]]), stored()),
    "unknown column": (book([(*HEADING, "得分"), row(UNIT, "95.5", "1")]), rejected(("heading_unknown", "F1"))),
    "unknown column without data": (book([(*HEADING, "得分"), row()]), rejected(("heading_unknown", "F1"))),
    "column without heading": (book([HEADING, row(UNIT, "95.5", "1")]), rejected(("heading_blank", "F1"))),
    "column twice": (book([(*HEADING, "实际值"), row(UNIT, "95.5", "1")]), rejected(("heading_duplicate", "F1"))),
    "no period": (book([HEADING[:3], row()[:3]]), rejected(("heading_missing", "1"), ("heading_missing", "1"))),
    "heading alone": (book([HEADING]), rejected(("no_rows", "1"))),
    "nothing": (book([]), rejected(("no_data", ""))),
    "spaces alone": (book([[" ", "\u3000"]]), rejected(("no_data", ""))),
}

WRITTEN = {
    "full-width digits": (plain(row(value=wide("95.5"))), stored(("folded_full_width", "E2"))),
    "thousands": (
        plain(row(value="1,203")),
        rejected(("folded_thousands", "E2"), ("out_of_bounds", "E2")),
    ),
    "spaces around": (plain(row(value=" 95.5\u00a0")), stored(("folded_spaces", "E2"))),
    "percent sign": (plain(row(value="95.5%")), stored(("folded_percent", "E2"))),
    "zeros at the end": (plain(row(value="95.5000")), stored(("folded_trailing_zeros", "E2"))),
    "minus as a sign of its own": (
        plain(row(value="\u22125", indicator="GR03")),
        stored(("folded_minus", "E2"), values={UNIT: -5000}),
    ),
    "about": (plain(row(value="约95")), rejected(("not_a_number", "E2"))),
    "dash": (plain(row(value="—")), rejected(("not_a_number", "E2"))),
    "slash": (plain(row(value="/")), rejected(("not_a_number", "E2"))),
    "hexadecimal": (plain(row(value="0x1F")), rejected(("not_a_number", "E2"))),
    "underscore": (plain(row(value="9_5")), rejected(("not_a_number", "E2"))),
    "Arabic-Indic digits": (plain(row(value="\u0669\u0665")), rejected(("not_a_number", "E2"))),
    "NaN": (plain(row(value="NaN")), rejected(("not_a_number", "E2"))),
    "wrong thousands": (plain(row(value="12,03")), rejected(("not_a_number", "E2"))),
    "two signs": (plain(row(value="--5")), rejected(("not_a_number", "E2"))),
    "measure beside the number": (plain(row(value="95.5分")), rejected(("not_a_number", "E2"))),
    "too many places": (plain(row(value="95.555")), rejected(("too_many_places", "E2"))),
    "blank value": (plain(row(value="")), rejected(("value_missing", "E2"))),
    "code with spaces": (plain(row(f"{UNIT} ")), stored(("folded_spaces", "B2"))),
    "code with an invisible mark": (plain(row(f"\u200b{UNIT}")), stored(("folded_invisible", "B2"))),
    "code in full width": (plain(row(wide(UNIT))), stored(("folded_full_width", "B2"))),
    "unit unknown": (plain(row("150699")), rejected(("unit_unknown", "B2"))),
    "indicator in small letters": (plain(row(indicator="dd01")), rejected(("indicator_unknown", "C2"))),
    "period of another kind": (plain(row(period="2026H1")), rejected(("period_kind", "D2"))),
    "equal rows": (
        plain(row(), row(value="95.50")),
        stored(("duplicate_equal", "E3")),
    ),
    "conflicting rows": (
        plain(row(), row(value="96")),
        rejected(("duplicate_conflict", "E2"), ("duplicate_conflict", "E3")),
    ),
    "equal rows with two references": (
        book([CITED, row(UNIT, "95.5", "甲1号"), row(UNIT, "95.5", "甲2号")]),
        rejected(("duplicate_evidence", "F2"), ("duplicate_evidence", "F3")),
    ),
    "equal rows with one reference": (
        book([CITED, row(UNIT, "95.5", ""), row(UNIT, "95.5", "甲2号")]),
        stored(("duplicate_equal", "E2")),
    ),
    "two rows of two units": (plain(row(), row(OTHER, 1)), stored(values=TWO)),
    "cell of a thousand signs": (plain(row(value="9" * 1_000)), rejected(("too_large", "E2"))),
    "formula of another sheet as text": (plain(row(value="=cmd|' /C calc'!A0")), rejected(("not_a_number", "E2"))),
}

CASES = [
    Case(f"{group}: {name}", make, outcome)
    for group, cases in {"above": ABOVE, "below": BELOW, "headings": HEADINGS, "written": WRITTEN}.items()
    for name, (make, outcome) in cases.items()
]
