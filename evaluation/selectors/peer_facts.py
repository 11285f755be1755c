"""What a line says of the group that it was compared with: counts and statistics, never a member's name or value."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from evaluation.scoring import LeafStats, Line
from evaluation.scoring.exact import Ratios, standing_among
from evaluation.scoring.types import LeafRule
from foundation.web.figures import decimal_text

MORE_PLACES = 2
"""A mean and a deviation have so many decimals more than the values, where they need them."""
DISTANCE_PLACES = 4


@dataclass(frozen=True)
class PeerFacts:
    """The group of one leaf as texts; empty where its rule does not need it.

    ``better`` and ``equal`` (itself inside) are None where the rule counts nobody; ``distance`` is
    how many standard deviations the value is better (or, below 0, worse) than the mean.
    ``numbers`` are those of the rule, as the document writes them.
    """

    size: int
    filled: int
    low: str = ""
    high: str = ""
    mean: str = ""
    deviation: str = ""
    distance: str = ""
    better: int | None = None
    equal: int | None = None
    numbers: tuple[tuple[str, str], ...] = ()

    def number(self, key: str) -> str:
        """One number of the rule."""
        return dict(self.numbers).get(key, "")


def peer_facts(line: Line, rule: LeafRule | None, *, less_is_better: bool) -> PeerFacts | None:
    """The group behind a line; None where the line looks at nobody else."""
    peers = line.peers
    if peers is None or rule is None or line.points is None:
        return None
    x = Fraction(line.value, line.count * 10**line.places)
    better, equal = _counted(peers, x, less_is_better=less_is_better)
    deviation, distance = _deviation(peers, x, line.places, less_is_better=less_is_better)
    return PeerFacts(
        size=peers.size,
        filled=peers.filled,
        low=_text(peers.low, line.places),
        high=_text(peers.high, line.places),
        mean=_finer_text(peers.mean, line.places),
        deviation=deviation,
        distance=distance,
        better=better,
        equal=equal,
        numbers=tuple((key, number_text(number)) for key, number in rule.numbers.items()),
    )


def _counted(peers: LeafStats, x: Fraction, *, less_is_better: bool) -> tuple[int | None, int | None]:
    if peers.spread is None:
        return None, None
    found = standing_among(Ratios.of(x), peers.unit, peers.spread.values, peers.spread.members)
    lower, equal = (int(each[0]) for each in found)
    return lower if less_is_better else peers.size - lower - equal, equal


def _deviation(peers: LeafStats, x: Fraction, places: int, *, less_is_better: bool) -> tuple[str, str]:
    """Deviation and distance; the root is taken for the eye only, the points come from whole numbers."""
    if peers.mean is None or peers.variance is None:
        return "", ""
    with localcontext() as context:
        context.prec = 60
        root = Fraction(_decimal(peers.variance).sqrt())
    distance = (peers.mean - x if less_is_better else x - peers.mean) / root if root else Fraction(0)
    return _finer_text(root, places), _text(distance, DISTANCE_PLACES)


def number_text(number: Fraction) -> str:
    """A number of a document as it may be written there: 10, 12.5, 100/3."""
    places = next((places for places in range(7) if 10**places % number.denominator == 0), None)
    return str(number) if places is None else decimal_text(int(number * 10**places), places)


def _finer_text(number: Fraction | None, places: int) -> str:
    """With more decimals than the values have, where it needs them."""
    is_plain = number is None or (number * 10**places).denominator == 1
    return _text(number, places if is_plain else places + MORE_PLACES)


def _text(number: Fraction | None, places: int) -> str:
    if number is None:
        return ""
    scaled = number * 10**places
    return decimal_text((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), places)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
