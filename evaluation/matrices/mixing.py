"""The same question asked in another order: siblings of the scheme and rows of the group shuffled, answers put back.

Only a replay asks so, to show that no bit hangs on the order in which facts or leaves come.
"""

import json
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np

from evaluation.matrices.basis import Basis, basis_of, canonical
from evaluation.matrices.outcomes import Group, Outcome, outcome_of
from evaluation.models import Manifest
from evaluation.scoring import GroupStats, Placed, Scored
from evaluation.scoring.types import Part

Order = np.ndarray[tuple[int], np.dtype[np.intp]]


def mixed_basis(manifest: Manifest, source: Random) -> Basis:
    """The manifest with the siblings of every node in another order."""
    content = json.loads(manifest.body)
    _shuffle(content["scheme"]["body"]["tree"], source)
    return basis_of(Manifest(sha256="", body=canonical(content)))


def mixed_outcome(group: Group, asked: Group, basis: Basis, mixed: Basis, source: Random) -> Outcome:
    """Score a group as ``mixed`` reads it, its rows in another order; the answer stands as in ``basis``."""
    n = len(group.rows.subjects)
    order = np.array(source.sample(range(n), n), np.intp)
    found = outcome_of(replace(asked, rows=asked.rows.take(order)), mixed)
    back: Order = np.argsort(order)
    parts = _places(basis.scheme.parts, mixed.scheme.parts)
    leaves = _places(basis.scheme.leaves, mixed.scheme.leaves)
    scored = found.scored
    return Outcome(
        group,
        GroupStats(found.about.size, tuple(found.about.leaves[at] for at in leaves)),
        Scored(
            subjects=scored.subjects[back],
            totals=scored.totals[back],
            parts=scored.parts[back][:, parts],
            states=scored.states[back][:, leaves],
            substitutes=scored.substitutes[back][:, leaves],
            coverage=scored.coverage[back],
            bands=scored.bands[back],
            reasons=scored.reasons[back],
            small_group=scored.small_group[leaves],
        ),
        Placed(found.placed.ranks[back]),
    )


def _places(asked: tuple[Part, ...], given: tuple[Part, ...]) -> list[int]:
    at = {part.key: place for place, part in enumerate(given)}
    return [at[part.key] for part in asked]


def _shuffle(part: dict[str, Any], source: Random) -> None:
    parts = part.get("parts", [])
    source.shuffle(parts)
    for each in parts:
        _shuffle(each, source)
