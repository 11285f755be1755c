"""Indicator, period and vintage of each row: whether they exist, and whether they go together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.checks.findings import Findings, Mask
from intake.checks.inspection import Inspection
from intake.checks.lookups import Ids, places_of
from intake.enums import PeriodKind, Vintage
from intake.long_form import Field, LongSheet

_VINTAGES = {
    "": Vintage.FINAL,
    "终核": Vintage.FINAL,
    "final": Vintage.FINAL,
    "初核": Vintage.PRELIMINARY,
    "preliminary": Vintage.PRELIMINARY,
}


@dataclass(frozen=True, eq=False)
class Named:
    """What the rows speak of, as positions in the lookups; −1 where that is not known."""

    indicator: Ids
    period: Ids
    is_preliminary: NDArray[np.bool_]

    @property
    def both(self) -> Mask:
        """Rows of which indicator and period are known."""
        known: Mask = (self.indicator >= 0) & (self.period >= 0)
        return known


def find_names(inspection: Inspection) -> Named:
    """Look up indicator, period and vintage of every row and say what is wrong with them."""
    sheet, lookups, findings = inspection.sheet, inspection.lookups, inspection.findings
    named = Named(
        indicator=_find(
            sheet["indicator_code"], lookups.indicators.place, findings, "indicator_missing", "indicator_unknown"
        ),
        period=_find(sheet["period"], lookups.periods.place, findings, "period_missing", "period_unknown"),
        is_preliminary=_find_vintages(sheet, findings),
    )
    _check_period_kind(inspection, named)
    _check_sunset(inspection, named)
    return named


def _find(field: Field, place: dict[str, int], findings: Findings, missing: str, unknown: str) -> Ids:
    found = places_of(field.codes.texts, place)
    findings.note_folds(field.codes.folds, field, found >= 0)
    findings.note(missing, ~field.is_filled, field)
    findings.note(unknown, field.is_filled & (found < 0) & ~field.is_unreadable, field)
    return found


def _find_vintages(sheet: LongSheet, findings: Findings) -> Mask:
    field = sheet["vintage"]
    if not field.is_there:
        return np.zeros(len(sheet), dtype=bool)
    found = [_VINTAGES.get(text) for text in field.codes.texts]
    unknown = np.array([one is None for one in found], dtype=bool)
    findings.note("vintage_unknown", unknown & ~field.is_unreadable, field)
    findings.note_folds(field.codes.folds, field, field.is_filled & ~unknown)
    return np.array([one is Vintage.PRELIMINARY for one in found], dtype=bool)


def _check_period_kind(inspection: Inspection, named: Named) -> None:
    indicators, periods = inspection.lookups.indicators, inspection.lookups.periods
    wrong = named.both.copy()
    at = np.flatnonzero(wrong)
    wrong[at] = indicators.period_kind[named.indicator[at]] != periods.kind[named.period[at]]

    def facts(place: int) -> dict[str, Any]:
        indicator, period = indicators.rows[named.indicator[place]], periods.rows[named.period[place]]
        asked, given = PeriodKind(indicator.native_period), PeriodKind(period.kind)
        told = {"value": period.code, "asked": str(asked.label), "given": str(given.label)}
        return {"indicator": indicator.code, **told}

    # In a wide row some figures may fit the period and others not: then the figure is the cell.
    field = inspection.sheet["indicator_code" if inspection.sheet.is_wide else "period"]
    inspection.findings.note("period_kind", wrong, field, facts)


def _check_sunset(inspection: Inspection, named: Named) -> None:
    indicators, periods = inspection.lookups.indicators, inspection.lookups.periods
    wrong = named.both.copy()
    at = np.flatnonzero(wrong)
    wrong[at] = periods.starts_on[named.period[at]] > indicators.ends_on[named.indicator[at]]

    def facts(place: int) -> dict[str, Any]:
        ended = date.fromordinal(int(indicators.ends_on[named.indicator[place]]))
        return {"sunset_on": ended.isoformat(), "period": periods.rows[named.period[place]].code}

    inspection.findings.note("indicator_ended", wrong, inspection.sheet["indicator_code"], facts)
