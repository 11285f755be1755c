"""Refusals and problems of a file: stable codes and the Chinese sentence of each."""

from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class Severity(StrEnum):
    """How much a problem weighs: an error stops the batch, a warning and a fold are only told."""

    ERROR = "error"
    WARNING = "warning"
    FOLD = "fold"


class TableError(DomainError):
    """The file as a whole cannot be read; nothing of it was taken."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "unknown_type": _("“%(name)s”不是可以上传的文件，请上传 .xlsx 或 .csv 文件。"),
        "xls_file": _("“%(name)s”是旧版 Excel 格式（.xls），请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"),
        "macro_file": _("“%(name)s”带有宏或为二进制工作簿，请另存为不带宏的 .xlsx 再上传。"),
        "encrypted_file": _("“%(name)s”设有打开密码，请在 Excel 或 WPS 中取消密码、另存为 .xlsx 再上传。"),
        "renamed_file": _(
            "“%(name)s”的内容与文件名不符（内容像是 %(looks)s），改后缀名不会改变格式，"
            "请用 Excel 或 WPS 打开原文件后另存为 .xlsx 再上传。"
        ),
        "broken_file": _("“%(name)s”不完整或已损坏，请用 Excel 或 WPS 打开确认无误、另存为 .xlsx 后重新上传。"),
        "too_big": _("文件大小为 %(size)s MB，最多 %(most)s MB，请拆分成几个文件分别上传。"),
        "unpacked_too_big": _(
            "“%(name)s”展开后过大（最多 %(most)s MB），请把数据复制到新工作簿、另存为 .xlsx 后上传，或拆分成几个文件。"
        ),
        "too_many_rows": _("数据超过 %(most)s 行，请拆分成几个文件分别上传。"),
        "too_many_columns": _(
            "单元格 %(address)s 超出了允许的 %(most)s 列，请删除多余的列（包括远处的零散内容）后再上传。"
        ),
        "too_many_cells": _("单元格超过 %(most)s 个，请删除多余的行和列，或拆分成几个文件分别上传。"),
        "cell_twice": _(
            "单元格 %(address)s 在文件中出现了两次，无法确定以哪一个为准，"
            "请用 Excel 或 WPS 打开、核对后另存为 .xlsx 再上传。"
        ),
        "several_sheets": _("有 %(count)s 个可见工作表含有数据（%(sheets)s），请只保留一个，其余删除或隐藏后再上传。"),
        "no_data": _("没有找到数据：文件或可见工作表为空（隐藏的工作表不读取），请检查后再上传。"),
        "no_rows": _("第 %(row)s 行是表头，其下没有数据行，请填写数据后再上传。"),
        "unknown_encoding": _(
            "无法识别文件的文字编码（内容像是 %(looks)s），"
            "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”，或直接上传 .xlsx。"
        ),
        "broken_encoding": _(
            "第 %(line)s 行附近的文字编码已损坏，请从原表重新导出为“CSV UTF-8（逗号分隔）”，或直接上传 .xlsx。"
        ),
        "unknown_delimiter": _(
            "表头“%(value)s”没有用英文逗号分隔，请另存为“CSV UTF-8（逗号分隔）”，或直接上传 .xlsx。"
        ),
        "unclosed_quote": _("第 %(row)s 行有引号没有结束，文件可能被截断，请从原表重新导出。"),
        "bad_quote": _("第 %(row)s 行引号之后还有文字，引号应成对并包住整格，格内的引号写两次；请从原表重新导出。"),
        "cell_too_long": _("第 %(row)s 行有一格的文字过长，请检查该行的引号，或缩短内容。"),
        "no_such_cell": _("文件中没有单元格 %(address)s。"),
    }


PROBLEM_TEXTS: dict[str, str | Promise] = {
    "csv_delimiter": _("文件以%(delimiter)s分隔，已按此读取。"),
    "too_many_fields": _(
        "本行有 %(found)s 格，表头只有 %(expected)s 格，请检查是否多了逗号，含逗号的内容应以引号包住。"
    ),
    "title_above": _("表头取自第 %(row)s 行；其上的第 %(rows)s 行（%(text)s）不是数据，没有读取。"),
    "data_above_heading": _("第 %(row)s 行在表头（第 %(heading_row)s 行）之上，却填有数据，请移到表头之下，或删除。"),
    "too_few_fields": _("本行只有 %(found)s 格，表头有 %(expected)s 格，请补齐缺少的格（可以留空，但逗号不能少）。"),
    "control_character": _("含有不可见的控制字符 %(character)s，请删除该格内容后重新录入。"),
    "replacement_character": _("含有“\ufffd”，说明原文字在此前的转换中已丢失，请对照原件重新录入。"),
    "formula_value": _("是公式 %(formula)s，已采用文件中保存的计算结果。"),
    "formula_without_value": _(
        "是公式 %(formula)s，但文件中没有计算结果，请用 Excel 或 WPS 打开、重新计算并保存，或改填数值。"
    ),
    "error_cell": _("是错误值 %(value)s，请改正公式或直接填写数值。"),
    "percent_format": _("单元格为百分比格式（保存的数是 %(stored)s），按所见的 %(value)s 读取。"),
    "hidden_rows": _("有 %(count)s 行处于隐藏状态（%(rows)s），仍按数据读取。"),
    "hidden_columns": _("有 %(count)s 列处于隐藏状态（%(columns)s），仍按数据读取。"),
    "merged_cell": _("%(range)s 是合并单元格，无法确定各行的内容，请取消合并并逐行填写。"),
    "merged_heading": _("表头 %(range)s 是合并单元格，已按左上角的“%(value)s”读取。"),
    "scaled_format": _("单元格格式把数缩小了显示，已按保存的 %(value)s 读取，与所见不同。"),
    "heading_missing": _("缺少“%(heading)s”列，请在第 %(row)s 行表头中补上。"),
    "heading_unknown": _("不认识表头“%(value)s”，请改用模板中的列名，或删除该列。"),
    "heading_duplicate": _("“%(value)s”与 %(other)s 的“%(other_value)s”是同一列，请只保留一列。"),
    "heading_blank": _("该列有数据但没有表头，请补上表头或删除该列。"),
}
"""Sentences of `FileProblem` codes; ``value`` and ``row`` are filled from the problem, the rest from its facts."""

TOLD: dict[str, Severity] = {
    "csv_delimiter": Severity.FOLD,
    "percent_format": Severity.FOLD,
    "title_above": Severity.WARNING,
    "merged_heading": Severity.WARNING,
    "formula_value": Severity.WARNING,
    "scaled_format": Severity.WARNING,
    "hidden_rows": Severity.WARNING,
    "hidden_columns": Severity.WARNING,
}
"""The codes that stop nothing; every other one is an error."""
