"""CSV files: encodings, separators, quotes, line ends, damage."""

from collections.abc import Sequence
from typing import Any

from tests.intake.corpus.outcomes import HEADING, OTHER, UNIT, Case, Outcome, rejected, row, stored

TWO = {UNIT: 9550, OTHER: 100}
HEAD = ",".join(HEADING)
LINE = ",".join(row())
NOTED = f"{HEAD},备注\n"
BROKEN, UNKNOWN = rejected(("broken_encoding", "")), rejected(("unknown_encoding", ""))


def text(*lines: str, end: str = "\n") -> str:
    return end.join([HEAD, *(lines or [LINE])]) + end


def separated(by: str, *rows: Sequence[Any]) -> str:
    return "\n".join(by.join(map(str, cells)) for cells in (HEADING, *(rows or [row()]))) + "\n"


ENCODINGS: dict[str, tuple[bytes, Outcome]] = {
    "UTF-8": (text().encode(), stored()),
    "UTF-8 with mark": (text().encode("utf-8-sig"), stored()),
    "UTF-8 with two marks": (b"\xef\xbb\xbf" + text().encode("utf-8-sig"), stored()),
    "GB18030": (text().encode("gb18030"), stored()),
    "GBK": (text(f"{LINE}").encode("gbk"), stored()),
    "GB18030 with four bytes": (
        (NOTED + f"{LINE},\U00020bb7\u182a\n").encode("gb18030"),
        stored(),
    ),
    "UTF-16 with mark": (text().encode("utf-16"), UNKNOWN),
    "UTF-16 big endian": (b"\xfe\xff" + text().encode("utf-16-be"), UNKNOWN),
    "UTF-16 without mark": (text().encode("utf-16-le"), UNKNOWN),
    "UTF-32": (text().encode("utf-32"), UNKNOWN),
    "UTF-8 cut within its last character": ((NOTED + f"{LINE},备注").encode()[:-1], BROKEN),
    "plain but for a cut character at the end": (
        b"unit_code,indicator_code,period,value,remark\n150602,DD01,2026Q1,95.5,\xe5\xa4",
        BROKEN,
    ),
    "UTF-8 with a byte lost": ((NOTED + f"{LINE},备注说明\n").encode().replace("说".encode(), b"\xe8\xaf"), BROKEN),
    "GB18030 cut within its last character": ((NOTED + f"{LINE},备注").encode("gb18030")[:-1], BROKEN),
    "marked UTF-8 with GBK inside": (b"\xef\xbb\xbf" + text().encode("gbk"), BROKEN),
    "bytes of no encoding": (text().encode() + b"\xff\xff\n", BROKEN),
    "Big5": ("工號,單位代碼,指標代碼,期間,數值\n,150602,DD01,2026Q1,95.5\n".encode("big5"), UNKNOWN),
}

SEPARATORS: dict[str, tuple[str, Outcome]] = {
    "semicolons": (separated(";"), stored(("csv_delimiter", "1"))),
    "tabs": (separated("\t"), stored(("csv_delimiter", "1"))),
    "pipes": (separated("|"), rejected(("unknown_delimiter", ""))),
    "full-width commas": (separated(chr(ord(",") + 0xFEE0)), rejected(("unknown_delimiter", ""))),
    "semicolons and a comma in a number": (
        separated(";", row(value="95,5")),
        rejected(("csv_delimiter", "1"), ("not_a_number", "E2")),
    ),
    "semicolons below a title with a comma": (
        "鄂尔多斯市, 一季度\n" + separated(";"),
        stored(("csv_delimiter", "2"), ("title_above", "2")),
    ),
    "line that names the separator": ("sep=;\n" + separated(";"), stored(("csv_delimiter", "2"), ("title_above", "2"))),
    "title of one cell": ("鄂尔多斯市考核数据\n\n" + text(), stored(("title_above", "3"))),
}

LINES: dict[str, tuple[str, Outcome]] = {
    "line ends of Windows": (text(end="\r\n"), stored()),
    "line ends of old Macs": (text(end="\r"), stored()),
    "mixed line ends": (f"{HEAD}\r\n{LINE}\n,{OTHER},DD01,2026Q1,1\r", stored(values=TWO)),
    "no line end at the end": (text().rstrip("\n"), stored()),
    "blank lines": (f"\n\n{HEAD}\n\n{LINE}\n\n\n", stored()),
    "lines of commas": (text(LINE, ",,,,", ",,,,"), stored()),
    "heading alone": (f"{HEAD}\n", rejected(("no_rows", "1"))),
    "blank lines alone": ("\n\n\n", rejected(("no_data", ""))),
    "commas alone": (",,,\n,,,\n", rejected(("no_data", ""))),
    "trailing commas in all lines": (f"{HEAD},,\n{LINE},,\n", stored()),
    "trailing commas in the data": (f"{HEAD}\n{LINE},,\n", rejected(("too_many_fields", "2"))),
    "line separator of Unicode in a remark": (NOTED + f"{LINE},甲\u2028乙\n", stored()),
}

QUOTES: dict[str, tuple[str, Outcome]] = {
    "everything quoted": (text(",".join(f'"{cell}"' for cell in row())), stored()),
    "quoted comma": (NOTED + f'{LINE},"甲,乙"\n', stored()),
    "quoted line break": (NOTED + f'{LINE},"甲\n乙"\n,{OTHER},DD01,2026Q1,x,\n', rejected(("not_a_number", "E3"))),
    "quoted quotes": (NOTED + f'{LINE},"甲""乙"""\n', stored()),
    "quoted thousands": (
        text(',150602,DD01,2026Q1,"1,203"'),
        rejected(("folded_thousands", "E2"), ("out_of_bounds", "E2")),
    ),
    "quote not closed": (text(f'{LINE[:-4]}"95.5'), rejected(("unclosed_quote", "2"))),
    "text after a quote": (text(f'{LINE[:-4]}"95.5"x'), rejected(("bad_quote", "2"))),
    "quote within a cell": (NOTED + f'{LINE},甲"乙\n', stored()),
    "number cut by its comma": (text(",150602,DD01,2026Q1,1,203"), rejected(("too_many_fields", "2"))),
    "number cut before a blank column": (
        NOTED + ",150602,DD01,2026Q1,1,203,\n",
        rejected(("too_many_fields", "2")),
    ),
    "cell beyond all measure": (NOTED + f'{LINE},"{"甲" * 140_000}"\n', rejected(("cell_too_long", "2"))),
}

RAGGED: dict[str, tuple[str, Outcome]] = {
    "too short": (text(LINE, ",150627,DD01"), rejected(("too_few_fields", "3"))),
    "too long": (text(f"{LINE},x"), rejected(("too_many_fields", "2"))),
    "cut at the end of the file": (text(LINE, ",15062").rstrip("\n"), rejected(("too_few_fields", "3"))),
    "note of one cell": (text(LINE, "注：以上数据由统计局提供"), rejected(("note_row", "3"))),
    "total of all cells": (text(LINE, "合计,,,,95.5"), rejected(("note_row", "3"))),
}

DAMAGE: dict[str, tuple[str, Outcome]] = {
    "NUL": (text(f"{LINE}\0"), rejected(("control_character", "E2"), ("not_a_number", "E2"))),
    "bell": (text(f"{LINE}\x07"), rejected(("control_character", "E2"), ("not_a_number", "E2"))),
    "control character in the heading": (text().replace("数值", "数值\x01"), rejected(
        ("control_character", "E1"), ("heading_unknown", "E1"), ("heading_missing", "1"),
    )),
    "control character in a remark": (NOTED + f"{LINE},甲\x1b[0m\n", rejected(("control_character", "F2"))),
    "mark of lost text": (text(f"{LINE}\ufffd"), rejected(("replacement_character", "E2"), ("not_a_number", "E2"))),
    "direction marks": (
        text(LINE.replace("150602", "\u202a150602\u202c")),
        stored(("folded_invisible", "B2")),
    ),
    "formula as text": (text(",150602,DD01,2026Q1,=1+1"), rejected(("not_a_number", "E2"))),
}  # fmt: skip

CASES = [
    *[
        Case(f"encoding: {name}", (lambda data=data: data), what, "data.csv")
        for name, (data, what) in ENCODINGS.items()
    ],
    *[
        Case(f"csv {group}: {name}", (lambda data=data: data.encode()), outcome, "data.csv")
        for group, cases in {
            "separators": SEPARATORS,
            "lines": LINES,
            "quotes": QUOTES,
            "ragged": RAGGED,
            "damage": DAMAGE,
        }.items()
        for name, (data, outcome) in cases.items()
    ],
]
