"""Random documents of the whole vocabulary against the oracle, and what must hold for every one of them."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.scoring import (
    GroupStats,
    LeafState,
    Line,
    Scheme,
    Scored,
    Substitute,
    band_keys,
    digest,
    explain,
    parse,
    place,
    reason_texts,
    score,
    stats,
)
from evaluation.scoring.types import NO_TOTAL, PART_MISSING, PART_NOT_APPLICABLE
from tests.evaluation.scoring.oracle import MISSING, NA, answers
from tests.evaluation.scoring.random_documents import Case, cases

pytestmark = pytest.mark.pure

MANY = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SOME = settings(MANY, max_examples=80)
INEXACT = ("geometric", "log")
"""Words behind which stand floats: the last micro-point may differ from 60 digits."""


def scored_of(case: Case) -> Scored:
    of, rows = case.scheme, case.rows()
    return score(rows, stats(rows, of), of)


def lines_of(case: Case, of: Scheme, group: GroupStats) -> list[tuple[Line, ...]]:
    rows = case.rows(of)
    return [explain(rows.take([at]), group, of) for at in range(len(case.people))]


def points_by_key(scored: Scored, of: Scheme, at: int) -> dict[str, int | str]:
    names = {PART_MISSING: MISSING, PART_NOT_APPLICABLE: NA}
    return {part.key: names.get(int(value), int(value)) for part, value in zip(of.parts, scored.parts[at], strict=True)}


def is_exact(document: dict[str, Any]) -> bool:
    return not any(f"'{word}'" in repr(document["tree"]) for word in INEXACT)


@given(cases())
@MANY
def test_random_documents_give_what_the_oracle_gives(case: Case) -> None:
    of, expected = case.scheme, answers(case.document, case.directions, case.people)

    scored = scored_of(case)

    reasons, bands, ranks = reason_texts(scored, of), band_keys(scored, of), place(scored, of).ranks.tolist()
    assert [answer.reason for answer in expected] == reasons
    assert [answer.coverage for answer in expected] == scored.coverage.tolist()
    if is_exact(case.document):
        assert [answer.parts for answer in expected] == [
            points_by_key(scored, of, at) for at in range(len(case.people))
        ]
        assert [answer.total for answer in expected] == [None if t == NO_TOTAL else t for t in scored.totals.tolist()]
        assert [(answer.band, answer.rank) for answer in expected] == list(zip(bands, ranks, strict=True))


@given(cases(words=("", "reweight")))
@SOME
def test_where_floats_stand_the_oracle_is_met_to_the_last_but_one_micro_point(case: Case) -> None:
    expected = answers(case.document, case.directions, case.people)

    scored = scored_of(case)

    for at, answer in enumerate(expected):
        got = points_by_key(scored, case.scheme, at)
        numbers = [(points, got[key]) for key, points in answer.parts.items() if isinstance(points, int)]
        assert all(isinstance(mine, int) and abs(mine - points) <= 12 for points, mine in numbers)


@given(cases())
@MANY
def test_one_row_with_statistics_read_back_equals_the_row_in_its_group(case: Case) -> None:
    of, rows = case.scheme, case.rows()
    group = stats(rows, of)
    kept = GroupStats.from_bytes(group.to_bytes())

    alone = [score(rows.take([at]), kept, of) for at in range(len(case.people))]

    scored = score(rows, group, of)
    assert kept == group
    assert kept.to_bytes() == group.to_bytes()
    for name in ("totals", "parts", "states", "substitutes", "coverage", "bands", "reasons"):
        assert [getattr(one, name)[0].tolist() for one in alone] == getattr(scored, name).tolist()


@given(cases())
@MANY
def test_lines_of_every_document_sum_to_the_total(case: Case) -> None:
    of = case.scheme
    group = stats(case.rows(of), of)

    lines = lines_of(case, of, group)

    for total, own in zip(score(case.rows(of), group, of).totals.tolist(), lines, strict=True):
        contributions = [line.contribution for line in own]
        assert sum(c or 0 for c in contributions) == total if total != NO_TOTAL else set(contributions) == {None}


@given(cases(), st.randoms(use_true_random=False))
@SOME
def test_order_and_shards_of_rows_change_no_bit(case: Case, random: Any) -> None:
    of, rows = case.scheme, case.rows()
    order = list(range(len(case.people)))
    random.shuffle(order)
    moved = rows.take(order)

    group = stats(moved, of)
    cut = random.randrange(len(order) + 1)
    shards = [score(moved.take(part), group, of) for part in (slice(cut), slice(cut, None))]

    whole = score(rows, stats(rows, of), of)
    assert group.to_bytes() == stats(rows, of).to_bytes()
    assert np.concatenate([each.parts for each in shards]).tolist() == whole.parts[order].tolist()
    there = score(moved, group, of)
    assert digest(whole, place(whole, of)) == digest(there, place(there, of))


def shuffled(part: dict[str, Any], random: Any) -> dict[str, Any]:
    if "parts" not in part:
        return part
    below = [shuffled(child, random) for child in part["parts"]]
    random.shuffle(below)
    return {**part, "parts": below}


@given(cases(), st.randoms(use_true_random=False))
@SOME
def test_order_of_columns_changes_no_bit(case: Case, random: Any) -> None:
    of = case.scheme
    other = parse({**case.document, "tree": shuffled(case.document["tree"], random)}, case.indicators)

    here = score(case.rows(of), stats(case.rows(of), of), of)
    there = score(case.rows(other), stats(case.rows(other), other), other)

    for at in range(len(case.people)):
        assert points_by_key(here, of, at) == points_by_key(there, other, at)
    assert [here.totals.tolist(), here.coverage.tolist()] == [there.totals.tolist(), there.coverage.tolist()]
    assert place(here, of).ranks.tolist() == place(there, other).ranks.tolist()


# ---- what a better value, a missing one and an exemption do ---------------------------------------

UP = ("attain", "goalposts", "minmax", "zscore", "percentile", "rank_step", "ratio_to_best", "bands")
BY_SIGN = {"plateau": "+", "points": "+", "as_is": "+", "yes_no": "+", "deduct_per": "-"}


def leaves_of(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in part.get("parts", ()):
        yield from leaves_of(child)
    if "indicator" in part:
        yield part


def better_sign(leaf: dict[str, Any], direction: str) -> str:
    """Whether more or less of this leaf is better: by direction, or by what its rule does."""
    kinds = [next(iter(leaf[word])) for word in ("score", "in_small_group") if word in leaf]
    signs = {BY_SIGN.get(kind, direction) for kind in kinds}
    return signs.pop() if len(signs) == 1 else ""


@given(cases(words=("", "reweight", "required", "zero(未报)")), st.data())
@SOME
def test_a_better_value_never_lowers_a_total(case: Case, data: Any) -> None:
    leaf = data.draw(st.sampled_from(list(leaves_of(case.document["tree"]))))
    at, code = data.draw(st.integers(0, len(case.people) - 1)), leaf["indicator"]
    sign, value = better_sign(leaf, case.directions[code]), case.people[at].values[code]
    if not sign or isinstance(value, str):
        return
    more = Fraction(data.draw(st.integers(1, 60))) * (1 if sign == "+" else -1)

    lifted = deepcopy(case)
    lifted.people[at].values[code] = value + more

    before, after = scored_of(case).totals[at], scored_of(lifted).totals[at]
    assert after >= before


@given(cases(words=("", "reweight")), st.data())
@SOME
def test_what_is_missing_counts_as_if_the_leaf_were_not_in_the_document(case: Case, data: Any) -> None:
    leaf = data.draw(st.sampled_from(list(leaves_of(case.document["tree"]))))
    case = replace(case, document={**case.document, "coverage_floor": "0%", "missing": "reweight"})
    case.document["output"].pop("tie_break", None)
    for person in case.people:
        person.values[leaf["indicator"]] = MISSING
    without = without_leaf(case.document["tree"], leaf["key"])
    if without is None:
        return
    other = parse({**case.document, "tree": without}, case.indicators)

    scored = scored_of(case)

    assert scored.totals.tolist() == score(case.rows(other), stats(case.rows(other), other), other).totals.tolist()
    assert (scored.coverage < 100 * 10**6).all()
    column = next(each.column for each in case.scheme.leaves if each.key == leaf["key"])
    assert set(scored.states[:, column].tolist()) == {LeafState.MISSING}


def without_leaf(part: dict[str, Any], key: str) -> dict[str, Any] | None:
    """The tree without a leaf, its siblings' weights brought back to 100; None where nothing is left."""
    if "parts" not in part:
        return None if part["key"] == key else part
    below = [child for each in part["parts"] if (child := without_leaf(each, key)) is not None]
    whole = sum(Fraction(child["weight"]) for child in below)
    if not below:
        return None
    return {**part, "parts": [{**child, "weight": str(Fraction(child["weight"]) * 100 / whole)} for child in below]}


@given(cases())
@SOME
def test_a_zero_is_never_silent(case: Case) -> None:
    of = case.scheme
    scored = scored_of(case)

    for at, lines in enumerate(lines_of(case, of, stats(case.rows(of), of))):
        for line in (line for line in lines if line.indicator):
            is_missing = line.state is not LeafState.PRESENT
            assert (line.substitute is Substitute.ZERO) == bool(line.zero_reason)
            assert is_missing or line.substitute is Substitute.NONE
            if is_missing and line.substitute is Substitute.NONE:
                assert (line.points, line.contribution or 0) == (None, 0)
        lacking = sum(
            line.state not in (LeafState.PRESENT, LeafState.NOT_APPLICABLE) for line in lines if line.indicator
        )
        assert (scored.coverage[at] < 100 * 10**6) >= bool(lacking)


@given(cases(), st.data())
@SOME
def test_an_exemption_never_lowers_a_total_and_moves_nobody_else(case: Case, data: Any) -> None:
    leaf = data.draw(st.sampled_from(list(leaves_of(case.document["tree"]))))
    at = data.draw(st.integers(0, len(case.people) - 1))
    excused = deepcopy(case)
    person = case.people[at]
    case.people[at] = replace(person, exempt=person.exempt - {leaf["key"]})
    excused.people[at] = replace(person, exempt=person.exempt | {leaf["key"]})

    before, after = scored_of(case), scored_of(excused)

    assert after.totals[at] >= before.totals[at]
    others = [row for row in range(len(case.people)) if row != at]
    assert after.parts[others].tolist() == before.parts[others].tolist()
    assert after.totals[others].tolist() == before.totals[others].tolist()
    rows, of = excused.rows(), case.scheme
    assert stats(rows, of).to_bytes() == stats(case.rows(), of).to_bytes()
