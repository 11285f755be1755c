"""A database without its guards is not worked with."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from foundation.constraints import GUARDS, install_guards, missing_guards, require_guards


@pytest.fixture
def broken(copied_database):
    """A database in which one guard was dropped."""
    guard = next(g for g in GUARDS if g.table == "intake_observation" and g.event == "UPDATE")
    on = "" if connection.vendor == "sqlite" else f" ON {guard.table}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {guard.trigger}{on}")
    return guard.trigger


def test_every_guard_stands_after_the_migrations(copied_database):
    assert missing_guards(connection) == []
    require_guards()


def test_no_process_starts_without_a_guard(broken):
    with pytest.raises(ImproperlyConfigured, match=broken):
        require_guards()


def test_the_check_of_a_deployment_names_the_missing_guard(broken):
    with pytest.raises(SystemCheckError, match=broken):
        call_command("check", databases=["default"])


def test_the_health_page_says_that_something_is_missing(broken, client):
    answer = client.get("/health/")

    assert (answer.status_code, answer.json()) == (503, {"status": "guards_missing"})


def test_installing_again_mends_it(broken):
    install_guards(connection, "intake")

    assert missing_guards(connection) == []
