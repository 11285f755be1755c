"""The words that a row mixes up are said in the reader's language, though the check kept them in Chinese."""

import pytest
from django.utils import translation

from intake.problems import Problem

MIXED_UP = Problem("period_kind", value="2026-06", facts={"indicator": "OT01", "asked": "季", "given": "月"})


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "指标 OT01 按季填报，“2026-06”是月。"),
        ("en", 'Indicator OT01 is reported by quarter; "2026-06" is a month.'),
    ],
)
def test_a_kept_problem_is_told_in_the_language_of_the_reader(language: str, sentence: str) -> None:
    with translation.override(language):
        assert MIXED_UP.message == sentence
