"""Sheets that we add to a workbook for people: lists of problems, instructions. They are no data.

What makes such a sheet is the text of its first cell, which survives every program that saves the
file, and which nobody writes by accident; the name of a sheet alone hides nothing.
"""

from typing import Final

ASIDE_TEXT: Final = "※ 系统附表，不作为数据读取 / System sheet, not read as data"


def is_aside(first_text: str) -> bool:
    """Whether a sheet whose first filled cell says this is one of ours."""
    return first_text.strip() == ASIDE_TEXT
