"""What is wrong with a wide file: the cell, what stands in it, and what would be right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as text_now
from django.utils.translation import gettext_lazy as _

from foundation.tabular.errors import PROBLEM_TEXTS
from foundation.tabular.table import FileProblem, column_letter

TEXTS: dict[str, str | Promise] = {
    "column_needed": _("缺少“%(heading)s”列，请在表头中补上。"),
    "column_twice": _("表头中“%(heading)s”出现了两次，请只保留一列。"),
    "column_unknown": _("不认识表头“%(heading)s”，请删除该列；这个方案可用的列：%(known)s。"),
    "column_ambiguous": _(
        "“%(heading)s”在方案中不止一种含义（编号、分组、指标、单位指数、事项、底线），无法按列区分，请先改代码。"
    ),
    "options_without_numbers": _(
        "“%(heading)s”既按选项计分，又按数值计分，而方案里没有选项对应的数，请用 --indicators 给出指标表。"
    ),
    "id_empty": _("没有编号，请填写。"),
    "id_twice": _("编号“%(value)s”与第 %(other)s 行重复，请只保留一行。"),
    "not_a_number": _("“%(value)s”不是数，请填写数，例如 95.5；没有数据请留空，不适用请填“不适用”。"),
    "too_many_places": _("“%(value)s”的小数位数超过 %(places)s 位，请按指标的位数填写；系统不作四舍五入。"),
    "too_large": _("“%(value)s”超出可以保存的范围，请核对数值和单位。"),
    "not_in_percent": _("“%(value)s”带有百分号，而该列不是百分数，请去掉百分号并核对数值。"),
    "out_of_range": _("“%(value)s”超出指标的范围，应在 %(low)s 与 %(high)s 之间。"),
    "not_an_option": _("“%(value)s”不是该指标的选项，请填写：%(labels)s。"),
    "not_applicable_target": _("目标值不能填“不适用”，没有目标值请留空。"),
    "not_points": _("这一列只能填写分数或留空。"),
    "two_totals": _("一行只能填写一个单位指数，而另一列也有值，请只保留一个。"),
    "not_a_gate": _("“%(value)s”不能用于底线，触及请填 1，否则留空。"),
    "not_one_of": _("“%(value)s”不在可选范围内，应为：%(known)s。"),
    "indicator_twice": _("指标代码“%(value)s”与第 %(other)s 行重复，请只保留一行。"),
    "cell_empty": _("不能为空，请填写。"),
    "bad_option": _("“%(value)s”无法读取，选项应写成“标签=数”，用英文分号隔开，例如 是=1;否=0。"),
    "cannot_be_scored": _("编号“%(value)s”：%(why)s"),
    "no_such_id": _("数据中没有编号为“%(value)s”的一行。"),
}


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A problem at a row of the file (0 = the heading or the whole file) and a column by its heading."""

    code: str
    row: int = 0
    heading: str = ""
    value: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """One line in the language of the reader."""
        facts = {"heading": self.heading, "value": self.value, **self.facts}
        return _place(self.row, self.heading) + str(TEXTS[self.code]) % facts


class WideFileError(Exception):
    """A file that cannot be scored; ``lines`` are sentences, in the order of the rows."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def refuse(problems: Sequence[CellProblem]) -> None:
    """Raise when there is any problem, in the order of the rows."""
    if problems:
        raise WideFileError([problem.line for problem in sorted(problems, key=lambda problem: problem.row)])


def file_line(problem: FileProblem) -> str:
    """One line for what the reading of the file itself found."""
    place = text_now("第 %(row)s 行") % {"row": problem.row} if problem.row else ""
    column = text_now("第 %(letter)s 列") % {"letter": column_letter(problem.column)} if problem.column else ""
    facts = {"value": problem.value, "row": problem.row, **problem.facts}
    sentence = str(PROBLEM_TEXTS[problem.code]) % facts
    return f"{place}{column}：{sentence}" if place or column else sentence


def _place(row: int, heading: str) -> str:
    if row and heading:
        return text_now("第 %(row)s 行“%(heading)s”：") % {"row": row, "heading": heading}
    return text_now("第 %(row)s 行：") % {"row": row} if row else ""
