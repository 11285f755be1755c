"""An existing database is brought up to date by ``migrate`` alone, guards of new tables included."""

from django.core.management import call_command
from django.db import connection

from foundation.constraints import missing_guards


def test_migrate_makes_a_new_guarded_table_in_an_existing_database(copied_database: str) -> None:
    call_command("migrate", "evaluation", "0001", verbosity=0)
    lacking = missing_guards(connection)

    call_command("migrate", verbosity=0, skip_checks=False)

    assert "guard_evaluation_alarm_keep" in lacking
    assert missing_guards(connection) == []
