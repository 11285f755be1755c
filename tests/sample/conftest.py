"""The sample city inside the test process: loaded once a run, each test on a copy of its own."""

import contextlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests import databases


def _copy(stem: str, source: str, folder: Path) -> str:
    if connection.vendor == "postgresql":
        name = databases.fresh_name(stem)
        databases.create_postgres(name, source)
        return name
    name = str(folder / f"{stem}.sqlite3")
    databases.copy_sqlite(Path(source), Path(name))
    return name


def _drop(name: str) -> None:
    if connection.vendor == "postgresql":
        databases.drop_postgres(name)


@pytest.fixture(scope="session")
def loaded_city(
    pristine_database: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The database with the sample city that nobody connects to, and what the command printed."""
    name = _copy("sample", pristine_database, tmp_path_factory.mktemp("sample"))
    printed = StringIO()
    with django_db_blocker.unblock(), databases.default_connection_on(name):
        call_command("load_sample", stdout=printed)
    yield name, printed.getvalue()
    _drop(name)


@contextlib.contextmanager
def _on_copy(template: str, folder: Path, blocker: Any) -> Iterator[None]:
    name = _copy("city", template, folder)
    with blocker.unblock(), databases.default_connection_on(name):
        yield
    _drop(name)


@pytest.fixture
def city(loaded_city: tuple[str, str], django_db_blocker: Any, tmp_path: Path) -> Iterator[str]:
    """Run the test in a copy of the sample city of its own; gives what the command printed."""
    template, printed = loaded_city
    with _on_copy(template, tmp_path, django_db_blocker):
        yield printed


@pytest.fixture(scope="module")
def city_to_read(
    loaded_city: tuple[str, str], django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Run a module's reading tests in one copy of the sample city; gives what the command printed."""
    template, printed = loaded_city
    with _on_copy(template, tmp_path_factory.mktemp("city"), django_db_blocker):
        yield printed
