"""``manage.py recompute``: works the same jobs in its own process, tells what came out, refuses with status 2."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from evaluation.models import Current, Run
from intake.models import Period
from tests.cast import Cast
from tests.evaluation.factories import Town, approve, make_golden_town, make_indicators
from tests.evaluation.scoring.sample import documents, indicators

pytestmark = pytest.mark.django_db


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("recompute", *arguments, stdout=out)
    return out.getvalue()


def test_a_run_is_told_with_its_groups_and_the_top() -> None:
    make_golden_town()

    lines = told("--scheme", "TGC-BANNER-HEAD", "--period", "2026Q2").splitlines()

    assert lines[0].startswith("新核算 4 个，无变化 0 个，用时 ")
    assert lines[1].startswith("核算 4：1 组 3 个，参加排名 2，摘要 ")
    assert [line.split() for line in lines[2:]] == [["能源旗", "1", "96.89", "样09"], ["能源旗", "2", "95.77", "样01"]]


def test_all_takes_every_scheme_and_period_with_data() -> None:
    make_golden_town()

    told("--all")

    assert set(Current.objects.values_list("scheme__code", "period__code")) >= {
        ("TGC-BANNER", "2026Q2"),
        ("TGC-FIRST-SECRETARY", "2026Q2"),
        ("TGC-DEPARTMENT-DEPUTY", "2026Q2"),
    }
    assert told("--all").startswith("新核算 0 个，")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scheme", "NONE", "--period", "2026Q2"), "没有方案 NONE，请核对方案代码。"),
        (("--scheme", "TGC-BANNER", "--period", "2031"), "没有期间 2031，请核对期间代码，例如 2026Q2。"),
        (("--scheme", "TGC-BANNER"), "请给出 --scheme 与 --period，或 --all。"),
        (("--scheme", "TGC-BANNER", "--period", "2026Q2", "--as", "nobody"), "没有用户 nobody，或已停用。"),
    ],
)
def test_what_is_not_known_ends_with_status_2_and_a_sentence(arguments: tuple[str, ...], message: str) -> None:
    make_golden_town(schemes=["TGC-BANNER"])

    with pytest.raises(CommandError) as refused:
        told(*arguments)

    assert (refused.value.returncode, str(refused.value)) == (2, message)


def test_a_run_belongs_to_whom_the_command_names_and_to_nobody_without_the_right(cast: Cast) -> None:
    Period.objects.create(code="2025Q4", kind="quarter", starts_on=date(2025, 10, 1), ends_on=date(2025, 12, 31))
    make_indicators(Town(), indicators())
    approve(documents()["TGC-BANNER"])
    arguments = ("--scheme", "TGC-BANNER", "--period", "2025Q4", "--as")

    told(*arguments, "hr.city")
    with pytest.raises(CommandError) as refused:
        told(*arguments, "clerk.water")

    assert Run.objects.get().by_key == "user:hr.city"
    assert refused.value.returncode == 1
