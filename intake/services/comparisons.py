"""A comparison leaves the house as a sheet, and it is written down that it left."""

from collections.abc import Iterator, Sequence

from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from intake.models import Batch
from intake.selectors.comparisons import ComparedRow, Standing, compared_rows


@use_case
def export_comparison(
    *, batches: Sequence[Batch], actor: Actor, standing: Standing | None = None
) -> Iterator[ComparedRow]:
    """Give all rows of a comparison, and write down who took them."""
    first, second = batches
    after = {"first": first.number, "second": second.number, "standing": standing.value if standing else ""}
    record("batches.comparison_exported", first, after=after)
    return compared_rows(first, second, standing=standing)
