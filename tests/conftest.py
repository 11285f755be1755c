"""Fixtures of the house: database copies, cities of processes, the browser, the page client.

Tiers: a test without database is `pure` by itself; one that asks for `db` or `copied_database` runs on SQLite and again
on PostgreSQL; `real` and `browser` are marked by hand.
"""

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from tests import city as cities
from tests import databases, tiers
from tests.cast import Cast, make_cast
from tests.client import PageClient

DATABASE_FIXTURES = {"db", "transactional_db", "copied_database", "computed_city", "django_db_setup"}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches no database as pure, so that it runs once and not once a database."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        elsewhere = item.get_closest_marker("real") or item.get_closest_marker("browser")
        if not elsewhere and not item.get_closest_marker("django_db") and not fixtures & DATABASE_FIXTURES:
            item.add_marker(pytest.mark.pure)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a file by its argument: its bytes hold the second it was written, and xdist's processes would disagree."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape lone surrogates in captured output: tests print them on purpose, xdist cannot send them."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder that the test settings made, once, when the last process is done."""
    made = Path(settings.TEST_VAR_DIR)
    if not hasattr(config, "workerinput") and made.is_relative_to(tempfile.gettempdir()):
        shutil.rmtree(made, ignore_errors=True)


def missing(tier: str) -> None:
    """Skip a test whose tier the machine lacks, or fail where the tier is required."""
    if tier in tiers.required():
        pytest.fail(f"tier {tier} is required and not found on this machine")
    pytest.skip(f"tier {tier} not found on this machine")


@pytest.fixture(scope="session")
def pristine_database(city_template: Callable[..., cities.Template]) -> str:
    """A migrated, empty database that nobody connects to: what copies are made of.

    Not the test database of Django: that is made only when some test of the session asks for `db`.
    """
    return city_template(connection.vendor).place


@pytest.fixture
def copied_database(pristine_database: str, django_db_blocker: Any, tmp_path: Path) -> Iterator[str]:
    """Run the test on a fresh copy with real commits (threads, locks, triggers); not together with `db`."""
    if connection.vendor == "postgresql":
        name = databases.fresh_name("copy")
        databases.create_postgres(name, pristine_database)
    else:
        name = str(tmp_path / "copy.sqlite3")
        databases.copy_sqlite(Path(pristine_database), Path(name))
    with django_db_blocker.unblock(), databases.default_connection_on(name):
        yield name
    if connection.vendor == "postgresql":
        databases.drop_postgres(name)


@pytest.fixture(scope="session")
def city_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., cities.Template]]:
    """`city_template(engine, *commands)`: a migrated database, with commands run on it, prepared once a session."""
    prepared: dict[tuple[Any, ...], cities.Template] = {}

    def template(engine: str, *commands: tuple[str, ...]) -> cities.Template:
        key = (engine, *commands)
        if key not in prepared:
            prepared[key] = cities.prepare(engine, tmp_path_factory.mktemp(f"template-{engine}"), *commands)
        return prepared[key]

    yield template
    for made in prepared.values():
        if made.engine == "postgresql":
            databases.drop_postgres(made.place)


@pytest.fixture(params=databases.ENGINES)
def city_env(request: pytest.FixtureRequest, city_template: Any, tmp_path: Path) -> Iterator[cities.City]:
    """An empty migrated city on SQLite with the file broker, and again on PostgreSQL with Redis."""
    if request.param == "postgresql":
        for tier in ("postgresql", "redis"):
            if not tiers.found()[tier]:
                missing(tier)
    with cities.copy_of(city_template(request.param), tmp_path / "var") as city:
        yield city


@pytest.fixture
def sample_city(city_template: Any, tmp_path: Path) -> Iterator[cities.City]:
    """The sample city on SQLite, loaded and computed, ready to be served; `.passwords` opens it."""
    template = city_template("sqlite", ("load_sample",), ("recompute", "--all"))
    with cities.copy_of(template, tmp_path / "var") as city:
        yield city


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium of the machine; one browser a session, a context a test."""
    program = tiers.chromium()
    if program is None:
        missing("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast and its small town, in this test's transaction."""
    return make_cast()


@pytest.fixture
def client_for() -> Callable[[Any], PageClient]:
    """`client_for(user)`: a logged-in client whose GET may not write."""

    def logged_in(user: Any) -> PageClient:
        client = PageClient()
        client.force_login(user)
        return client

    return logged_in
