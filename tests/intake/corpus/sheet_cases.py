"""Workbooks: what stands in the cells, how it is formatted, what is hidden or merged, how the XML is spelled."""

import re

from tests.intake.corpus.outcomes import HEADING, OTHER, UNIT, Case, rejected, row, stored
from tests.intake.corpus.workbooks import (
    MAIN,
    STRICT_MAIN,
    STRICT_RELATIONS,
    Book,
    Sheet,
    Xml,
    book,
    cell_xml,
    formula,
    merges,
    number,
    plain,
    row_xml,
    rows_xml,
    shared,
    strings,
    styles,
)

PERCENT = ("percent_format", "E2")
TWO = {UNIT: 9550, OTHER: 100}
PLAIN_ROWS = rows_xml([HEADING, row()])
HEAD_ROW = row_xml(1, HEADING)
BACKWARDS = "".join(cell_xml(f"{at}2", cell) for at, cell in reversed([*zip("ABCDE", row(), strict=True)]))
LOOSE = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADING)
INLINE = '<c t="inlineStr"><is><t>{}</t></is></c>'


def in_percent(value: str, fmt: str | int) -> Book:
    return plain(row(value=number(value, style=1)), styles=styles(fmt))


def raw(rows: str, **more: str) -> Book:
    return Book([Sheet(rows, **more)])


def quotes(xml: str) -> str:
    return re.sub("<[^>]*>", lambda tag: tag[0].replace('"', "'"), xml)


def prefixed(xml: str) -> str:
    return re.sub(r"<(/?)(row|c|v|is|t|f)\b", r"<\1x:\2", xml)


def under_prefix(rows: str) -> Book:
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{prefixed(rows)}</x:sheetData></x:worksheet>'
    return Book([Sheet("")], parts={"xl/worksheets/sheet1.xml": sheet})


NUMBERS = {
    "number as number": (plain(row(value=95.5)), stored()),
    "number as text": (plain(row(value="95.5")), stored()),
    "number with seventeen digits": (plain(row(value=number("95.489999999999995"))), stored(values={UNIT: 9549})),
    "number in scientific notation": (plain(row(value=number("9.55E+01"))), stored()),
    "hundred in scientific notation": (plain(row(value=number("1E+02"))), stored(values={UNIT: 10000})),
    "number of kind n": (plain(row(value=number("95.5", kind="n"))), stored()),
    "number with spaces in the XML": (plain(row(value=number(" 95.5 "))), stored()),
    "zero": (plain(row(value=0)), stored(values={UNIT: 0})),
    "negative zero": (plain(row(value=number("-0"))), stored(values={UNIT: 0})),
    "number of a result with a float's tail": (
        plain(row(value=number("95.500000000000014"))),
        rejected(("too_many_places", "E2")),
    ),
    "number beyond a float": (plain(row(value=number("1E+400"))), rejected(("not_a_number", "E2"))),
    "number out of bounds": (plain(row(value=20000)), rejected(("out_of_bounds", "E2"))),
    "underscore in a stored number": (plain(row(value=number("9_5"))), rejected(("not_a_number", "E2"))),
    "NaN in a stored number": (plain(row(value=number("NaN"))), rejected(("not_a_number", "E2"))),
    "infinity in a stored number": (plain(row(value=number("INF"))), rejected(("not_a_number", "E2"))),
    "text in scientific notation": (plain(row(value="9.55E+01")), rejected(("not_a_number", "E2"))),
    "text with an apostrophe": (plain(row(value="'95.5")), rejected(("not_a_number", "E2"))),
    "apostrophe as a quote prefix": (plain(row(value="95.5"), styles=styles("@")), stored()),
    "truth": (plain(row(value=number("1", kind="b"))), rejected(("not_a_number", "E2"))),
    "untruth": (plain(row(value=number("0", kind="b"))), rejected(("not_a_number", "E2"))),
    "error cell": (plain(row(value=number("#N/A", kind="e"))), rejected(("error_cell", "E2"))),
    "division by zero with its formula": (
        plain(row(value=formula("1/0", "#DIV/0!", kind="e"))),
        rejected(("error_cell", "E2")),
    ),
    "error in the code": (plain(["", number("#REF!", kind="e"), "DD01", "2026Q1", 1]), rejected(("error_cell", "B2"))),
    "date of kind d": (plain(row(value=number("2026-03-31", kind="d"))), rejected(("not_a_number", "E2"))),
    "code as a number": (plain(["", 150602, "DD01", "2026Q1", 95.5]), stored()),
    "period as a number of a year": (
        plain(["", UNIT, "DD01", 2026, 95.5]),
        rejected(("period_kind", "D2")),
    ),
    "code with its zeros lost": (
        plain([101, "", "OT01", "2026Q1", 95.5]),
        rejected(("employee_unknown", "A2")),
    ),
    "long code as a number keeps its digits": (
        plain([number("152701199001011234"), "", "OT01", "2026Q1", 95.5]),
        rejected(("employee_unknown", "A2")),
    ),
}

FORMATS = {
    "percent built in 9": (in_percent("0.955", 9), stored(PERCENT, ("folded_percent", "E2"))),
    "percent built in 10": (in_percent("0.955", 10), stored(PERCENT, ("folded_percent", "E2"))),
    "percent custom": (in_percent("0.955", "0.0%;[Red]-0.0%"), stored(PERCENT, ("folded_percent", "E2"))),
    "percent with a float's tail": (
        in_percent("0.95499999999999996", "0.0%"),
        stored(PERCENT, ("folded_percent", "E2")),
    ),
    "percent of a formula": (
        plain(row(value=formula("A1", "0.955", style=1)), styles=styles("0.00%")),
        stored(PERCENT, ("formula_value", "E2"), ("folded_percent", "E2")),
    ),
    "percent format of a text": (
        plain(row(value=Xml('<c r="{}" s="1" t="inlineStr"><is><t>95.5</t></is></c>')), styles=styles(9)),
        stored(),
    ),
    "percent sign in quotes": (in_percent("95.5", '0.0"%"'), stored()),
    "percent sign escaped": (in_percent("95.5", "0.0\\%"), stored()),
    "percent only in a conditional format": (plain(row(value=95.5), styles=styles(0)), stored()),
    "percent where the indicator is in items": (
        plain(row(value=number("0.5", style=1), indicator="DD12"), styles=styles(9)),
        rejected(PERCENT, ("not_in_percent", "E2")),
    ),
    "percent with too many places": (
        in_percent("0.955555", 10),
        rejected(PERCENT, ("too_many_places", "E2")),
    ),
    "date built in": (in_percent("46112", 14), rejected(("not_a_number", "E2"))),
    "date custom": (in_percent("46112", 'yyyy"年"m"月"d"日"'), rejected(("not_a_number", "E2"))),
    "date of an East Asian edition": (in_percent("46112", 31), rejected(("not_a_number", "E2"))),
    "weekday in Chinese": (in_percent("46112", "aaaa"), rejected(("not_a_number", "E2"))),
    "time elapsed": (in_percent("1.5", "[h]:mm"), rejected(("not_a_number", "E2"))),
    "date from 1904": (
        plain(row(value=number("44650", style=1)), styles=styles(14), book_properties='<workbookPr date1904="1"/>'),
        rejected(("not_a_number", "E2")),
    ),
    "general as WPS writes it": (in_percent("95.5", "G/通用格式"), stored()),
    "thousands shown": (plain(row(value=number("95.5", style=1)), styles=styles("#,##0.0")), stored()),
    "colour and locale are no date": (in_percent("95.5", "[Red][$-804]0.0;[Blue]-0.0"), stored()),
    "letters in quotes are no date": (in_percent("95.5", '0.0"days"'), stored()),
    "shown in thousands": (in_percent("95.5", "0.0,"), stored(("scaled_format", "E2"))),
    "shown in ten thousands": (in_percent("95.5", '0!.0,"万"'), stored(("scaled_format", "E2"))),
    "period that became a date": (
        plain(["", UNIT, "DD02", number("46082", style=1), 1], styles=styles("mmm-yy")),
        rejected(("period_unknown", "D2")),
    ),
    "style that is not there": (plain(row(value=number("95.5", style=99))), stored()),
}

FORMULAS = {
    "formula with value": (plain(row(value=formula("A1+1", "95.5"))), stored(("formula_value", "E2"))),
    "formula without value": (plain(row(value=formula("A1+1"))), rejected(("formula_without_value", "E2"))),
    "formula with an empty text": (
        plain(row(value=formula('IF(A1="","",1)', "", kind="str"))),
        rejected(("value_missing", "E2"), ("formula_value", "E2")),
    ),
    "formula with a text": (
        plain(["", formula("B9", "150602", kind="str"), "DD01", "2026Q1", 95.5]),
        stored(("formula_value", "B2")),
    ),
    "shared formula": (
        plain(
            row(value=Xml('<c r="{}"><f t="shared" ref="E2:E3" si="0">A1</f><v>95.5</v></c>')),
            row(OTHER, value=Xml('<c r="{}"><f t="shared" si="0"/><v>1</v></c>')),
        ),
        stored(("formula_value", "E2"), ("formula_value", "E3"), values=TWO),
    ),
    "shared formula without value": (
        plain(row(value=Xml('<c r="{}"><f t="shared" si="0"/></c>'))),
        rejected(("formula_without_value", "E2")),
    ),
    "array formula": (
        plain(row(value=Xml('<c r="{}"><f t="array" ref="E2">SUM(A1)</f><v>95.5</v></c>'))),
        stored(("formula_value", "E2")),
    ),
    "formula beside a good row": (
        plain(row(), row(OTHER, value=formula("E2"))),
        rejected(("formula_without_value", "E3")),
    ),
    "formulas that show nothing below": (
        plain(row(), *[[formula("IF(1,2)", "", kind="str")] * 5] * 3),
        stored(),
    ),
    "text that begins like a formula": (plain(row(value="=95.5")), rejected(("not_a_number", "E2"))),
}

HIDDEN = {
    "hidden row": (plain(row(), attributes={2: ' hidden="1"'}), stored(("hidden_rows", "2"))),
    "hidden row by true": (plain(row(), attributes={2: ' hidden="true"'}), stored(("hidden_rows", "2"))),
    "row not hidden": (plain(row(), attributes={2: ' hidden="0"'}), stored()),
    "row hidden by its height": (
        plain(row(), attributes={2: ' ht="0" customHeight="1"'}),
        stored(("hidden_rows", "2")),
    ),
    "rows hidden by default": (
        plain(row(), before='<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'),
        stored(("hidden_rows", "2")),
    ),
    "rows hidden by default and one shown": (
        plain(
            row(),
            before='<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>',
            attributes={2: ' ht="15" customHeight="1"'},
        ),
        stored(),
    ),
    "row hidden in a collapsed group": (
        plain(row(), attributes={2: ' outlineLevel="1" hidden="1"', 3: ' collapsed="1"'}),
        stored(("hidden_rows", "2")),
    ),
    "row hidden by a filter": (
        plain(
            row(),
            row(OTHER, "1"),
            attributes={3: ' hidden="1"'},
            after='<autoFilter ref="A1:E3"><filterColumn colId="4"><filters/></filterColumn></autoFilter>',
        ),
        stored(("hidden_rows", "3"), values=TWO),
    ),
    "row hidden in single quotes": (
        raw(HEAD_ROW + quotes(row_xml(2, row(), ' hidden="1"'))),
        stored(("hidden_rows", "2")),
    ),
    "row hidden under a prefix": (
        under_prefix(rows_xml([HEADING, row()], {2: ' hidden="1"'})),
        stored(("hidden_rows", "2")),
    ),
    "hidden row without data": (plain(row(), attributes={9: ' hidden="1"'}), stored()),
    "hidden column": (
        plain(before='<cols><col min="5" max="5" width="9" hidden="1"/></cols>'),
        stored(("hidden_columns", "E")),
    ),
    "column of no width": (
        plain(before='<cols><col min="5" max="5" width="0" customWidth="1"/></cols>'),
        stored(("hidden_columns", "E")),
    ),
    "hidden column without data": (plain(before='<cols><col min="9" max="16384" hidden="1"/></cols>'), stored()),
    "hidden sheet first": (
        Book(
            [
                Sheet(rows_xml([HEADING, row(value="11")]), name="旧", state="hidden"),
                Sheet(PLAIN_ROWS),
            ]
        ),
        stored(),
    ),
    "very hidden sheet first": (
        Book([Sheet(rows_xml([HEADING, row(value="11")]), name="旧", state="veryHidden"), Sheet(PLAIN_ROWS)]),
        stored(),
    ),
    "only a hidden sheet with data": (
        Book([Sheet(PLAIN_ROWS, name="旧", state="hidden"), Sheet("")]),
        rejected(("no_data", "")),
    ),
    "two visible sheets with data": (
        Book([Sheet(PLAIN_ROWS), Sheet(PLAIN_ROWS, name="二")]),
        rejected(("several_sheets", "")),
    ),
    "second sheet of spaces": (Book([Sheet(PLAIN_ROWS), Sheet(row_xml(1, [" ", "\u3000"]), name="二")]), stored()),
    "second sheet of formats": (
        Book([Sheet(PLAIN_ROWS), Sheet('<row r="1"><c r="A1" s="1"/></row>', name="二")], styles=styles(9)),
        stored(),
    ),
    "empty sheet before the data": (Book([Sheet("", name="空"), Sheet(PLAIN_ROWS)]), stored()),
}

MERGED = {
    "merged data": (
        plain(row(), row(OTHER, "1"), after=merges("E2:E3")),
        rejected(("merged_cell", "E2")),
    ),
    "merged data beside each other": (plain(after=merges("A2:B2")), rejected(("merged_cell", "A2"))),
    "merged title": (
        book([["鄂尔多斯市考核数据"], HEADING, row()], after=merges("A1:E1")),
        stored(("title_above", "2")),
    ),
    "merged heading over a blank column": (
        book([("单位代码", "", *HEADING[2:]), [UNIT, "", *row()[2:]]], after=merges("A1:B1")),
        stored(("merged_heading", "A1")),
    ),
    "merged heading over two columns of data": (
        book([("工号", "", *HEADING[2:]), row()], after=merges("A1:B1")),
        rejected(("merged_heading", "A1"), ("heading_blank", "B1"), ("subject_missing", "A2")),
    ),
    "merge of one cell": (plain(after=merges("E2:E2")), stored()),
    "merge below the data": (plain(after=merges("A9:E12")), stored()),
    "merge that is no range": (plain(after=merges("nowhere")), stored()),
    "heading of two lines": (
        book(
            [
                ["单位代码", "指标代码", "期间", "数据", None],
                [None, None, None, "数值", "目标值"],
                [UNIT, "DD01", "2026Q1", 95.5, None],
            ],
            after=merges("A1:A2", "B1:B2", "C1:C2", "D1:E1"),
        ),
        stored(("title_above", "2"), ("merged_heading", "A2"), ("merged_heading", "B2"), ("merged_heading", "C2")),
    ),
}

SPELLED = {
    "single quotes": (raw(quotes(PLAIN_ROWS)), stored()),
    "prefix": (under_prefix(PLAIN_ROWS), stored()),
    "strict OOXML": (
        Book(
            [Sheet(PLAIN_ROWS, root=f'<worksheet xmlns="{STRICT_MAIN}">')],
            main=STRICT_MAIN,
            relations=STRICT_RELATIONS,
        ),
        stored(),
    ),
    "shared strings": (
        Book(
            [
                Sheet(
                    rows_xml(
                        [
                            [shared(0), shared(1), shared(2), shared(3), shared(4)],
                            ["", shared(5), "DD01", "2026Q1", 95.5],
                        ]
                    )
                )
            ],
            strings=strings(*HEADING, UNIT),
        ),
        stored(),
    ),
    "shared string in runs with phonetic hints": (
        Book(
            [Sheet(rows_xml([HEADING, ["", shared(0), "DD01", "2026Q1", 95.5]]))],
            strings=strings(
                "<r><t>1506</t></r><r><rPr><b/></rPr><t>02</t></r>"
                '<rPh sb="0" eb="1"><t>x</t></rPh><phoneticPr fontId="1"/>'
            ),
        ),
        stored(),
    ),
    "shared string that is not there": (
        Book([Sheet(rows_xml([HEADING, ["", shared(9), "DD01", "2026Q1", 95.5]]))], strings=strings("x")),
        rejected(("broken_file", "")),
    ),
    "shared string with a strange number": (
        Book([Sheet(rows_xml([HEADING, ["", shared("x"), "DD01", "2026Q1", 95.5]]))], strings=strings("x")),
        rejected(("broken_file", "")),
    ),
    "inline text in runs": (
        plain(
            ["", Xml('<c r="{}" t="inlineStr"><is><r><t>1506</t></r><r><t>02</t></r></is></c>'), "DD01", "2026Q1", 95.5]
        ),
        stored(),
    ),
    "cells without addresses": (
        raw(
            f"<row>{LOOSE}</row><row>{INLINE.format('')}{INLINE.format(UNIT)}{INLINE.format('DD01')}{INLINE.format('2026Q1')}<c><v>95.5</v></c></row>"
        ),
        stored(),
    ),
    "rows without numbers": (raw(re.sub(r'<row r="\d+"', "<row", PLAIN_ROWS)), stored()),
    "rows out of order": (raw(row_xml(3, row(OTHER, "1")) + HEAD_ROW + row_xml(2, row())), stored(values=TWO)),
    "cells out of order": (
        raw(HEAD_ROW + f'<row r="2">{BACKWARDS}</row>'),
        stored(),
    ),
    "cell in the row of another": (
        raw(HEAD_ROW + row_xml(2, row()) + f'<row r="9">{cell_xml("A3", "x")}</row>'),
        rejected(
            ("employee_unknown", "A3"), ("indicator_missing", "C3"), ("period_missing", "D3"), ("value_missing", "E3")
        ),
    ),
    "cell written twice": (
        raw(HEAD_ROW + f'<row r="2">{row_xml(2, row())[11:-6]}{cell_xml("E2", 1)}</row>'),
        rejected(("cell_twice", "")),
    ),
    "cell written twice and once blank": (
        raw(HEAD_ROW + f'<row r="2">{row_xml(2, row())[11:-6]}<c r="E2" s="1"/></row>'),
        stored(),
    ),
    "dimension that lies": (plain(before='<dimension ref="A1:A1"/>'), stored()),
    "dimension of the whole sheet": (plain(before='<dimension ref="A1:XFD1048576"/>'), stored()),
    "comments in the XML": (raw(PLAIN_ROWS.replace("<row", "<!-- <row r='7'/> --><row")), stored()),
    "CDATA": (raw(PLAIN_ROWS.replace("95.5", "<![CDATA[95.5]]>")), stored()),
    "character references": (raw(PLAIN_ROWS.replace(UNIT, "&#49;50602").replace("DD01", "&#x44;D01")), stored()),
    "spaces within tags": (raw(PLAIN_ROWS.replace('">', '" >').replace(" r=", "\n r=")), stored()),
    "attributes of later editions": (
        raw(
            PLAIN_ROWS.replace('<row r="2"', '<row r="2" spans="1:5" x14ac:dyDescent="0.25"'),
            root=f'<worksheet xmlns="{MAIN}" xmlns:x14ac="x">',
        ),
        stored(),
    ),
    "escaped characters of Excel": (plain(row(value="95.5_x000D_")), stored(("folded_spaces", "E2"))),
    "escaped bell": (plain(row(value="95.5_x0007_")), rejected(("control_character", "E2"), ("not_a_number", "E2"))),
    "escape that is a text": (plain(row(value="95.5_x005F_x0041_")), rejected(("not_a_number", "E2"))),
    "replacement character": (
        plain(row(value="95\ufffd")),
        rejected(("replacement_character", "E2"), ("not_a_number", "E2")),
    ),
    "small letters in addresses": (raw(PLAIN_ROWS.replace('r="E2"', 'r="e2"')), stored()),
    "dollar signs in addresses": (raw(PLAIN_ROWS.replace('r="E2"', 'r="$E$2"')), stored()),
    "unknown kind of cell": (plain(row(value=number("95.5", kind="zzz"))), stored()),
    "notes of a later edition in a cell": (
        plain(row(value=Xml('<c r="{}"><v>95.5</v><extLst><ext uri="x"/></extLst></c>'))),
        stored(),
    ),
}

CASES = [
    Case(f"{group}: {name}", make, outcome)
    for group, cases in {
        "numbers": NUMBERS,
        "formats": FORMATS,
        "formulas": FORMULAS,
        "hidden": HIDDEN,
        "merged": MERGED,
        "spelling": SPELLED,
    }.items()
    for name, (make, outcome) in cases.items()
]
