"""A ballot (民主测评) as one value: what the observation of a person's own indicator is made of."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from evaluation.scoring.exact import micro


def ballot_points(votes: Mapping[str, int], worth: Mapping[str, Fraction]) -> int | None:
    """Mean worth of the votes cast, in micro-points; None where nobody voted.

    Parameters
    ----------
    votes : mapping of option to number of votes
        Options that have no worth (abstentions) do not count.
    worth : mapping of option to points
        Data of whoever holds the ballot, never of this code.

    >>> ballot_points({"优秀": 3, "称职": 1, "弃权": 5}, {"优秀": Fraction(100), "称职": Fraction(80)})
    95000000
    """
    cast = {option: number for option, number in votes.items() if option in worth}
    if not sum(cast.values()):
        return None
    return micro(sum((worth[option] * number for option, number in cast.items()), Fraction(0)) / sum(cast.values()))
