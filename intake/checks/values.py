"""What each row says: a number, an option, 不适用 or 作废, as value and as target."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.numbers import NumberFault, parse_values
from foundation.web.figures import decimal_text
from intake.checks.findings import Mask
from intake.checks.inspection import Inspection
from intake.checks.naming import Named
from intake.enums import Facet, Flag
from intake.long_form import Field

NOT_APPLICABLE_WORDS = ("不适用", "not applicable")
VOID_WORDS = ("作废", "void")

FLAGS = (Flag.VALUE, Flag.NOT_APPLICABLE, Flag.VOID)


@dataclass(frozen=True, eq=False)
class Cells:
    """One facet of all rows. ``value`` counts only where ``is_good`` and the flag is a value."""

    facet: Facet
    field: Field
    is_good: Mask
    value: NDArray[np.int64]
    flag: NDArray[np.uint8]
    """Place in ``FLAGS``."""


def read_cells(inspection: Inspection, named: Named) -> tuple[Cells, Cells]:
    """Read values and targets of every row whose indicator is known."""
    sheet, findings = inspection.sheet, inspection.findings
    value, target = sheet["value"], sheet["target"]
    findings.note("value_missing", ~value.is_filled & ~target.is_filled, value if value.is_there else target)
    return (
        _CellReader(inspection, named, value, Facet.VALUE).read(),
        _CellReader(inspection, named, target, Facet.TARGET).read(),
    )


class _CellReader:
    def __init__(self, inspection: Inspection, named: Named, field: Field, facet: Facet) -> None:
        self.indicators, self.findings = inspection.lookups.indicators, inspection.findings
        self.indicator = named.indicator
        self.field, self.facet = field, facet
        self.texts = field.trimmed.texts
        self.value = np.zeros(len(self.texts), dtype=np.int64)
        self.flag = np.zeros(len(self.texts), dtype=np.uint8)
        self.is_good = field.is_filled & (named.indicator >= 0) & ~field.is_unreadable

    def read(self) -> Cells:
        if self.field.is_there:
            self._read_words()
            plain = self.is_good & (self.flag == 0)
            with_options = plain & np.isin(self.indicator, list(self.indicators.options))
            self._read_options(with_options)
            self._read_numbers(plain & ~with_options)
        return Cells(self.facet, self.field, self.is_good, self.value, self.flag)

    def _read_words(self) -> None:
        words = dict.fromkeys(NOT_APPLICABLE_WORDS, 1) | dict.fromkeys(VOID_WORDS, 2)
        flags = np.fromiter((words.get(text, 0) for text in self.texts), dtype=np.uint8, count=len(self.texts))
        self.flag[:] = np.where(self.is_good, flags, 0)
        if self.facet is Facet.TARGET:
            refused = self.flag == 1
            self.findings.note("target_not_applicable", refused, self.field)
            self.is_good &= ~refused
        self.findings.note_folds(self.field.trimmed.folds, self.field, self.is_good & (self.flag != 0))

    def _read_options(self, rows: Mask) -> None:
        wrong = np.zeros(len(rows), dtype=bool)
        for indicator in np.unique(self.indicator[rows]).tolist():
            at = np.flatnonzero(rows & (self.indicator == indicator))
            stored = [self.indicators.options[indicator].get(text) for text in self.texts[at]]
            self.value[at] = [0 if number is None else number for number in stored]
            wrong[at] = [number is None for number in stored]

        def facts(place: int) -> dict[str, Any]:
            return {"options": "、".join(self.indicators.options[int(self.indicator[place])])}

        self.findings.note("not_an_option", wrong, self.field, facts)
        self.findings.note_folds(self.field.trimmed.folds, self.field, rows & ~wrong)
        self.is_good &= ~wrong

    def _read_numbers(self, rows: Mask) -> None:
        at = np.flatnonzero(rows)
        if not at.size:
            return
        which = self.indicator[at]
        parsed = parse_values(
            self.field.raw[at], places=self.indicators.places[which], percent=self.indicators.is_percent[which]
        )
        faults, folds = np.zeros(len(rows), dtype=np.uint8), np.zeros(len(rows), dtype=np.uint8)
        self.value[at], faults[at], folds[at] = parsed.values, parsed.faults, parsed.folds
        for fault in NumberFault:
            if fault is not NumberFault.NONE:
                self.findings.note(fault.code, faults == fault, self.field, self._number_facts)
        good = rows & (faults == 0)
        self.findings.note_folds(folds, self.field, good)
        outside = good.copy()
        outside[at] &= (self.value[at] < self.indicators.low[which]) | (self.value[at] > self.indicators.high[which])
        self.findings.note("out_of_bounds", outside, self.field, self._bounds)
        self.is_good &= ~rows | (good & ~outside)

    def _number_facts(self, place: int) -> dict[str, Any]:
        indicator = self.indicators.rows[self.indicator[place]]
        return {"places": indicator.places, "measure": indicator.measure}

    def _bounds(self, place: int) -> dict[str, Any]:
        indicator = self.indicators.rows[self.indicator[place]]
        low, high = decimal_text(indicator.low, indicator.places), decimal_text(indicator.high, indicator.places)
        return {"low": low, "high": high}
