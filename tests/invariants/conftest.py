"""A computed city with its kept files, in this process; what a test breaks in it is undone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.enums import Role
from foundation.actor import SYSTEM
from foundation.constraints import GUARDS
from foundation.ledger.models import Entry
from foundation.ledger.withdrawing import plan_withdrawal, withdraw
from intake.enums import BatchState, WithdrawalState
from tests import databases
from tests.cast import CITY_LEVELS, make_user
from tests.evaluation.factories import make_golden_town
from tests.evaluation.recompute import recompute
from tests.intake.factories import store
from tests.intake.withdrawals import second_officer, withdraw_by_two


@pytest.fixture(scope="module")
def computed_city(pristine_database: str, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """The golden town with uploads, a withdrawal and a run, in a copy of its own; gives the folder of kept files."""
    folder = tmp_path_factory.mktemp("computed")
    name = databases.copy_database("computed", pristine_database, folder)
    before = settings.FILES_DIR, settings.AUDIT_ANCHOR_FILE
    settings.FILES_DIR, settings.AUDIT_ANCHOR_FILE = folder / "files", folder / "anchors"
    with django_db_blocker.unblock(), databases.default_connection_on(name):
        fill()
        yield folder / "files"
    settings.FILES_DIR, settings.AUDIT_ANCHOR_FILE = before
    databases.drop_database(name)


def take_back(entry: Entry) -> None:
    """Withdraw an entry."""
    with transaction.atomic():
        withdraw(entry=entry, actor=SYSTEM, reason="测试", plan_sha256=plan_withdrawal(entry).sha256)


def fill() -> None:
    """Facts through the store and through the door, corrections and equal rows among them, and results."""
    town = make_golden_town()
    officer = make_user("officer", "干部", Role.HR_OFFICER, levels=CITY_LEVELS)
    rows = [["", code, "DD01", "2026Q2", value] for code, value in (("150602", "91"), ("150622", "92"))]
    for sent in (rows, [rows[0], [*rows[1][:4], "93"], ["", "150627", "DD01", "2026Q2", "94"]]):
        assert store(officer, *sent).batch.state == BatchState.COMMITTED
    wrong = store(officer, ["", "150625", "DD01", "2026Q2", "95"]).batch
    assert withdraw_by_two(officer, second_officer(), wrong).state == WithdrawalState.DONE
    recompute("TGC-BANNER-HEAD")
    town.observe("150621", "DD01", "2026Q2", "50", "100")
    take_back(Entry.objects.order_by("seq").last())


@pytest.fixture
def unguarded(computed_city: Path) -> Iterator[Callable[..., None]]:
    """`unguarded(statement, …)`: raw SQL past every guard and constraint; all is undone when the test ends."""

    def do(*statements: str) -> None:
        with connection.cursor() as cursor:
            for each in statements:
                cursor.execute(each)

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
    with transaction.atomic():
        _drop_guards()
        yield do
        transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _drop_guards() -> None:
    with connection.cursor() as cursor:
        for guard in GUARDS:
            on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {guard.trigger}{on}")
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' "
                "AND connamespace = 'public'::regnamespace AND conrelid <> 0"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
