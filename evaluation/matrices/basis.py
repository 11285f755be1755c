"""What a run reads and is not a fact: scheme bodies, indicator definitions, periods, kinds of units."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from evaluation.models import Manifest
from evaluation.scoring import ENGINE_VERSION, IndicatorDef, Scheme, parse
from foundation.ledger.columns import OPEN_END
from foundation.rulebook.models import RuleVersion
from intake.calendar import calendar_span, ordinal_of
from intake.models import Indicator, Period
from units.models import Unit

SILENT_KEYS = frozenset({"name", "basis", "quota"})
"""Keys of a document that move no total, rank or band."""
NAMES = ("name", "measure")
"""What a manifest keeps of an indicator for its readers only: explanations speak as the run did."""


@dataclass(frozen=True)
class Span:
    """A period with its first and last day as ordinals."""

    pk: int
    code: str
    kind: str
    first: int
    last: int

    @property
    def starts_on(self) -> date:
        """The first day."""
        return date.fromordinal(self.first)

    @property
    def ends_on(self) -> date:
        """The last day, inside."""
        return date.fromordinal(self.last)

    @property
    def n_days(self) -> int:
        """Days, both ends counted."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class UnitDef:
    """A unit as a run read it: kind, first and last day; code and name are empty in a manifest that has none."""

    kind: str
    first: int
    last: int
    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class IndicatorNames:
    """An indicator as a run read it: what it is called and measured in. Neither moves a score."""

    pk: int
    name: str
    measure: str


@dataclass(frozen=True)
class Basis:
    """A manifest that was read: the scheme, its period and everything that the documents name.

    ``spans`` are all periods that end between the first day of the earliest scheme period that may
    be carried forward and the end of the run's own; ``names`` are those of the indicators that
    the documents name, by code.
    """

    scheme: Scheme
    version: int
    period: Span
    spans: tuple[Span, ...]
    indicators: Mapping[str, int]
    names: Mapping[str, IndicatorNames]
    units: Mapping[int, UnitDef]
    fragment: bytes

    @property
    def is_personal(self) -> bool:
        """Whether cadres are judged."""
        return self.scheme.subject == "cadre"

    @property
    def index_codes(self) -> tuple[str, ...]:
        """Unit schemes whose totals this scheme reads, in the order in which it names them."""
        return tuple(dict.fromkeys(code for leaf in self.scheme.leaves for code in leaf.index))

    def scheme_periods(self) -> list[Span]:
        """The run's own period and, newest first, as many before it as some leaf may carry a value over.

        Counted back by the calendar: a period that nobody has opened is a step too, and native
        periods that end in its days belong to it. Source: schemes/README.md convention 3.
        """
        back = max((leaf.carry_periods for leaf in self.scheme.leaves), default=0)
        return reached(self.period, [span for span in self.spans if span.kind == self.period.kind], back)

    def natives(self, kind: str, inside: Span) -> list[Span]:
        """Periods of a kind that end inside another, oldest first."""
        found = [s for s in self.spans if s.kind == kind and inside.first <= s.last <= inside.last]
        return sorted(found, key=lambda span: span.last)


def reached(period: Span, opened: Sequence[Span], back: int) -> list[Span]:
    """A period and the ``back`` ones before it in the calendar, newest first; one without a row gets the free days."""
    known = {ordinal_of(span.kind, span.code): span for span in opened}
    own, found = ordinal_of(period.kind, period.code), [period]
    for ordinal in range(own - 1, own - 1 - back, -1):
        code, first, last = calendar_span(period.kind, ordinal)
        older = max((span.last for at, span in known.items() if at < ordinal), default=first - 1)
        free = Span(0, code, period.kind, max(first, older + 1), min(last, found[-1].first - 1))
        found.append(known.get(ordinal, free))
    return found


def canonical(content: object) -> str:
    """JSON with one spelling: sorted keys, no spaces."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def indicator_defs(indicators: Iterable[Indicator]) -> dict[str, IndicatorDef]:
    """What the engine must know of each indicator; give it indicators with prefetched options."""
    return {
        each.code: IndicatorDef(
            code=each.code,
            subject_kind=each.subject_kind,
            places=each.places,
            low=each.low,
            high=each.high,
            direction=each.direction,
            native_period=each.native_period,
            options=tuple(
                (option.label, option.stored) for option in sorted(each.options.all(), key=lambda o: o.stored)
            ),
        )
        for each in indicators
    }


def manifest_for(version: RuleVersion, period: Period) -> Manifest:
    """The manifest of a scheme version in a period as definitions stand now; saved only when it is new."""
    body = canonical(_content(version, period))
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    Manifest.objects.bulk_create([Manifest(sha256=sha256, body=body)], ignore_conflicts=True)
    return Manifest(sha256=sha256, body=body)


def basis_of(manifest: Manifest) -> Basis:
    """Read a manifest; what has the same fingerprint is read once a process."""
    return _read(manifest.body)


def basis_for(version: RuleVersion, period: Period) -> Basis:
    """The basis of a scheme version in a period, where nothing is computed and nothing kept."""
    return _read(canonical(_content(version, period)))


def _content(version: RuleVersion, period: Period) -> dict[str, Any]:
    rows = list(Indicator.objects.prefetch_related("options").order_by("code"))
    known = indicator_defs(rows)
    scheme = parse(version.body, known)
    named = {leaf.indicator.code for leaf in scheme.leaves if leaf.indicator}
    return {
        "engine": ENGINE_VERSION,
        "scheme": {"number": version.number, "sha256": version.sha256, "body": version.body},
        "period": period.code,
        "periods": _periods(period, max((leaf.carry_periods for leaf in scheme.leaves), default=0)),
        "indicators": [_indicator(row, known[row.code]) for row in rows if row.code in named],
        "units": _units(scheme),
    }


def _indicator(row: Indicator, known: IndicatorDef) -> dict[str, Any]:
    fields = ("code", "subject_kind", "places", "low", "high", "direction", "native_period", "options")
    names = {"name": row.name_zh, "measure": row.measure}
    return {"id": row.pk, **names, **{name: getattr(known, name) for name in fields}}


def _periods(period: Period, carried: int) -> list[list[Any]]:
    own = Span(period.pk, period.code, period.kind, period.starts_on.toordinal(), period.ends_on.toordinal())
    before = Period.objects.filter(kind=period.kind, ends_on__lt=period.starts_on)
    opened = [Span(p.pk, p.code, p.kind, p.starts_on.toordinal(), p.ends_on.toordinal()) for p in before]
    first = reached(own, opened, carried)[-1].starts_on
    rows = Period.objects.filter(ends_on__gte=first, ends_on__lte=period.ends_on).order_by("ends_on", "code")
    return [[p.pk, p.code, p.kind, p.starts_on.toordinal(), p.ends_on.toordinal()] for p in rows]


def _units(scheme: Scheme) -> list[list[Any]]:
    kinds = scheme.population.unit_kinds
    if scheme.subject == "cadre" and not kinds:
        return []
    rows = Unit.objects.filter(kind__in=kinds) if kinds else Unit.objects.all()
    return [
        [u.pk, u.kind, u.starts_on.toordinal(), u.ends_on.toordinal() if u.ends_on else OPEN_END, u.code, u.name]
        for u in rows.order_by("pk")
    ]


@lru_cache(maxsize=64)
def _read(body: str) -> Basis:
    content = json.loads(body)
    document = content["scheme"]["body"]
    spans = tuple(Span(*row) for row in content["periods"])
    defs = {
        row["code"]: IndicatorDef(
            **{name: value for name, value in row.items() if name not in {"id", "options", *NAMES}},
            options=tuple((label, stored) for label, stored in row["options"]),
        )
        for row in content["indicators"]
    }
    rules = {key: value for key, value in document.items() if key not in SILENT_KEYS}
    shaping = [{name: value for name, value in row.items() if name not in NAMES} for row in content["indicators"]]
    definitions = [{**row, "low": None, "high": None, "id": None} for row in shaping]
    return Basis(
        scheme=parse(document, defs),
        version=content["scheme"]["number"],
        period=next(span for span in spans if span.code == content["period"]),
        spans=spans,
        indicators={row["code"]: row["id"] for row in content["indicators"]},
        names={
            row["code"]: IndicatorNames(row["id"], row.get("name", row["code"]), row.get("measure", ""))
            for row in content["indicators"]
        },
        units={row[0]: UnitDef(*row[1:]) for row in content["units"]},
        fragment=canonical([rules, definitions]).encode(),
    )
