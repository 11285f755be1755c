"""What the parts of a scheme are called: documents give keys, people read the names of indicators."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from evaluation.matrices.basis import Basis
from evaluation.scoring.types import Leaf, Part


def tie_break_names(basis: Basis) -> tuple[str, ...]:
    """The parts that tell equal totals apart, in the order in which they are compared, as the run calls them."""
    parts = {part.key: part for part in basis.scheme.parts}
    named = [list(_leaves(parts[key])) for key in basis.scheme.output.tie_break]
    names = {code: each.name for code, each in basis.names.items()}
    return tuple(_name(leaves, names) for leaves in named)


def _leaves(part: Part) -> Iterator[Leaf]:
    if isinstance(part, Leaf):
        yield part
        return
    for child in part.parts:
        yield from _leaves(child)


def _name(leaves: list[Leaf], names: dict[str, str]) -> str:
    """A single indicator by its name, several by their first and their number."""
    first = leaves[0]
    name = names.get(first.indicator.code, first.key) if first.indicator else _("单位指数")
    return _("%(name)s等 %(n)s 项") % {"name": name, "n": len(leaves)} if len(leaves) > 1 else name
