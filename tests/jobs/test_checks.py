import os

import pytest

from foundation import faults
from foundation.jobs.checks import faults_are_off, lease_outlives_lock_waits
from foundation.refs import ALPHABET, new_ref


@pytest.fixture
def deaths(monkeypatch):
    """Signals that would have been sent to this process."""
    sent: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, signal: sent.append(pid))
    monkeypatch.setattr(faults, "_passes", {})
    return sent


def test_fault_outside_the_drill_profile_does_nothing(settings, deaths):
    settings.FAULT_POINTS, settings.FAULT = False, "here"

    faults.fault("here")

    assert deaths == []


def test_fault_strikes_at_its_place_and_pass(settings, deaths):
    settings.FAULT_POINTS, settings.FAULT = True, "here:2"

    struck = []
    for place in ("there", "here", "here", "here"):
        faults.fault(place)
        struck.append(len(deaths))

    assert struck == [0, 0, 1, 1]


def test_fault_points_fail_the_check_before_a_deployment(settings):
    settings.FAULT_POINTS = True

    assert [error.id for error in faults_are_off(None)] == ["jobs.E002"]


@pytest.mark.parametrize(("lease", "found"), [(46, []), (45, ["jobs.W001"])])
def test_lease_must_outlive_two_waits_for_the_lock_of_sqlite(settings, monkeypatch, lease, found):
    settings.JOB_LEASE_SECONDS, settings.JOB_HEARTBEAT_SECONDS = lease, 5
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {"timeout": 20})

    assert [warning.id for warning in lease_outlives_lock_waits(None)] == found


def test_reference_has_no_letters_that_look_alike():
    refs = {new_ref() for _ in range(1000)}

    assert len(refs) == 1000
    assert {len(ref) for ref in refs} == {12}
    assert set("".join(refs)) <= set(ALPHABET) - set("01ilo")
