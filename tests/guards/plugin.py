"""A pytest plugin that takes one guard away around its named test: `python -m pytest -p tests.guards.plugin …`."""

from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Run the test without its guard; fixtures are made with it."""
    from tests.guards.removal import REMOVALS  # noqa: PLC0415 - plugins are read before Django is set up

    removal = next(each for each in REMOVALS.values() if each.test == item.nodeid)
    with removal.take():
        return (yield)
