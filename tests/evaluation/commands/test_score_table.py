"""The engine on a wide CSV: results, explanation, and what is answered to faulty files. No test here has a database."""

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.evaluation.scoring.sample import DATA, ROOT, SAMPLE, read_csv

pytestmark = pytest.mark.pure

HDI = SAMPLE / "schemes" / "hdi-2021.yaml"
HEAD = SAMPLE / "schemes" / "tgc-banner-head.yaml"
INDICATORS = SAMPLE / "indicators.csv"
BAD_ENCODING = "id,x\n中,1\n".encode() + b"\xff\xfe\xfd,1\n"

SIMPLE = """
document: scheme/1
code: SIMPLE
name: {zh: 小例}
basis: 示例规则
subject: unit
period: year
missing: reweight
coverage_floor: 50%
output: {max: 100, show: 1}
tree:
  key: total
  parts:
  - {key: work, weight: 100/3, indicator: W, score: {attain: {target: data, cap: 110%}}}
  - {key: grade, weight: 100/3, indicator: G, score: {options: {好: 100, 差: 30}}}
  - key: more
    weight: 100/3
    parts:
    - {key: speed, weight: 50, indicator: S, score: {bands: {at_most: [[5, 100], [10, 60]], else: 0}}}
    - {key: plan, weight: 50, indicator: P, score: {yes_no: {if_yes: 100, if_no: 40}}}
adjust: {items: {A01: {from: 0, to: 5}}, total: {from: -5, to: 5}}
gates: {G01: {effect: void, reason: 作废}, G02: {effect: hide_band, reason: 待定}}
bands: [{key: good, zh: 好, from: 90}, {key: poor, zh: 差, from: 0}]
"""
DATA_OF_SIMPLE = """id,group,W,W:target,G,S,P,A01,G01,G02
甲,一,92.50,100,好,5,是,2.5,,
乙,一,120,100,差,10.01,否,,,1
丙,二,,100,好,7,1,,,
丁,二,50,,不适用,,,,,
戊,二,50,100,好,3,是,,1,
己,,50,100,好,3,是,,,
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file and give its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def scored(**options: Any) -> tuple[list[dict[str, str]], str]:
    """Rows that the command writes to its output, and what it says beside them."""
    out, told = io.StringIO(), io.StringIO()
    call_command("score_table", stdout=out, stderr=told, **options)
    return list(csv.DictReader(io.StringIO(out.getvalue()))), told.getvalue()


def refused(**options: Any) -> list[str]:
    """What the command says when it ends with status 2."""
    out, told = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("score_table", stdout=out, stderr=told, **options)
    assert (ended.value.code, out.getvalue()) == (2, "")
    return [line.partition(": ")[2] for line in told.getvalue().splitlines()]


def countries() -> str:
    rows = read_csv(DATA / "hdi_2021.csv")
    lines = ["id,HD01,HD02,HD03,HD04", *(",".join([row["iso3"], *list(row.values())[4:]]) for row in rows)]
    return "\n".join(lines)


def test_a_document_alone_gives_the_published_index(written: Callable[[str, str], Path], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"

    call_command("score_table", scheme=HDI, data=written("hdi.csv", countries()), out=out)

    published = read_csv(DATA / "hdi_2021.csv")
    got = [(row["id"], Decimal(row["shown"]), row["rank"]) for row in read_csv(out)]
    assert got == [(row["iso3"], Decimal(row["published_hdi"]), row["published_rank"]) for row in published]


def test_the_indicator_file_gives_the_same_index(written: Callable[[str, str], Path]) -> None:
    data = written("hdi.csv", countries())

    assert scored(scheme=HDI, data=data, indicators=INDICATORS) == scored(scheme=HDI, data=data)


def test_totals_ranks_bands_reasons_and_parts_of_a_small_table(written: Callable[[str, str], Path]) -> None:
    rows, told = scored(scheme=written("s.yaml", SIMPLE), data=written("d.csv", DATA_OF_SIMPLE))

    fixed = ("id", "group", "total", "shown", "rank", "band", "coverage", "reason")
    assert [tuple(row[name] for name in fixed) for row in rows] == [
        ("甲", "一", "100.000000", "100.0", "1", "good", "100.000000", ""),
        ("乙", "一", "53.333333", "53.3", "2", "hidden", "100.000000", ""),
        ("丙", "二", "90.000000", "90.0", "1", "good", "66.666667", ""),
        ("丁", "二", "", "", "", "", "0.000000", "LOW_COVERAGE"),
        ("戊", "二", "", "", "", "", "100.000000", "G01"),
        ("己", "", "", "", "", "", "100.000000", "NO_GROUP"),
    ]
    parts = ("node:total", "work", "grade", "more", "speed", "plan")
    assert [rows[1][name] for name in parts] == [
        "53.333333", "110.000000", "30.000000", "20.000000", "0.000000", "40.000000"
    ]  # fmt: skip
    assert [rows[3][name] for name in parts] == ["", "", "不适用", "", "", ""]
    assert told == ""


def test_a_group_column_that_is_empty_throughout_makes_one_group(written: Callable[[str, str], Path]) -> None:
    grouped = "".join(f"{row},{'group' if at == 0 else ''}\n" for at, row in enumerate(countries().splitlines()))

    with_column = scored(scheme=HDI, data=written("g.csv", grouped))

    assert with_column == scored(scheme=HDI, data=written("d.csv", countries()))


def test_a_line_of_the_explanation_for_every_leaf_and_event(written: Callable[[str, str], Path]) -> None:
    files = {"scheme": written("s.yaml", SIMPLE), "data": written("d.csv", DATA_OF_SIMPLE)}
    rows, _ = scored(**files)

    lines, _ = scored(**files, explain="甲")

    assert [(line["kind"], line["key"]) for line in lines] == [
        ("leaf", "work"),
        ("leaf", "grade"),
        ("leaf", "speed"),
        ("leaf", "plan"),
        ("occurrence", "A01"),
    ]
    assert sum(Decimal(line["contribution"]) for line in lines) == Decimal(rows[0]["total"])
    assert [line["value"] for line in lines[1:4]] == ["好", "5.00", "是"]
    assert {name: lines[0][name] for name in ("value", "target", "state", "points", "weight", "nominal")} == {
        "value": "92.50",
        "target": "100.00",
        "state": "PRESENT",
        "points": "92.500000",
        "weight": "33.333333",
        "nominal": "33.333333",
    }


def test_table_and_explanation_are_written_together(written: Callable[[str, str], Path], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"

    lines, _ = scored(scheme=written("s.yaml", SIMPLE), data=written("d.csv", DATA_OF_SIMPLE), out=out, explain="乙")

    assert (len(read_csv(out)), {line["id"] for line in lines}) == (6, {"乙"})


def test_a_person_reads_the_units_total_from_the_column_of_its_code(written: Callable[[str, str], Path]) -> None:
    data = "id,TGC-BANNER,TGC-TOWNSHIP,OT01,OT01:target,JY03,JY06,JY04U,JY04P,JY04D,JY01\n" + (
        "0900001,95.383157,,96.4,100,17.5,116,93.10,91.25,92.40,好\n"
        "0900002,,80,96.4,100,17.5,116,93.10,91.25,92.40,85\n"
        "0900003,,,96.4,100,17.5,116,93.10,91.25,92.40,好\n"
    )

    rows, _ = scored(scheme=HEAD, data=written("d.csv", data), indicators=INDICATORS)

    assert [(row["total"], row["rank"], row["reason"]) for row in rows] == [
        ("95.768744", "1", ""),
        ("85.638850", "2", ""),
        ("", "", "REQUIRED_MISSING"),
    ]


def test_columns_that_are_not_there_are_told(written: Callable[[str, str], Path]) -> None:
    rows, told = scored(scheme=HDI, data=written("d.csv", "id,HD01\nA,70\n"))

    assert [row["reason"] for row in rows] == ["REQUIRED_MISSING"]
    assert [line for line in told.splitlines() if "HD02" in line] == ["提示：没有“HD02”列，相应部分按缺失处理。"]


CELLS = [
    ("9_5", "“9_5”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("NaN", "“NaN”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("inf", "“inf”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("1e309", "“1e309”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("0x10", "“0x10”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("\u0667\u0660", "“\u0667\u0660”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("-", "“-”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    ("70.12345", "“70.12345”的小数位数超过 4 位，请按指标的位数填写；系统不作四舍五入。"),
    ("70%", "“70%”带有百分号，而该列不是百分数，请去掉百分号并核对数值。"),
    ("121", "“121”超出指标的范围，应在 0.0000 与 120.0000 之间。"),
    ("99999999999999999999", "“99999999999999999999”超出可以保存的范围，请核对数值和单位。"),
]


@pytest.mark.parametrize(("cell", "sentence"), CELLS, ids=[ascii(cell) for cell, _ in CELLS])
def test_a_faulty_cell_is_named_by_row_and_column(
    written: Callable[[str, str], Path], cell: str, sentence: str
) -> None:
    data = written("d.csv", f"id,HD01,HD02,HD03,HD04\nA,70,1,1,1000\nB,{cell},1,1,1000\n")

    assert refused(scheme=HDI, data=data, indicators=INDICATORS) == [f"第 3 行“HD01”：{sentence}"]


UNKNOWN = "不认识表头“name”，请删除该列；这个方案可用的列：id、group、W、W:target、G、S、P、A01、G01、G02。"
TWICE = "第 4 行“id”：编号“a”与第 2 行重复，请只保留一行。"
RAGGED = "第 3 行：本行有 3 格，表头只有 2 格，请检查是否多了逗号，含逗号的内容应以引号包住。"
TABLES = [
    ("name,W\na,1\n", ["缺少“id”列，请在表头中补上。", UNKNOWN]),
    ("id,W,W\na,1,2\n", ["表头中“W”出现了两次，请只保留一列。"]),
    ("id,W\na,1\n,2\na,3\n", ["第 3 行“id”：没有编号，请填写。", TWICE]),
    ("id,G\na,优\n", ["第 2 行“G”：“优”不是该指标的选项，请填写：好、差。"]),
    ("id,G\na,1\n", ["第 2 行“G”：“1”不是该指标的选项，请填写：好、差。"]),
    ("id,G01\na,yes\n", ["第 2 行“G01”：“yes”不能用于底线，触及请填 1，否则留空。"]),
    ("id,A01\na,不适用\n", ["第 2 行“A01”：这一列只能填写分数或留空。"]),
    ("id,W:target\na,不适用\n", ["第 2 行“W:target”：目标值不能填“不适用”，没有目标值请留空。"]),
    ("id,W\na,1\nb,2,3\n", [RAGGED]),
    ("id,W\n", ["第 1 行是表头，其下没有数据行，请填写数据后再上传。"]),
    ("", ["没有找到数据：文件或可见工作表为空（隐藏的工作表不读取），请检查后再上传。"]),
]


@pytest.mark.parametrize(("data", "sentences"), TABLES)
def test_a_faulty_table_is_answered_with_what_would_be_right(
    written: Callable[[str, str], Path], data: str, sentences: list[str]
) -> None:
    assert refused(scheme=written("s.yaml", SIMPLE), data=written("d.csv", data)) == sentences


def test_bytes_that_are_no_text_are_refused(written: Callable[[str, str | bytes], Path]) -> None:
    sentences = refused(scheme=written("s.yaml", SIMPLE), data=written("d.csv", BAD_ENCODING))

    assert len(sentences) == 1
    assert "编码" in sentences[0]


def test_gb18030_is_read(written: Callable[[str, str | bytes], Path]) -> None:
    rows, _ = scored(scheme=written("s.yaml", SIMPLE), data=written("d.csv", DATA_OF_SIMPLE.encode("gb18030")))

    assert [row["id"] for row in rows] == list("甲乙丙丁戊己")


def test_a_faulty_document_is_told_at_its_path(written: Callable[[str, str], Path]) -> None:
    data = written("d.csv", DATA_OF_SIMPLE)
    weights = SIMPLE.replace("weight: 50, indicator: S", "weight: 49, indicator: S")
    floats = SIMPLE.replace("from: 90", "from: 90.5")
    empty = SIMPLE.replace("options: {好: 100, 差: 30}", "options: {}")
    band = SIMPLE.replace("key: poor", "key: hidden")
    nothing = SIMPLE.replace("key: speed", "key: null")

    assert refused(scheme=written("w.yaml", weights), data=data) == [
        "tree.parts[2].parts：各部分的权重之和是 99，应恰为 100；可以写分数，例如 100/3。"
    ]
    assert refused(scheme=written("f.yaml", floats), data=data) == [
        "第 23 行 bands[0].from：“90.5”写成了小数，请加引号（'90.5'）或写成分数，例如 100/3。"
    ]
    assert refused(scheme=written("o.yaml", empty), data=data) == [
        "tree.parts[1].score.options：没有写任何选项，请写出指标的全部选项和各自的得分。"
    ]
    assert refused(scheme=written("b.yaml", band), data=data) == [
        "bands[1].key：“hidden”另有含义，不能用作键，请换一个。"
    ]
    assert refused(scheme=written("n.yaml", nothing), data=data) == [
        "第 19 行 tree.parts[2].parts[0].key：“null”在 YAML 中表示没有值，请写出内容，或删除这个键；"
        "确要这个词时加引号。"
    ]


def test_a_result_is_never_written_over_what_it_is_made_of(written: Callable[[str, str], Path], tmp_path: Path) -> None:
    scheme, data = written("s.yaml", SIMPLE), written("d.csv", DATA_OF_SIMPLE)
    link = tmp_path / "link.csv"
    link.symlink_to(data)
    sentence = "结果不能写入输入文件本身，请另写一个文件名；原文件没有改动。"

    for out in (data, link, tmp_path / "x" / ".." / "d.csv", scheme):
        assert refused(scheme=scheme, data=data, out=out) == [sentence]

    assert data.read_text("utf-8") == DATA_OF_SIMPLE


def test_of_several_void_gates_the_first_of_the_document_is_the_reason(written: Callable[[str, str], Path]) -> None:
    gates = "gates: {G07: {effect: void, reason: 乙}, G02: {effect: void, reason: 甲}}"
    document = re.sub("gates: .*", gates, SIMPLE)

    rows, _ = scored(scheme=written("s.yaml", document), data=written("d.csv", "id,W,G02,G07\na,1,1,1\nb,1,1,\n"))

    assert [row["reason"] for row in rows] == ["G07", "G02"]


PEERS = """
document: scheme/1
code: PEERS
name: {zh: 与同组比较}
basis: 示例规则
subject: unit
period: year
missing: zero(未报)
coverage_floor: 50%
output: {max: 100, show: 1}
tree:
  key: total
  how: harmonic
  parts:
  - {key: z, weight: 20, indicator: A, score: {zscore: {centre: 80, per_sd: 10}}, in_small_group: {as_is: {}}}
  - {key: p, weight: 20, indicator: A, score: {percentile: {}}, in_small_group: {as_is: {}}}
  - {key: r, weight: 20, indicator: A, score: {rank_step: {first: 100, step: 5, floor: 0}}, in_small_group: {as_is: {}}}
  - {key: b, weight: 20, indicator: A, score: {ratio_to_best: {}}, in_small_group: {as_is: {}}}
  - key: low
    weight: 20
    how: minimum
    parts:
    - {key: m, weight: 50, indicator: M, missing: group_median, score: {as_is: {}}}
    - {key: n, weight: 50, indicator: N, score: {as_is: {}}}
"""
DATA_OF_PEERS = """id,A,M,N
a,9.1,90,95
b,7.5,,80
c,7.5,70,90
d,6.2,60,
e,5.0,50,50
"""


def test_every_word_that_looks_at_the_group_or_stands_in_for_a_value_reaches_the_table(
    written: Callable[[str, str], Path],
) -> None:
    files = {"scheme": written("s.yaml", PEERS), "data": written("d.csv", DATA_OF_PEERS)}

    rows, _ = scored(**files)

    assert [tuple(row[name] for name in ("p", "r", "b", "low", "total")) for row in rows] == [
        ("90.000000", "100.000000", "100.000000", "90.000000", "94.744442"),
        ("60.000000", "92.500000", "82.417582", "65.000000", "74.608410"),
        ("60.000000", "92.500000", "82.417582", "70.000000", "75.852192"),
        ("30.000000", "85.000000", "68.131868", "0.000000", "0.000000"),
        ("10.000000", "80.000000", "54.945055", "50.000000", "30.108577"),
    ]
    assert [row["z"] for row in rows] == ["94.774852", "83.186733", "83.186733", "73.771386", "65.080296"]
    assert [row["coverage"] for row in rows] == ["100.000000", "90.000000", "100.000000", "90.000000", "100.000000"]


def test_a_line_says_what_counts_in_place_of_a_value(written: Callable[[str, str], Path]) -> None:
    files = {"scheme": written("s.yaml", PEERS), "data": written("d.csv", DATA_OF_PEERS)}

    median, zero = ({line["key"]: line for line in scored(**files, explain=name)[0]} for name in "bd")

    names = ("value", "state", "points", "in_place")
    assert tuple(median["m"][name] for name in names) == ("65", "MISSING", "65.000000", "group_median")
    assert tuple(zero["n"][name] for name in names) == ("", "MISSING", "0.000000", "zero(未报)")


def test_one_of_several_documents_is_chosen_by_code(written: Callable[[str, str], Path]) -> None:
    several = written("s.yaml", f"---\n{SIMPLE}\n---\n{SIMPLE.replace('code: SIMPLE', 'code: OTHER')}")
    data = written("d.csv", DATA_OF_SIMPLE)

    rows, _ = scored(scheme=several, data=data, code="OTHER")

    assert len(rows) == 6
    assert refused(scheme=several, data=data) == ["文件中有 2 个规则文件（SIMPLE、OTHER），请用 --code 指定一个。"]


def test_files_that_are_not_there_and_ids_that_are_not_there(written: Callable[[str, str], Path]) -> None:
    scheme, data = written("s.yaml", SIMPLE), written("d.csv", DATA_OF_SIMPLE)

    assert refused(scheme=scheme, data=Path("nowhere.csv")) == ["无法读写：No such file or directory。"]
    assert refused(scheme=scheme, data=data, explain="癸") == ["数据中没有编号为“癸”的一行。"]
    assert refused(scheme=scheme, data=data, out=data / "x.csv") == ["无法读写：Not a directory。"]


def test_a_faulty_indicator_file_is_told_by_row_and_column(written: Callable[[str, str], Path]) -> None:
    indicators = written("i.csv", "code,level,places,direction,period\nW,unit,x,+,year\nW,unit,2,up,year\n")

    sentences = refused(scheme=written("s.yaml", SIMPLE), data=written("d.csv", DATA_OF_SIMPLE), indicators=indicators)

    assert sentences == [
        "第 2 行“places”：“x”不在可选范围内，应为：0、1、2、3、4、5、6、7、8、9。",
        "第 3 行“code”：指标代码“W”与第 2 行重复，请只保留一行。",
        "第 3 行“direction”：“up”不在可选范围内，应为：+、-。",
    ]


def test_no_database_is_made_or_opened(written: Callable[[str, str], Path], tmp_path: Path) -> None:
    var = tmp_path / "var"
    files = ["--scheme", written("s.yaml", SIMPLE), "--data", written("d.csv", DATA_OF_SIMPLE)]
    environment = {**os.environ, "ORDOS_VAR": str(var), "DJANGO_SETTINGS_MODULE": "ordos_cadres.settings.embedded"}

    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "score_table", *files],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 7
    assert list(var.rglob("*.sqlite3")) == []


def test_a_period_that_is_none_is_told_at_its_path(written: Callable[[str, str], Path]) -> None:
    document = SIMPLE.replace("period: year", "period: week")

    told = refused(scheme=written("s.yaml", document), data=written("d.csv", DATA_OF_SIMPLE))

    assert [line.partition("：")[0].rpartition(" ")[2] for line in told] == ["period"]


MEANINGS = [
    ("W", "G01", "G01"),
    ("W", "group", "group"),
    ("W", "id", "id"),
    ("W", "P:target", "P:target"),
]


@pytest.mark.parametrize(("old", "new", "heading"), MEANINGS)
def test_a_heading_that_means_two_things_is_refused(
    written: Callable[[str, str], Path], old: str, new: str, heading: str
) -> None:
    document = SIMPLE.replace(f"indicator: {old},", f"indicator: {new},")

    told = refused(scheme=written("s.yaml", document), data=written("d.csv", "id\na\n"))

    assert told == [
        f"“{heading}”在方案中不止一种含义（编号、分组、指标、单位指数、事项、底线），无法按列区分，请先改代码。"
    ]


def test_an_index_and_an_indicator_do_not_share_a_column(written: Callable[[str, str], Path]) -> None:
    document = SIMPLE.replace("subject: unit", "subject: cadre\ntenure: {weigh: months}")
    document = document.replace(
        "indicator: S, score: {bands: {at_most: [[5, 100], [10, 60]], else: 0}}", "index: [S, W]"
    )

    told = refused(scheme=written("s.yaml", document), data=written("d.csv", "id,W\na,1\n"))

    assert [line.partition("”")[0] for line in told] == ["“W"]


def test_numbers_of_options_are_never_invented(written: Callable[[str, str], Path]) -> None:
    document = SIMPLE.replace(
        "indicator: P, score: {yes_no: {if_yes: 100, if_no: 40}}", "indicator: G, score: {as_is: {}}"
    )
    document = written("s.yaml", document)
    data = written("d.csv", "id,W,W:target,G,S\na,90,100,好,5\n")

    assert refused(scheme=document, data=data) == [
        "“G”既按选项计分，又按数值计分，而方案里没有选项对应的数，请用 --indicators 给出指标表。"
    ]
