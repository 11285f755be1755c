"""manage.py replay: exit status, one line a difference, the verdict, JSON."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from evaluation.models import Run
from tests.evaluation.factories import make_golden_town
from tests.evaluation.recompute import PERIOD, recompute
from tests.evaluation.selectors.test_replays import copy_of, newest

pytestmark = pytest.mark.django_db


def replay(*args: str, **options: object) -> tuple[int, str]:
    """Exit status and what was printed."""
    printed = StringIO()
    try:
        call_command("replay", *args, stdout=printed, **options)
    except SystemExit as end:
        return int(end.code or 0), printed.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, printed.getvalue()


def test_a_run_is_named_by_number_or_reference_and_is_the_same() -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    run = Run.objects.get()

    by_number, by_ref = replay(str(run.number)), replay(run.ref, shuffle=5, workers=1, shards=2)

    assert by_number == by_ref
    assert by_number == (
        0,
        f"核算 {run.number}（TGC-BANNER {PERIOD}，切点 {run.cut_seq}）复算一致：3 组 9 个对象逐位相同。\n",
    )


def test_what_differs_is_told_group_by_group_and_the_status_is_one() -> None:
    town = make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    town.observe("150622", "DD01", PERIOD, "50", "100")
    copy_of(newest("TGC-BANNER"), number=90, cut_seq=newest("TGC-BANNER").cut_seq + 1)

    status, printed = replay("90")

    lines = printed.splitlines()
    assert status == 1
    assert sum("能源旗组" in line for line in lines) == len(lines) - 1 == 4
    assert "150622：总分 库中 95.383157，复算 " in printed
    assert "复算不一致：3 组中 1 组不同" in lines[-1]


def test_the_newest_runs_and_their_worst_verdict() -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    copy_of(newest("TGC-BANNER"), number=90, engine="0")

    status, printed = replay(all_recent=2)

    assert (status, len(printed.splitlines())) == (2, 2)
    assert "由引擎版本 0 计算" in printed.splitlines()[0]
    assert "复算一致" in printed.splitlines()[1]


@pytest.mark.parametrize(
    ("args", "options", "told"),
    [
        (["404"], {}, "没有核算 404"),
        (["9" * 30], {}, "没有核算"),
        (["nosuchrun"], {}, "没有核算 nosuchrun"),
        ([], {}, "请给出一次核算的编号或代号"),
        (["1"], {"all_recent": 1}, "请给出一次核算的编号或代号"),
        ([], {"all_recent": 3}, "还没有任何核算"),
    ],
)
def test_what_cannot_be_found_is_told_and_the_status_is_two(args, options, told) -> None:
    status, printed = replay(*args, **options)

    assert status == 2
    assert told in printed


def test_json_holds_every_digest() -> None:
    make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    run = newest("TGC-BANNER")

    status, printed = replay(run.ref, json=True)

    facts = json.loads(printed)
    assert (status, facts["verdict"], facts["run"]) == (0, "same", run.ref)
    stored = dict(run.groups.values_list("group_key", "result__output_sha256"))
    assert {each["group"]: each["compared"]["output"]["stored"] for each in facts["groups"]} == stored
    assert all(pair["stored"] == pair["computed"] for each in facts["groups"] for pair in each["compared"].values())
