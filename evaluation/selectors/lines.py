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


def shown_changes(changes: Sequence[int], *, before: int, after: int, show: int) -> list[int]:
    """Changes of lines at ``show`` decimals, in micro-points, summing to the change of the shown total.

    Largest remainder over what each line loses by rounding down; a line that did not move shows no
    change. Not in proportion, as contributions are: changes that cancel out would blow up.

    >>> shown_changes([484_000, -4_000, 0], before=86_310_000, after=86_790_000, show=2)
    [480000, 0, 0]
    """
    step = 10 ** (6 - show)
    ends = shown(np.array([before, after], dtype=np.int64), show)
    whole = int(ends[1] - ends[0]) // step
    cents = [change // step for change in changes]
    by_loss = sorted(range(len(changes)), key=lambda at: (-(changes[at] % step), -abs(changes[at]), at))
    for at in by_loss[: whole - sum(cents)]:
        cents[at] += 1
    return [each * step for each in cents]
