"""The reading policy: one table of all that can be said of a file, a row or a cell.

Each line has the code, the level, the sentence, the remedy, and the module that decides it.
docs/upload.md shows the table to officers and is written from it (`manage.py document`). The
sentences of what the reader of files finds stand beside its codes in `foundation.tabular.errors`.

A problem is stored as code and facts; its sentence is rendered late, in the reader's language.
"Unknown" and "out of scope" are one code, so that nobody learns from a refusal who exists.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.tabular.errors import PROBLEM_TEXTS, TOLD, TableError

Text = str | Promise


class Severity(StrEnum):
    """An error keeps the whole batch out; a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its title, the sentence of one case, how to mend it, and where it is decided."""

    code: str
    severity: Severity
    title: Text
    sentence: Text
    remedy: Text
    decided_in: str = ""


@dataclass(frozen=True)
class Problem:
    """One problem where it was found: ``row`` as the sheet counts, ``column`` as a letter.

    ``row`` 0 means the whole file. ``subject`` is what the row says of whom it is about.
    """

    code: str
    row: int = 0
    column: str = ""
    heading: str = ""
    value: str = ""
    subject: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The row of the table below for this code."""
        return KINDS[self.code]

    @property
    def ref(self) -> str:
        """The cell as a person finds it, e.g. ``G14``."""
        return f"{self.column}{self.row or ''}"

    @property
    def message(self) -> str:
        """The sentence, in the language of the reader."""
        known = {"row": self.row, "value": self.value, "heading": self.heading}
        # The kinds that a row mixes up are kept as the Chinese words of the check.
        kinds = {name: gettext(self.facts[name]) for name in ("asked", "given") if self.facts.get(name)}
        return str(self.kind.sentence) % {**known, **self.facts, **kinds}

    @property
    def suggestion(self) -> str:
        """What was probably meant; shown, never applied."""
        return str(self.facts.get("maybe", ""))


def _error(code: str, title: Text, sentence: Text, remedy: Text) -> Kind:
    return Kind(code, Severity.ERROR, title, sentence, remedy)


def _warning(code: str, title: Text, sentence: Text, remedy: Text) -> Kind:
    return Kind(code, Severity.WARNING, title, sentence, remedy)


def _of_file(code: str, title: Text, remedy: Text) -> Kind:
    """A line whose sentence and level stand with the reader of files."""
    severity = Severity.WARNING if code in TOLD else Severity.ERROR
    return Kind(code, severity, title, {**PROBLEM_TEXTS, **TableError.texts}[code], remedy)


_NOTHING_TO_DO = _("不用改，入库的是转换后的内容。")

_WHOM = [
    _error(
        "subject_missing",
        _("没有写明是谁"),
        _("工号和单位代码都是空的。"),
        _("考核干部填工号，考核单位填单位代码。"),
    ),
    _error(
        "employee_unknown",
        _("工号不存在或不在您的管理范围"),
        _("名册中没有工号“%(value)s”，或此人该期间不在您的管理范围内。"),
        _("按名册核对工号。工号是文本，请把单元格设为文本，保留前面的 0。"),
    ),
    _error(
        "unit_unknown",
        _("单位代码不存在或不在您的管理范围"),
        _("没有代码为“%(value)s”的单位，或该单位不在您的管理范围内。"),
        _("按单位目录核对单位代码。"),
    ),
    _error(
        "unit_not_in_period",
        _("单位在该期间不存在"),
        _("“%(value)s”在期间 %(period)s 尚未设立或已经撤销。"),
        _("填该期间内存在的单位；更名、合并的单位按当时的代码填。"),
    ),
    _error(
        "name_mismatch",
        _("姓名与工号对不上"),
        _("姓名“%(value)s”与名册中该对象的名称不一致。"),
        _("以工号、单位代码为准。名册姓名有误请先改名册，不要在这里改。"),
    ),
    _error(
        "not_in_unit",
        _("此人该期间不在这个单位任职"),
        _("此人在期间 %(period)s 没有在“%(value)s”任职。"),
        _("改成此人该期间任职单位的代码，或留空。"),
    ),
]

_WHAT = [
    _error("indicator_missing", _("没有写指标代码"), _("指标代码是空的。"), _("按指标目录填写指标代码，例如 DD01。")),
    _error(
        "indicator_unknown",
        _("指标代码不存在"),
        _("没有代码为“%(value)s”的指标。"),
        _("按指标目录填写指标代码，例如 DD01。"),
    ),
    _error(
        "indicator_ended",
        _("指标已经停用"),
        _("指标“%(value)s”已于 %(sunset_on)s 停用，期间 %(period)s 在此之后。"),
        _("删除这一行（宽表清空这一格），或改用接替它的指标。"),
    ),
    _error("period_missing", _("没有写期间"), _("期间是空的。"), _("填写期间，例如 2026Q1、2026H1、2026-03、2026。")),
    _error(
        "period_unknown",
        _("期间不存在"),
        _("没有期间“%(value)s”。"),
        _("填写已设立的期间，例如 2026Q1、2026H1、2026-03、2026；请把单元格设为文本。"),
    ),
    _error(
        "period_kind",
        _("期间类别与指标不符"),
        _("指标 %(indicator)s 按%(asked)s填报，“%(value)s”是%(given)s。"),
        _("按指标的填报期间填写；汇总由系统进行。"),
    ),
    _error(
        "vintage_unknown",
        _("口径不是初核或终核"),
        _("口径“%(value)s”不认识。"),
        _("填“初核”或“终核”；留空即为终核。"),
    ),
]

_HOW_MUCH = [
    _error(
        "value_missing",
        _("没有数值"),
        _("数值和目标值都是空的，空不是 0。"),
        _("填写数值或目标值；没有数据请删除这一行，不适用请填“不适用”，收回已入库的数请填“作废”。"),
    ),
    _error(
        "out_of_bounds",
        _("超出指标的取值范围"),
        _("“%(value)s”不在 %(low)s 至 %(high)s 之间。"),
        _("核对计量单位和小数点；确属实情请先由指标管理员调整取值范围。"),
    ),
    _error(
        "not_an_option",
        _("不是可选的等次"),
        _("“%(value)s”不是该指标的选项，可填：%(options)s。"),
        _("填写选项的名称，不填分数。"),
    ),
    _error(
        "target_not_applicable",
        _("目标值不能填“不适用”"),
        _("目标值填了“%(value)s”。"),
        _("没有目标请留空；收回已入库的目标请填“作废”。"),
    ),
]

_BY_WHOM = [
    _error(
        "own_unit",
        _("不能录入本单位的数据"),
        _("“%(value)s”是您所在的单位，单位经办人不能录入本单位的考核数据。"),
        _("删除这一行，请组织部门凭佐证录入。"),
    ),
    _error(
        "evidence_needed",
        _("缺少佐证编号"),
        _("该指标只由被考核单位自己提供，由组织部门录入时必须写明佐证编号。"),
        _("在“佐证编号”列填写文件号或材料编号。"),
    ),
    _error(
        "indicator_not_yours",
        _("不是本单位负责的指标"),
        _("指标“%(value)s”不由您所在的单位提供。"),
        _("删除这一行（宽表清空这一格），由负责该指标的单位上传。"),
    ),
    _error(
        "subject_kind",
        _("指标与考核对象不符"),
        _("指标“%(value)s”考核%(asked)s，这一行写的是%(given)s。"),
        _("考核单位的指标只填单位代码，考核干部的指标要填工号。"),
    ),
    _error(
        "too_long",
        _("文字过长"),
        _("有 %(length)s 个字，最多 %(most)s 个。"),
        _("只写编号，不写说明；说明写在备注列。"),
    ),
]

_AGAINST_THE_LEDGER = [
    _error(
        "vintage_reversed",
        _("终核数据不能改回初核"),
        _("库中已有终核数 %(before)s，不能再以初核数替换。"),
        _("数值有变化请按终核上传；没有变化请删除这一行。"),
    ),
]

_NUMBERS = [
    _error(
        "not_a_number",
        _("不是数字"),
        _("“%(value)s”不是数字。"),
        _("只写数字，例如 95.5；计量单位在表头，不写“约”，不用公式、日期或是否值。"),
    ),
    _error(
        "too_many_places",
        _("小数位数过多"),
        _("“%(value)s”的小数超过 %(places)s 位，系统不替您四舍五入。"),
        _("按指标规定的小数位数填写。"),
    ),
    _error("too_large", _("数字过大"), _("“%(value)s”超出了系统能准确保存的范围。"), _("核对计量单位。")),
    _error(
        "not_in_percent",
        _("指标不是百分数"),
        _("“%(value)s”带有百分号，而该指标的计量单位是“%(measure)s”。"),
        _("去掉百分号，按指标的计量单位填写。"),
    ),
]

_DUPLICATES = [
    _error(
        "duplicate_conflict",
        _("同一对象同一指标重复，内容不同"),
        _("与第 %(other)s 行是同一对象、同一指标、同一期间，但内容不同。"),
        _("只留一行。系统不会替您选后面的一行。"),
    ),
    _error(
        "duplicate_evidence",
        _("同一个数有两个佐证编号"),
        _("与第 %(other)s 行是同一个数，但佐证编号不同：本行“%(value)s”，该行“%(other_value)s”。"),
        _("只留一行；几份佐证的编号写在同一格里。系统不会替您选一个。"),
    ),
    _warning(
        "duplicate_equal",
        _("同一对象同一指标重复，内容相同"),
        _("与第 %(other)s 行内容相同，只计一次，以第 %(other)s 行为准。"),
        _("可以删去多余的一行。"),
    ),
]

_WIDE = [
    _error(
        "mixed_forms",
        _("长表和宽表的列混在一张表里"),
        _("“%(value)s”是长表的列，而 %(other)s“%(other_value)s”是宽表的指标列，不知道以哪个为准。"),
        _("一行一个数用长表，一行一个对象用宽表；删去另一种表的列。"),
    ),
    _error(
        "heading_of_another",
        _("表头的代码与名称不是同一个指标"),
        _("表头“%(value)s”的代码是 %(code)s，而 %(code)s 的名称是“%(name)s”。"),
        _("核对代码和名称；也可以只写代码。"),
    ),
    _error(
        "no_figures",
        _("没有填写任何数值"),
        _("第 %(row)s 行表头之下，各指标列都是空的，没有可以检查的数据。"),
        _("在指标列填写数值后重新上传；空着的格不是数据。"),
    ),
]

_FOLDED = [
    _warning("folded_full_width", _("全角字符已转成半角"), _("全角字符已转成半角。"), _NOTHING_TO_DO),
    _warning("folded_spaces", _("首尾空格已去掉"), _("首尾空格已去掉。"), _NOTHING_TO_DO),
    _warning("folded_invisible", _("不可见字符已去掉"), _("首尾的不可见字符已去掉。"), _NOTHING_TO_DO),
    _warning("folded_thousands", _("千分位逗号已去掉"), _("千分位逗号已去掉。"), _NOTHING_TO_DO),
    _warning("folded_percent", _("百分号已去掉"), _("该指标以百分数计，“%(value)s”按百分数读取。"), _NOTHING_TO_DO),
    _warning("folded_trailing_zeros", _("末尾多余的 0 已去掉"), _("末尾多余的 0 已去掉。"), _NOTHING_TO_DO),
    _warning("folded_minus", _("减号已转成负号"), _("减号已转成负号。"), _NOTHING_TO_DO),
]

_HEADINGS = [
    _of_file("heading_missing", _("缺少必需的列"), _("按模板补上这一列。")),
    _of_file("heading_unknown", _("不认识的列"), _("改用模板中的列名，或删除该列。")),
    _of_file("heading_duplicate", _("同一列出现两次"), _("只保留一列。")),
    _of_file("heading_blank", _("有数据的列没有表头"), _("补上表头或删除该列；表头合并过的请取消合并。")),
    _of_file("data_above_heading", _("表头之上有数据"), _("把数据移到表头之下，或删除。")),
    _of_file("title_above", _("表头之上的行没有读取"), _("是标题就不用改；是数据请移到表头之下。")),
]

_NOTES = [
    _error(
        "note_row",
        _("数据之下的行不像数据"),
        _("第 %(row)s 行在数据之下，不像数据：“%(value)s”。"),
        _("合计、注、填表人这类行：请点“这些行不是数据”，或从文件中删除。是数据的，补上指标代码和期间。"),
    ),
]

_CELLS = [
    _of_file("control_character", _("含有控制字符"), _("删除该格内容后重新录入。")),
    _of_file("replacement_character", _("含有乱码"), _("对照原件重新录入。")),
]

_XLSX_CELLS = [
    _of_file("formula_without_value", _("公式没有计算结果"), _("重新计算并保存，或改填数值。")),
    _of_file("error_cell", _("单元格是错误值"), _("改正公式或直接填写数值。")),
    _of_file("merged_cell", _("合并单元格"), _("取消合并并逐行填写。")),
    _of_file("merged_heading", _("表头是合并单元格"), _("读取的列没错就不用改。")),
    _of_file("formula_value", _("公式单元格，取上次保存的值"), _("值没错就不用改。")),
    _of_file("percent_format", _("百分比格式的单元格"), _("与所见一致就不用改。")),
    _of_file("scaled_format", _("缩小显示的单元格"), _("按保存的数读取；与计量单位不符请改正。")),
    _of_file("hidden_rows", _("有隐藏的行"), _("隐藏的行照样入库；不该报的请删除。")),
    _of_file("hidden_columns", _("有隐藏的列"), _("隐藏的列照样读取；不该报的请删除。")),
]

_CSV = [
    _of_file("too_many_fields", _("这一行的格数过多"), _("含逗号的内容用引号包住。")),
    _of_file("too_few_fields", _("这一行的格数不足"), _("补齐缺少的格，可以留空。")),
    _of_file("csv_delimiter", _("分隔符不是逗号"), _("不用改。")),
    _of_file("unknown_encoding", _("文字编码无法识别"), _("另存为“CSV UTF-8（逗号分隔）”，或上传 .xlsx。")),
    _of_file("broken_encoding", _("文字编码已损坏"), _("从原表重新导出，或上传 .xlsx。")),
    _of_file("unknown_delimiter", _("不是逗号分隔"), _("另存为“CSV UTF-8（逗号分隔）”，或上传 .xlsx。")),
    _of_file("unclosed_quote", _("引号没有结束"), _("从原表重新导出。")),
    _of_file("bad_quote", _("引号之后还有文字"), _("引号成对并包住整格；从原表重新导出。")),
    _of_file("cell_too_long", _("一格的文字过长"), _("检查引号，或缩短内容。")),
]

_KINDS_OF_FILE = [
    _of_file("unknown_type", _("不是 .xlsx 或 .csv"), _("上传 .xlsx 或 .csv 文件。")),
    _of_file("xls_file", _("旧版 Excel 格式"), _("用 Excel 或 WPS 打开后另存为 .xlsx。")),
    _of_file("renamed_file", _("内容与文件名不符"), _("改后缀名不会改变格式；打开原文件后另存为 .xlsx。")),
    _of_file("too_big", _("文件过大"), _("拆分成几个文件分别上传。")),
]

_PACKAGE = [
    _of_file("macro_file", _("带有宏或为二进制工作簿"), _("另存为不带宏的 .xlsx。")),
    _of_file("encrypted_file", _("设有打开密码"), _("取消密码后另存为 .xlsx。")),
    _of_file("broken_file", _("不完整或已损坏"), _("用 Excel 或 WPS 打开确认无误后另存为 .xlsx。")),
    _of_file("unpacked_too_big", _("展开后过大"), _("把数据复制到新工作簿后另存，或拆分成几个文件。")),
]

_SHEET = [
    _of_file("several_sheets", _("几张可见工作表都有数据"), _("只保留一张，其余删除或隐藏。")),
    _of_file("no_data", _("没有数据"), _("数据写在可见的工作表里。")),
    _of_file("no_rows", _("只有表头"), _("在表头之下填写数据。")),
    _of_file("too_many_rows", _("行数过多"), _("拆分成几个文件分别上传。")),
]

_GRID = [
    _of_file("too_many_columns", _("列数过多"), _("删除多余的列，包括远处的零散内容。")),
    _of_file("too_many_cells", _("单元格过多"), _("删除多余的行和列，或拆分成几个文件。")),
    _of_file("cell_twice", _("同一单元格出现两次"), _("用 Excel 或 WPS 打开、核对后另存为 .xlsx。")),
]

_EVIDENCE = [_of_file("no_such_cell", _("没有这个单元格"), _("打开原文件核对。"))]

_DECIDED_IN = {
    "intake/checks/subjects.py": _WHOM,
    "intake/checks/permission.py": _BY_WHOM,
    "intake/checks/naming.py": _WHAT,
    "intake/services/examining.py": _AGAINST_THE_LEDGER,
    "intake/checks/values.py": _HOW_MUCH,
    "foundation/tabular/numbers.py": _NUMBERS,
    "intake/checks/duplicates.py": _DUPLICATES,
    "intake/wide_form.py": _WIDE,
    "intake/checks/notes.py": _NOTES,
    "foundation/tabular/folding.py": _FOLDED,
    "foundation/tabular/headings.py": _HEADINGS,
    "foundation/tabular/characters.py": _CELLS,
    "foundation/tabular/xlsx_file.py": [*_XLSX_CELLS, *_SHEET],
    "foundation/tabular/xlsx_grid.py": _GRID,
    "foundation/tabular/xlsx_package.py": _PACKAGE,
    "foundation/tabular/csv_file.py": _CSV,
    "foundation/tabular/reading.py": _KINDS_OF_FILE,
    "foundation/tabular/windows.py": _EVIDENCE,
}

KINDS: dict[str, Kind] = {
    kind.code: replace(kind, decided_in=module) for module, kinds in _DECIDED_IN.items() for kind in kinds
}
