"""``manage.py score_table``: the pure engine on a wide CSV, without a database."""

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from evaluation.scheme_texts import fault_line
from evaluation.score_table.indicators import indicators_of_columns, read_indicators
from evaluation.score_table.output import line_rows, result_rows, score_sheet
from evaluation.score_table.problems import WideFileError
from evaluation.score_table.rows import read_sheet
from evaluation.score_table.table import read_text_table
from evaluation.scoring import SchemeError, parse
from foundation.rulebook.documents import UnreadableDocumentError, load_document
from foundation.tabular.errors import TableError

FAULTY = 2
NAMES = ("scheme", "code", "indicators", "data", "out", "explain")


class Command(BaseCommand):
    """Score a file of data by a scheme document; the database is not touched."""

    help = _(
        "按方案文件给一张宽表计分，不使用数据库。数据列：id，可选 group，每个指标一列，可选“代码:target”；"
        "引用的单位指数、事项和底线各以其代码为列名。有错误时退出状态为 2。"
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django declares it as an instance attribute

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scheme", required=True, type=Path, help=_("方案文件（YAML）"))
        parser.add_argument("--code", default="", help=_("方案文件中有多份方案时，用哪一份"))
        parser.add_argument("--indicators", type=Path, help=_("指标表（CSV）；没有时方向为 +，小数位数按列"))
        parser.add_argument("--data", required=True, type=Path, help=_("数据（CSV）"))
        parser.add_argument("--out", type=Path, help=_("结果写入的文件；没有时写到屏幕"))
        parser.add_argument("--explain", default="", metavar="ID", help=_("只把这一行的得分明细写到屏幕"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.write_table(**{name: options[name] for name in NAMES})
        except Refusal as refusal:
            for line in refusal.lines:
                self.stderr.write(f"{refusal.path}: {line}")
            sys.exit(FAULTY)

    def write_table(
        self, *, scheme: Path, code: str, indicators: Path | None, data: Path, out: Path | None, explain: str
    ) -> None:
        """Read, score, and write the table or the lines of one subject."""
        refuse_overwriting(out, (scheme, data, indicators))
        with blamed_on(scheme):
            document = load_document(scheme.read_bytes(), code=code)
        with blamed_on(data):
            table = read_text_table(data)
        with blamed_on(indicators or scheme):
            known = read_indicators(indicators) if indicators else indicators_of_columns(document, table)
        with blamed_on(scheme):
            parsed = parse(document, known.indicators)
        with blamed_on(data):
            sheet = read_sheet(table, parsed, known)
            outcomes = score_sheet(sheet, parsed)
            lines = list(line_rows(explain, sheet, parsed, outcomes)) if explain else []
        for heading in sheet.absent:
            self.stderr.write(_("提示：没有“%(heading)s”列，相应部分按缺失处理。") % {"heading": heading})
        if out:
            with blamed_on(out), out.open("w", encoding="utf-8", newline="") as stream:
                write_csv(stream, result_rows(sheet, parsed, outcomes))
        if explain or not out:
            write_csv(self.stdout, lines if explain else result_rows(sheet, parsed, outcomes))


class Refusal(Exception):  # noqa: N818 - it carries the sentences of other errors
    """What is wrong with one of the files."""

    def __init__(self, path: Path, lines: Iterable[str]) -> None:
        super().__init__(str(path))
        self.path, self.lines = path, tuple(lines)


def refuse_overwriting(out: Path | None, inputs: Iterable[Path | None]) -> None:
    """Refuse to write the result over a file that it is made of, by whatever name."""
    for path in filter(None, inputs):
        if out is not None and (out.resolve() == path.resolve() or (out.exists() and is_same_file(out, path))):
            raise Refusal(out, [_("结果不能写入输入文件本身，请另写一个文件名；原文件没有改动。")])


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two names lead to one file; what is not there is no file yet."""
    return other.exists() and one.samefile(other)


@contextmanager
def blamed_on(path: Path) -> Iterator[None]:
    """Turn what the reading of a file finds into a refusal of this file."""
    try:
        yield
    except UnreadableDocumentError as error:
        raise Refusal(path, [fault.message for fault in error.faults]) from error
    except SchemeError as error:
        raise Refusal(path, map(fault_line, error.faults)) from error
    except TableError as error:
        raise Refusal(path, [error.message]) from error
    except WideFileError as error:
        raise Refusal(path, error.lines) from error
    except OSError as error:
        raise Refusal(path, [_("无法读写：%(why)s。") % {"why": error.strerror or error}]) from error


def write_csv(stream: Any, rows: Iterable[list[str]]) -> None:
    """Write rows with plain line ends, to a file or to Django's output."""
    csv.writer(stream, lineterminator="\n").writerows(rows)
