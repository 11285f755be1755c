"""The sample city in the browser: one that is only read, served once a module, and copies that journeys change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ordos_cadres.sample.city import FOLDER
from ordos_cadres.sample.tries import FOLDER as TRY
from tests import city as cities

LOADED = (("load_sample",), ("recompute", "--all"))


@dataclass(frozen=True)
class Served:
    """A city with a web process: where it answers, who may come in, and the two files to try."""

    city: cities.City
    address: str
    tries: Path

    def password(self, username: str) -> str:
        """What load_sample printed for this user."""
        return self.city.passwords[username]


@pytest.fixture(scope="module")
def served_to_read(
    city_template: Callable[..., cities.Template], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The computed sample city with a web process and no worker."""
    template = city_template("sqlite", *LOADED)
    with cities.copy_of(template, tmp_path_factory.mktemp("served") / "var") as city:
        yield Served(city, city.start_web(), template.folder / FOLDER / TRY)


@pytest.fixture
def served(city_template: Callable[..., cities.Template], tmp_path: Path) -> Iterator[Any]:
    """The computed sample city of this test's own, with a web process and a worker."""
    template = city_template("sqlite", *LOADED)
    with cities.copy_of(template, tmp_path / "var") as city:
        city.start_worker()
        yield Served(city, city.start_web(), template.folder / FOLDER / TRY)
