"""Which version of a scheme rules a period."""

from dataclasses import dataclass
from datetime import date

from evaluation.errors import EvaluationError
from foundation.rulebook.models import RuleDocument, RuleVersion
from intake.enums import PeriodKind
from intake.models import Observation, Period

SCHEME = "scheme"


@dataclass(frozen=True)
class Pair:
    """A scheme version and the period that it rules: what a run computes."""

    version: RuleVersion
    period: Period

    @property
    def code(self) -> str:
        """Code of the scheme."""
        return self.version.document.code

    @property
    def key(self) -> str:
        """Name of the pair for jobs and results."""
        return f"{self.code}:{self.period.code}"


def scheme_in_force(code: str, *, on: date) -> RuleVersion | None:
    """The approved version that rules the period beginning on a day: the highest number in force by then."""
    versions = RuleVersion.objects.filter(document__kind=SCHEME, document__code=code)
    ruling = versions.filter(approved_by__isnull=False, in_force_from__lte=on).select_related("document")
    return ruling.order_by("-number").first()


def pair_named(*, scheme_code: str, period_code: str) -> Pair:
    """The pair of these codes; refuses what cannot be computed, saying why."""
    period = Period.objects.filter(code=period_code).first()
    if not RuleDocument.objects.filter(kind=SCHEME, code=scheme_code).exists():
        raise EvaluationError("unknown_scheme", scheme=scheme_code)
    if period is None:
        raise EvaluationError("unknown_period", period=period_code)
    version = scheme_in_force(scheme_code, on=period.starts_on)
    if version is None:
        raise EvaluationError("not_in_force", scheme=scheme_code, period=period_code)
    wanted = version.body["period"]
    if wanted != period.kind:
        label = str(PeriodKind(wanted).label)
        raise EvaluationError("wrong_period_kind", scheme=scheme_code, period=period_code, wanted=label)
    return Pair(version, period)


def pairs_with_data() -> list[Pair]:
    """Every approved scheme in every period of its kind for which a value of its own was ever stored."""
    periods = list(Period.objects.order_by("ends_on", "code"))
    approved = RuleVersion.objects.filter(document__kind=SCHEME, approved_by__isnull=False)
    by_code: dict[str, list[RuleVersion]] = {}
    for version in approved.select_related("document").order_by("document__code", "-number"):
        by_code.setdefault(version.document.code, []).append(version)
    found = []
    for versions in by_code.values():
        for period in periods:
            ruling = next((each for each in versions if each.in_force_from <= period.starts_on), None)
            if ruling is not None and ruling.body["period"] == period.kind and _has_data(ruling, period, periods):
                found.append(Pair(ruling, period))
    return found


def _has_data(version: RuleVersion, period: Period, periods: list[Period]) -> bool:
    inside = [p.pk for p in periods if period.starts_on <= p.ends_on <= period.ends_on]
    named = sorted(named_indicators(version.body["tree"]))
    return Observation.objects.filter(period__in=inside, indicator__code__in=named).exists()


def named_indicators(part: dict[str, object]) -> set[str]:
    """Codes of the indicators that a part of a document reads, at any depth."""
    parts = part.get("parts")
    if isinstance(parts, list):
        return set().union(*(named_indicators(each) for each in parts))
    return {str(part["indicator"])} if "indicator" in part else set()
