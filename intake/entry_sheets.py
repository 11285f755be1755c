"""填报模板: an empty sheet to be filled and sent back, as xlsx; wide with its subjects, or long.

What it asks is what the door takes: the headings are those of `wide_form` and `long_form`, the
rules of a cell those of its indicator. There is no hidden sheet, row or column in it, since these
are told or refused on the way back; what is no data stands on an instruction sheet that says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from foundation.tabular.asides import ASIDE_TEXT
from foundation.tabular.marking import writable
from foundation.tabular.table import column_letter
from intake.checks.values import NOT_APPLICABLE_WORDS, VOID_WORDS
from intake.enums import Facet
from intake.long_form import HEADINGS
from intake.models import Indicator
from intake.wide_form import heading_text

ROWS_TO_ADD: Final = 200
"""Rows below the subjects that are prepared like theirs, for those who are added by hand."""
LIST_SIGNS_MOST: Final = 255
"""Excel takes no longer list, prompt or message in a cell's rule."""
_TITLE_SIGNS_MOST: Final = 32

_TEXT = "@"
_HEAD = Font(bold=True)
_HEAD_FILL = PatternFill("solid", fgColor="FFE9EFF7")
_GIVEN_FILL = PatternFill("solid", fgColor="FFF1F3F6")
_HEAD_LINE = Border(bottom=Side(style="thin", color="FF868E99"))
_WRAP = Alignment(wrap_text=True, vertical="center")
_TOP = Alignment(wrap_text=True, vertical="top")
_HEAD_HEIGHT = 48
_SHOWN_HEADINGS = {spec.field: spec.names[0] for spec in HEADINGS} | {"unit_name": "名称"}
_VINTAGES = ("终核", "初核")


@dataclass(frozen=True)
class AskedIndicator:
    """A column of figures: the indicator, its name for the reader, its options, whether targets are asked as well."""

    indicator: Indicator
    name: str
    options: tuple[str, ...]
    with_target: bool


@dataclass(frozen=True)
class AskedSubject:
    """A row to fill: ``number`` is the employee number or the code of the unit."""

    number: str
    name: str
    unit_code: str = ""


@dataclass(frozen=True)
class EntrySheet:
    """What a template asks: of whom, what, for which period."""

    title: str
    period: str
    of_cadres: bool
    indicators: tuple[AskedIndicator, ...]
    subjects: tuple[AskedSubject, ...]


@dataclass(frozen=True)
class _Column:
    """A column of the sheet: what is filled in already (by subject), and the rule of its cells."""

    heading: str
    width: int
    given: tuple[str, ...] = ()
    is_text: bool = False
    indicator: AskedIndicator | None = None
    facet: Facet = Facet.VALUE
    words: tuple[str, ...] = ()
    """What may be chosen."""


def indicator_name(indicator: Indicator) -> str:
    """The English name to a reader of English if there is one, the Chinese name to everyone else."""
    return indicator.name_en if get_language() == "en" and indicator.name_en else indicator.name_zh


def write_wide(sheet: EntrySheet, stream: IO[bytes]) -> None:
    """Write the wide template: one row a subject, one column an indicator."""
    columns = [*_of_whom(sheet), *_figures(sheet), *_of_the_row()]
    frozen = len(_of_whom(sheet)) + 1
    book = Workbook()
    page, notes = book.active, book.create_sheet(_("填表说明"))
    page.title = _("考核数据")
    lists = _write_notes(notes, sheet, _wide_sentences(sheet))
    _write_page(page, columns, len(sheet.subjects), lists, notes.title)
    page.freeze_panes = f"{column_letter(frozen)}2"
    _describe(book, sheet)
    book.save(stream)


def write_long(sheet: EntrySheet, stream: IO[bytes]) -> None:
    """Write the long template: headings and rules only; every row would otherwise have to be filled."""
    book = Workbook()
    page, notes = book.active, book.create_sheet(_("填表说明"))
    page.title = _("考核数据")
    _write_notes(notes, sheet, _long_sentences(sheet))
    _write_page(page, _long_columns(sheet), 0, {}, notes.title)
    page.freeze_panes = "A2"
    _describe(book, sheet)
    book.save(stream)


def _heading(field: str) -> str:
    """The heading of a column in the reader's language; both are taken."""
    if get_language() != "en":
        return _SHOWN_HEADINGS[field]
    return "name" if field == "unit_name" else field


def _of_whom(sheet: EntrySheet) -> list[_Column]:
    numbers = tuple(each.number for each in sheet.subjects)
    names = tuple(each.name for each in sheet.subjects)
    periods = (sheet.period,) * len(sheet.subjects)
    period = _Column(_heading("period"), 11, periods, is_text=True, words=(sheet.period,))
    if not sheet.of_cadres:
        code = _Column(_heading("unit_code"), 16, numbers, is_text=True)
        return [code, _Column(_heading("unit_name"), 26, names, is_text=True), period]
    return [
        _Column(_heading("employee_no"), 12, numbers, is_text=True),
        _Column(_heading("name"), 16, names, is_text=True),
        _Column(_heading("unit_code"), 16, tuple(each.unit_code for each in sheet.subjects), is_text=True),
        period,
    ]


def _figures(sheet: EntrySheet) -> Iterator[_Column]:
    for asked in sheet.indicators:
        for facet in Facet if asked.with_target else (Facet.VALUE,):
            words = _choices(asked) if asked.options and facet is Facet.VALUE else ()
            heading = heading_text(asked.indicator, facet, asked.name)
            yield _Column(heading, 18, is_text=bool(words), indicator=asked, facet=facet, words=words)


def _choices(asked: AskedIndicator) -> tuple[str, ...]:
    """What a list offers: the options, and the two words that are no option."""
    return (*asked.options, NOT_APPLICABLE_WORDS[0], VOID_WORDS[0])


def _of_the_row() -> list[_Column]:
    return [
        _Column(_heading("vintage"), 8, is_text=True, words=_VINTAGES),
        _Column(_heading("evidence_ref"), 18, is_text=True),
        _Column(_heading("remark"), 20, is_text=True),
    ]


def _long_columns(sheet: EntrySheet) -> list[_Column]:
    whom = ["employee_no", "name", "unit_code"] if sheet.of_cadres else ["unit_code", "unit_name"]
    codes = tuple(each.indicator.code for each in sheet.indicators)
    return [
        *(_Column(_heading(field), 16, is_text=True) for field in whom),
        _Column(_heading("indicator_code"), 12, is_text=True, words=codes),
        _Column(_heading("period"), 11, is_text=True, words=(sheet.period,)),
        _Column(_heading("value"), 14),
        _Column(_heading("target"), 14),
        *_of_the_row(),
    ]


def _write_page(page: Any, columns: Sequence[_Column], given: int, lists: dict[str, str], notes: str) -> None:
    """The heading, what is filled in already, and the rule of every column."""
    page.row_dimensions[1].height = _HEAD_HEIGHT
    last = given + 1 + ROWS_TO_ADD
    for number, column in enumerate(columns, 1):
        letter = column_letter(number)
        page.column_dimensions[letter].width = column.width
        head = _put(page, 1, number, column.heading)
        head.font, head.fill, head.border, head.alignment = _HEAD, _HEAD_FILL, _HEAD_LINE, _WRAP
        for row in range(2, (last if column.is_text else 1) + 1):
            text = column.given[row - 2] if row - 2 < len(column.given) else ""
            cell = _put(page, row, number, text)
            if text:
                cell.fill = _GIVEN_FILL
        rule = _rule(column, f"{letter}2", lists, notes)
        if rule is not None:
            page.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{last}")


def _put(page: Any, row: int, column: int, text: str) -> Any:
    """A cell of text format; what begins like a formula is a text."""
    cell = page.cell(row, column)
    cell.number_format = _TEXT
    if text:
        cell.value = writable(text)
        cell.data_type = "s"
    return cell


def _rule(column: _Column, first: str, lists: dict[str, str], notes: str) -> DataValidation | None:
    """What a cell takes, with the words that stand beside it and those that refuse."""
    if column.words:
        listed = lists.get(column.indicator.indicator.code if column.indicator else "")
        choice = f"'{notes}'!{listed}" if listed else f'"{",".join(column.words)}"'
        told = _("请从下拉列表中选：%(words)s。") % {"words": "、".join(column.words)}
        rule = DataValidation(type="list", formula1=choice, allow_blank=True)
        if not listed and len(choice) > LIST_SIGNS_MOST:
            return None
    elif column.indicator is not None:
        told = _number_words(column.indicator.indicator, column.facet)
        rule = DataValidation(type="custom", formula1=_number_formula(column, first), allow_blank=True)
    else:
        return None
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle = rule.promptTitle = column.heading[:_TITLE_SIGNS_MOST]
    rule.error = rule.prompt = told[:LIST_SIGNS_MOST]
    return rule


def _number_formula(column: _Column, first: str) -> str:
    assert column.indicator is not None
    indicator = column.indicator.indicator
    low, high = _plain(indicator.low, indicator.places), _plain(indicator.high, indicator.places)
    words = VOID_WORDS if column.facet is Facet.TARGET else (*NOT_APPLICABLE_WORDS, *VOID_WORDS)
    said = ",".join(f'{first}="{word}"' for word in words)
    number = f"AND({first}>={low},{first}<={high},ROUND({first},{indicator.places})={first})"
    return f"IF(ISNUMBER({first}),{number},OR({said}))"


def _number_words(indicator: Indicator, facet: Facet) -> str:
    facts = {
        "low": _plain(indicator.low, indicator.places),
        "high": _plain(indicator.high, indicator.places),
        "places": indicator.places,
        "measure": indicator.measure,
    }
    if facet is Facet.TARGET:
        told = _("填 %(low)s 至 %(high)s 的数，最多 %(places)s 位小数（%(measure)s）。没有目标就留空。")
    else:
        told = _(
            "填 %(low)s 至 %(high)s 的数，最多 %(places)s 位小数（%(measure)s）。没有数据就留空，没有发生填“不适用”。"
        )
    return told % facts


def _plain(stored: int, places: int) -> str:
    return format(Decimal(stored).scaleb(-places).normalize(), "f")


def _wide_sentences(sheet: EntrySheet) -> list[str]:
    return [
        sheet.title,
        _("一行一个对象，一列一个指标。灰底的格已经填好，请不要改动；不归您填的行可以删去，也可以在下面加行。"),
        _("空着的格不是数据，也不改动库中已有的数。没有发生的写“不适用”，要收回已入库的数写“作废”，不写“—”“/”“无”。"),
        _("口径填初核或终核，留空为终核；口径、佐证编号管这一行的全部数，不同的请分行填写。"),
        _("表头可以改列序、可以删去不填的指标列，但代码不能改。填完保存为 .xlsx 上传。"),
    ]


def _long_sentences(sheet: EntrySheet) -> list[str]:
    return [
        sheet.title,
        _("一行一个对象、一个指标、一个期间；数值和目标值至少填一个。没有数据的不写这一行。"),
        _("没有发生的写“不适用”，要收回已入库的数写“作废”。口径填初核或终核，留空为终核。填完保存为 .xlsx 上传。"),
    ]


def _write_notes(page: Any, sheet: EntrySheet, sentences: Sequence[str]) -> dict[str, str]:
    """The instruction sheet; gives the range of the options of each indicator that has some."""
    for number, width in enumerate((12, 34, 10, 10, 14, 14, 44, 44), 1):
        page.column_dimensions[column_letter(number)].width = width
    page.sheet_properties.tabColor = "FF868E99"
    _put(page, 1, 1, ASIDE_TEXT)
    for row, sentence in enumerate(sentences, 2):
        _put(page, row, 1, sentence)
    _put(page, 2, 1, sentences[0]).font = _HEAD
    head = len(sentences) + 3
    titles = (_("指标代码"), _("指标"), _("计量单位"), _("小数位"), _("最小"), _("最大"), _("可选"), _("依据"))
    for number, title in enumerate(titles, 1):
        cell = _put(page, head, number, title)
        cell.font, cell.fill, cell.border = _HEAD, _HEAD_FILL, _HEAD_LINE
    for row, asked in enumerate(sheet.indicators, head + 1):
        for number, text in enumerate(_note_cells(asked), 1):
            _put(page, row, number, text).alignment = _TOP
    return _write_options(page, sheet, head + len(sheet.indicators) + 3)


def _note_cells(asked: AskedIndicator) -> tuple[str, ...]:
    indicator = asked.indicator
    bounds = (
        () if asked.options else (_plain(indicator.low, indicator.places), _plain(indicator.high, indicator.places))
    )
    low, high = bounds or ("", "")
    places = "" if asked.options else str(indicator.places)
    options = "、".join(asked.options)
    return (indicator.code, asked.name, indicator.measure, places, low, high, options, indicator.basis)


def _write_options(page: Any, sheet: EntrySheet, row: int) -> dict[str, str]:
    """Options that a rule cannot hold in itself, each indicator's in a row of its own; others need none."""
    ranges = {}
    for asked in sheet.indicators:
        words = _choices(asked)
        fits = len(",".join(words)) + 2 <= LIST_SIGNS_MOST and not any(sign in word for word in words for sign in ',"')
        if not asked.options or fits:
            continue
        _put(page, row, 1, asked.indicator.code)
        for number, word in enumerate(words, 2):
            _put(page, row, number, word)
        ranges[asked.indicator.code] = f"$B${row}:${column_letter(len(words) + 1)}${row}"
        row += 1
    return ranges


def _describe(book: Any, sheet: EntrySheet) -> None:
    book.properties.title = sheet.title
    book.properties.creator = "ordos-cadres"
