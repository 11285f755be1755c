"""Lines as they are shown: in the digits of the page they still sum to the total."""

from collections.abc import Sequence

import numpy as np

from evaluation.scoring.exact import apportion, shown


def shown_contributions(contributions: Sequence[int], *, total: int, show: int) -> list[int]:
    """Contributions at ``show`` decimals, in micro-points, summing to the shown total.

    Largest remainder over the shown digits, by the engine's own function; rounded one by one
    they would miss the total.

    >>> shown_contributions([1_234_567, 2_345_678, 3_333_335], total=6_913_580, show=2)
    [1230000, 2350000, 3330000]
    """
    step = 10 ** (6 - show)
    whole = int(shown(np.array([total], dtype=np.int64), show)[0]) // step
    return [cents * step for cents in apportion(whole, list(contributions))]
