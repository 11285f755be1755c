"""The weekly full run agrees with what is shown, or raises an alarm and overwrites nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from accounts.enums import Role
from evaluation.models import Alarm, Current, Run
from evaluation.services.full_checks import request_full_check
from evaluation.services.runs import request_all_runs, request_full_runs
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from foundation.jobs.models import Job
from foundation.jobs.services import request_job, work_inline
from foundation.ledger.models import Entry, Touch
from ordos_cadres.nightly import NIGHT, is_weekly_due
from tests.cast import CITY_LEVELS, make_user
from tests.evaluation.factories import Town, make_golden_town
from tests.evaluation.recompute import PERIOD

pytestmark = pytest.mark.django_db

SCHEMES = ("TGC-BANNER", "TGC-DEPARTMENT", "TGC-BANNER-HEAD")
SUNDAY_AT_TWO = datetime(2026, 7, 11, 18, 0, tzinfo=UTC)
"""Sunday, 12 July, 02:00 in the office's time."""


@pytest.fixture
def town(db: None) -> Town:
    town = make_golden_town(schemes=SCHEMES)
    work_inline(request_all_runs(actor=SYSTEM))
    return town


def hide_a_change(town: Town) -> None:
    """A value is stored, its touch is lost, and the run by touch passes it over."""
    town.observe("150622", "DD01", PERIOD, "50", "100")
    Touch.objects.filter(seq=Entry.objects.latest("seq").seq).delete()
    work_inline(request_all_runs(actor=SYSTEM))


def check() -> Job:
    return work_inline(request_full_check(actor=SYSTEM))


def test_what_is_shown_agrees_with_a_full_run_and_nothing_is_written(town: Town) -> None:
    town.observe("150622", "DD01", PERIOD, "50", "100")
    work_inline(request_all_runs(actor=SYSTEM))
    runs, shown = Run.objects.count(), list(Current.objects.values_list("run_id", "checked_seq"))

    job = check()

    assert (job.state, Alarm.objects.count(), Run.objects.count()) == ("done", 0, runs)
    assert job.outcome()["pairs"] == len(shown)
    assert list(Current.objects.values_list("run_id", "checked_seq")) == shown


def test_a_hidden_change_is_an_alarm_with_pair_group_and_subject_and_overwrites_nothing(town: Town) -> None:
    hide_a_change(town)
    shown = dict(Current.objects.values_list("pk", "run_id"))

    job = check()

    assert job.state == "failed"
    assert job.error is not None
    assert "TGC-BANNER 2026Q2“能源旗”组" in job.error["message"]
    assert "150622" in job.error["message"]
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.group_key, alarm.subject_id) == ("input", "能源旗", town.subject("150622"))
    assert AuditEvent.objects.filter(action="run.check_differs").count() == 1
    assert dict(Current.objects.values_list("pk", "run_id")) == shown


def test_the_same_difference_found_twice_is_one_alarm(town: Town) -> None:
    hide_a_change(town)

    check()
    check()

    assert Alarm.objects.count() == 1


def test_a_full_run_ordered_by_a_person_and_a_check_that_agrees_settle_the_alarm(town: Town) -> None:
    hide_a_change(town)
    check()

    work_inline(request_full_runs(actor=SYSTEM))
    job = check()

    assert job.state == "done"
    assert Alarm.objects.get().settled_by == SYSTEM.key
    assert AuditEvent.objects.filter(action="run.alarm_settled").count() == 1


def test_officers_and_system_administrators_see_the_banner_and_nobody_else(town: Town, client_for) -> None:
    hide_a_change(town)
    check()
    officer = make_user("officer", "干部", Role.HR_OFFICER, levels=CITY_LEVELS)
    far = make_user("far", "远旗", Role.HR_OFFICER, unit=town.units["150627"], levels=CITY_LEVELS)
    admin = make_user("admin", "管理员", Role.SYSTEM_ADMINISTRATOR, power="system")
    clerk = make_user("clerk", "经办", Role.UNIT_CLERK)

    homes = {user.username: client_for(user).get("/").content.decode() for user in (officer, admin, clerk)}
    runs = {user.username: client_for(user).get("/runs/").content.decode() for user in (officer, far)}

    assert [name for name, page in homes.items() if "全量复核发现" in page] == ["officer", "admin"]
    assert "准格尔旗" not in homes["admin"]
    assert "准格尔旗" in runs["officer"]
    assert "准格尔旗" not in runs["far"]
    assert "全部重新核算" in runs["officer"]


def test_the_night_of_the_weekday_checks_and_a_missed_one_is_made_up(town: Town) -> None:
    assert settings.FULL_CHECK_WEEKDAY == 7
    assert is_weekly_due(SUNDAY_AT_TWO)

    job = check()
    Job.objects.filter(pk=job.pk).update(created_at=SUNDAY_AT_TWO + timedelta(minutes=1))

    assert not is_weekly_due(SUNDAY_AT_TWO + timedelta(days=6))
    assert is_weekly_due(SUNDAY_AT_TWO + timedelta(days=7))
    assert is_weekly_due(SUNDAY_AT_TWO + timedelta(days=9))


def test_an_alarm_fails_the_night_and_the_steps_behind_it_are_done_all_the_same(town: Town) -> None:
    hide_a_change(town)

    night = work_inline(request_job(kind=NIGHT, key="night:1", once="night:1", actor=SYSTEM))

    kinds = list(Job.objects.filter(parent=night).order_by("pk").values_list("kind", "state"))
    assert night.state == "failed"
    assert [kind for kind, _state in kinds] == ["evaluation.run", "evaluation.full_check", "jobs.checkup"]
    assert kinds[1][1] == "failed"
