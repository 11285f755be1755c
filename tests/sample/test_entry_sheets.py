"""Templates of every sample scheme: filled with valid values they pass the door unchanged, untouched they say so."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from accounts.scope import scope_of
from evaluation.enums import EntryForm
from evaluation.selectors.entry_sheets import Asked, asked_of, asking_periods, asking_schemes
from evaluation.services.entry_sheets import take_entry_sheet
from foundation.rulebook.models import RuleDocument
from intake.enums import BatchState
from intake.models import Period
from tests.cast import actor
from tests.intake.factories import upload

ON = date(2026, 7, 10)


@pytest.fixture
def officer(city: str) -> User:
    return User.objects.get(username="hr.city")


def template(officer: User, scheme: str, period: Period, form: EntryForm = EntryForm.WIDE) -> tuple[Asked, bytes]:
    asked = asked_of(scope_of(officer, on=ON), scheme_code=scheme, period=period, unit_code="", on=ON)
    assert asked is not None
    stream = io.BytesIO()
    take_entry_sheet(asked=asked, actor=actor(officer), form=form, stream=stream)
    return asked, stream.getvalue()


def sheets_of(officer: User) -> Iterator[tuple[str, Period]]:
    """Each scheme in the newest period of each kind in which it asks something."""
    scope = scope_of(officer, on=ON)
    for scheme in asking_schemes(scope, on=ON):
        newest: dict[str, Period] = {}
        for period in asking_periods(scope, scheme_code=scheme.code, on=ON):
            newest.setdefault(period.kind, period)
        yield from ((scheme.code, period) for period in newest.values())


def filled(asked: Asked, data: bytes) -> bytes:
    """The template with a value that is within bounds in every cell of figures, and with evidence."""
    book = load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    known = {each.indicator.code: each for each in asked.indicators}
    for column in page.iter_cols():
        heading = str(column[0].value)
        each = known.get(heading.split(maxsplit=1)[0])
        for cell in column[1 : len(asked.subjects) + 1]:
            if each is not None:
                is_choice = each.options and not heading.endswith("目标值")
                high = Decimal(each.indicator.high).scaleb(-each.indicator.places)
                cell.value = each.options[0] if is_choice else float(high)
            elif heading == "佐证编号":
                cell.value = "〔示例〕1号"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_filled_template_of_every_scheme_passes_the_door_unchanged(officer: User) -> None:
    seen = set()
    for scheme, period in sheets_of(officer):
        asked, data = template(officer, scheme, period)

        sent = upload(officer, filled(asked, data), "模板.xlsx")

        assert [(p.code, p.ref, p.value) for p in sent.report.problems] == [], (scheme, period.code)
        figures = len(asked.indicators) + sum(each.with_target for each in asked.indicators)
        counts = sent.report.n_new + sent.report.n_changed + sent.report.n_same
        assert (sent.batch.state, sent.report.rows, counts) == (
            BatchState.CHECKED,
            len(asked.subjects),
            figures * len(asked.subjects),
        )
        seen.add(scheme)
    assert seen == set(RuleDocument.objects.filter(kind="scheme").values_list("code", flat=True))


def test_untouched_template_says_that_nothing_was_filled_in(officer: User) -> None:
    for scheme, period in sheets_of(officer):
        _, wide = template(officer, scheme, period)
        _, long = template(officer, scheme, period, EntryForm.LONG)

        reports = [upload(officer, data, "模板.xlsx").report for data in (wide, long)]

        told = [[problem.message for problem in report.problems] for report in reports]
        assert told == [
            ["第 1 行表头之下，各指标列都是空的，没有可以检查的数据。"],
            ["第 1 行是表头，其下没有数据行，请填写数据后再上传。"],
        ]


def test_template_opens_in_office_programs(officer: User) -> None:
    """Limits of Excel and WPS that openpyxl does not hold: lists, titles and messages of a rule, names of sheets."""
    for scheme, period in sheets_of(officer):
        _, data = template(officer, scheme, period)

        book = load_workbook(io.BytesIO(data))

        assert [page.sheet_state for page in book.worksheets] == ["visible", "visible"]
        page = book.worksheets[0]
        assert page.freeze_panes in {"D2", "E2"}
        assert not page.merged_cells.ranges
        rules = page.data_validations.dataValidation
        assert rules
        for rule in rules:
            assert max(len(rule.formula1), len(rule.error), len(rule.prompt)) <= 255
            assert max(len(rule.errorTitle), len(rule.promptTitle)) <= 32
        given: list[Any] = [cell for cell in page["A"][1:] if cell.value]
        assert {(cell.data_type, cell.number_format) for cell in given} <= {("s", "@")}
