"""What tests of pages stand on: a small town of heads with results, and readers of it."""

from dataclasses import dataclass
from datetime import date

import pytest

from accounts.enums import Role
from accounts.models import User
from cadres.models import Cadre
from intake.models import Observation
from tests.cast import CITY_LEVELS, make_user
from tests.evaluation.factories import GOLDEN, Town, add_cadre, add_peers, make_golden_town, observations
from tests.evaluation.recompute import PERIOD, recompute

HEADS = "TGC-BANNER-HEAD"
RANKING = f"/rankings/{HEADS}/{PERIOD}/"
NEAR, FAR = "150622", "150627"
"""Two banners of one peer group."""
LIKE, NEIGHBOUR = "0900001", "0700001"
"""A head of the near banner, and one of the far banner with the same figures."""


@dataclass(frozen=True)
class Readers:
    """Who reads in these tests."""

    officer: User
    near_officer: User
    """Manages the near banner only, at every level."""
    leader: User
    head: User
    """A head of the near banner who is an HR officer of the city as well: the own file is cut out."""


@pytest.fixture
def town(db: None) -> Town:
    """The golden city with 30 more heads in the near banner and one in the far one, computed."""
    town = make_golden_town()
    add_peers(town, LIKE, 30)
    add_neighbour(town)
    recompute(HEADS)
    return town


def add_neighbour(town: Town) -> Cadre:
    """A head of the far banner with the figures of one of the near."""
    cadre = add_cadre(town, NEIGHBOUR, FAR, starts_on=date(2024, 3, 1), level="县处级正职", post_class="head")
    rows = [{**row, "subject": NEIGHBOUR} for row in GOLDEN if row["row"] == "fact" and row["subject"] == LIKE]
    town.store(Observation, list(observations(town, rows)))
    return cadre


@pytest.fixture
def readers(town: Town) -> Readers:
    """The readers of the town."""
    subject = town.cadres[LIKE].subject
    return Readers(
        officer=make_user("officer", "全市干部", Role.HR_OFFICER, levels=CITY_LEVELS),
        near_officer=make_user("near", "近旗干部", Role.HR_OFFICER, unit=town.units[NEAR], levels=CITY_LEVELS),
        leader=make_user("leader", "领导", Role.LEADERSHIP, levels=CITY_LEVELS),
        head=make_user("head", "本人", Role.HR_OFFICER, levels=CITY_LEVELS, subject=subject),
    )


def result_url(cadre: Cadre) -> str:
    """The page of a head's result."""
    return f"/cadres/{cadre.ref}/{HEADS}/{PERIOD}/"
