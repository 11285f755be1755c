"""Runs as readers see them: the current one, its page, how fresh it is."""

from evaluation.models import Current, Run


def current_run(*, scheme_code: str, period_code: str) -> Run | None:
    """The run that readers see for a scheme in a period."""
    rows = Current.objects.filter(scheme__kind="scheme", scheme__code=scheme_code, period__code=period_code)
    current = rows.select_related("run__scheme_version", "run__period", "run__scheme", "run__manifest").first()
    return current.run if current else None
