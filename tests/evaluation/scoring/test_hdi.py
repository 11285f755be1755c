"""A document alone gives the published Human Development Index: 191 values and 191 ranks."""

from fractions import Fraction

import numpy as np
import pytest

from evaluation.scoring import LeafState, Rows, explain, place, score, stats
from evaluation.scoring.exact import shown
from tests.evaluation.scoring.golden_city import stored
from tests.evaluation.scoring.sample import DATA, read_csv, scheme

pytestmark = pytest.mark.pure

PUBLISHED = read_csv(DATA / "hdi_2021.csv")
COLUMNS = {
    "HD01": "life_expectancy_years",
    "HD02": "expected_schooling_years",
    "HD03": "mean_schooling_years",
    "HD04": "gni_per_capita_ppp2017",
}


def countries() -> Rows:
    of = scheme("HDI-2021")
    rows = Rows.blank(np.arange(1, len(PUBLISHED) + 1), of)
    for leaf in of.leaves:
        assert leaf.indicator
        column = COLUMNS[leaf.indicator.code]
        rows.values[:, leaf.column] = [stored(row[column], leaf.places) for row in PUBLISHED]
    rows.states[:] = LeafState.PRESENT
    return rows


def test_all_191_values_and_ranks_are_as_published() -> None:
    of, rows = scheme("HDI-2021"), countries()

    scored = score(rows, stats(rows, of), of)

    values = [Fraction(int(total), 10**6) for total in shown(scored.totals, 3)]
    assert values == [Fraction(row["published_hdi"]) for row in PUBLISHED]
    assert place(scored, of).ranks.tolist() == [int(row["published_rank"]) for row in PUBLISHED]


def test_years_of_vanuatu_round_half_up_where_binary_floats_fall_short() -> None:
    of, rows = scheme("HDI-2021"), countries()
    vanuatu = [row["iso3"] for row in PUBLISHED].index("VUT")
    years = next(part for part in of.parts if part.key == "expected_years")

    scored = score(rows, stats(rows, of), of)

    assert scored.parts[vanuatu, years.position] == 64_085_084


def test_lines_of_every_country_sum_to_its_index() -> None:
    of, rows = scheme("HDI-2021"), countries()
    group = stats(rows, of)

    sums = [sum(line.contribution or 0 for line in explain(rows.take([at]), group, of)) for at in range(len(PUBLISHED))]

    assert sums == score(rows, group, of).totals.tolist()
