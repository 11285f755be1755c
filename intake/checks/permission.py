"""Who may say it: the owner of an indicator, or the office that manages the subject.

Source: schemes/README 13. A unit clerk is refused rows about the own unit; HR enters those with evidence.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.checks.findings import Mask
from intake.checks.inspection import Inspection
from intake.checks.lookups import Indicators, Lookups
from intake.checks.naming import Named
from intake.checks.rights import EntryRights
from intake.checks.subjects import Subjects, indicators_of
from units.enums import SubjectKind

EVIDENCE_MOST = 64


def check_permission(inspection: Inspection, named: Named, subjects: Subjects) -> None:
    """Say which rows the sender may not enter, and which need evidence."""
    sheet, rights, findings = inspection.sheet, inspection.rights, inspection.findings
    mine, sole_owner = indicators_of(inspection.lookups, rights), _sole_owners(inspection.lookups)
    has_indicator = named.indicator >= 0
    owned = has_indicator & mine[named.indicator]
    about_own_unit = ~subjects.is_cadre & np.isin(subjects.ids, sorted(rights.own_units))
    as_clerk = owned & ~subjects.by_office
    findings.note("own_unit", as_clerk & about_own_unit, sheet["unit_code"])
    strange = has_indicator & ~owned & ~subjects.by_office
    # Where an office could reach the subject, an unknown subject is told already.
    findings.note("indicator_not_yours", strange & (subjects.known | (not rights.reaches)), sheet["indicator_code"])
    alone = subjects.known & ~subjects.is_cadre & has_indicator & (sole_owner[named.indicator] == subjects.ids)
    evidence = sheet["evidence_ref"]
    findings.note("evidence_needed", subjects.by_office & alone & ~evidence.is_filled, evidence)


def enterable(indicators: Indicators, rights: EntryRights) -> Mask:
    """Which indicators somebody may enter about anybody: an office all, a clerk those of the own units."""
    own = [bool(indicators.owners.get(place, frozenset()) & rights.own_units) for place in range(len(indicators.rows))]
    return np.array(own, dtype=bool) | (rights.may_upload and bool(rights.reaches))


def check_subject_kind(inspection: Inspection, named: Named, subjects: Subjects) -> None:
    """An indicator of persons needs an employee number, one of units a unit code alone."""
    indicators = inspection.lookups.indicators
    wrong = (named.indicator >= 0) & subjects.known
    at = np.flatnonzero(wrong)
    wrong[at] = indicators.is_of_cadres[named.indicator[at]] != subjects.is_cadre[at]

    def facts(place: int) -> dict[str, Any]:
        asked = SubjectKind(indicators.rows[named.indicator[place]].subject_kind)
        given = SubjectKind.CADRE if subjects.is_cadre[place] else SubjectKind.UNIT
        return {"asked": str(asked.label), "given": str(given.label)}

    inspection.findings.note("subject_kind", wrong, inspection.sheet["indicator_code"], facts)


def check_evidence(inspection: Inspection) -> None:
    """An evidence reference is a number that fits its column, not a text."""
    sheet, findings = inspection.sheet, inspection.findings
    field = sheet["evidence_ref"]
    lengths = np.fromiter(map(len, field.trimmed.texts), dtype=np.int64, count=len(sheet))

    def facts(place: int) -> dict[str, Any]:
        return {"length": int(lengths[place]), "most": EVIDENCE_MOST}

    findings.note("too_long", lengths > EVIDENCE_MOST, field, facts)
    findings.note_folds(field.trimmed.folds, field)


def _sole_owners(lookups: Lookups) -> NDArray[np.int64]:
    """By indicator: the unit that alone enters it, else −2. One place more at the end, for "not known"."""
    sole = np.full(len(lookups.indicators.rows) + 1, -2, dtype=np.int64)
    for place, owners in lookups.indicators.owners.items():
        if len(owners) == 1:
            sole[place] = next(iter(owners))
    return sole
