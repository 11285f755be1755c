"""All checks of one sheet in order, and the facts that come out of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundation.tabular.table import SheetRow, Table
from intake.checks.duplicates import check_duplicates
from intake.checks.findings import KEPT_CELLS, Findings, Mask
from intake.checks.inspection import Inspection
from intake.checks.lookups import Lookups, load_indicators, load_lookups
from intake.checks.naming import Named, find_names
from intake.checks.notes import find_notes, problems_of
from intake.checks.permission import check_evidence, check_permission, check_subject_kind
from intake.checks.rights import EntryRights
from intake.checks.subjects import Subjects, find_subjects
from intake.checks.values import FLAGS, Cells, read_cells
from intake.enums import Facet, Flag, Vintage
from intake.long_form import LongSheet, arrange
from intake.wide_form import arrange_wide, is_wide


@dataclass(frozen=True, eq=False)
class Checked:
    """A sheet after all checks: what was found, and the columns of the facts that its good rows hold."""

    sheet: LongSheet
    findings: Findings
    columns: dict[str, list[Any]]
    """Column name of `Observation` → values, for the ledger's stage."""
    places: NDArray[np.int64]
    """By fact: the row of the table that says it."""
    lookups: Lookups | None
    """What the rows were compared with; None when the headings were too wrong to look."""
    notes: tuple[SheetRow, ...] = ()
    """Rows below the table that look like no data."""


def check_sheet(table: Table, rights: EntryRights, *, most: int = KEPT_CELLS) -> Checked:
    """Run every check over a table on behalf of somebody with these rights.

    ``most`` cells of each kind of problem are kept; all are counted.
    """
    indicators = load_indicators()
    in_wide_form = is_wide(table, indicators.place)
    notes = find_notes(table, is_wide=in_wide_form)
    table = table.set_aside(notes)
    sheet = arrange_wide(table, indicators.rows) if in_wide_form else arrange(table)
    findings = Findings(sheet, most=most)
    findings.note_file(problems_of(notes))
    findings.note_file(table.problems, table.problem_counts)
    findings.note_headings()
    if not sheet.is_checkable:
        return Checked(sheet, findings, _columns(sheet, [], []), np.zeros(0, dtype=np.int64), None, notes)
    lookups = load_lookups(indicators, with_cadres=bool(sheet["employee_no"].is_filled.any()))
    inspection = Inspection(sheet, lookups, rights, findings)
    named = find_names(inspection)
    subjects = find_subjects(inspection, named)
    check_subject_kind(inspection, named, subjects)
    check_permission(inspection, named, subjects)
    check_evidence(inspection)
    cells = read_cells(inspection, named)
    keeps = check_duplicates(inspection, named, subjects, cells)
    # Where it is not known which rows are bad, none is staged: a bad one might stop the database.
    is_good = ~findings.has_error & (findings.rows_untold == 0)
    parts = [
        _part(inspection, named, subjects, facet, keep & is_good) for facet, keep in zip(cells, keeps, strict=True)
    ]
    return Checked(
        sheet,
        findings,
        _columns(sheet, parts, [facet.facet for facet in cells]),
        np.concatenate([part["place"] for part in parts]),
        lookups,
        notes,
    )


def _part(
    inspection: Inspection, named: Named, subjects: Subjects, cells: Cells, rows: Mask
) -> dict[str, NDArray[Any]]:
    """The facts of one facet, as arrays."""
    sheet, lookups = inspection.sheet, inspection.lookups
    at = np.flatnonzero(rows)
    return {
        "place": at,
        "period_id": lookups.periods.ids[named.period[at]],
        "subject_id": subjects.ids[at],
        "indicator_id": lookups.indicators.ids[named.indicator[at]],
        "value": cells.value[at],
        "flag": cells.flag[at],
        "preliminary": named.is_preliminary[at] & (cells.facet is Facet.VALUE),
        "row": sheet.rows[at],
        "col": cells.field.numbers_at(at),
        "evidence_ref": sheet["evidence_ref"].trimmed.texts[at],
    }


def _columns(sheet: LongSheet, parts: list[dict[str, NDArray[Any]]], facets: list[Facet]) -> dict[str, list[Any]]:
    """Plain lists for the database driver, which does not know NumPy's integers."""
    if not parts:
        names = ("period_id", "subject_id", "indicator_id", "facet", "value", "flag", "vintage", "sheet", "row", "col")
        return {name: [] for name in (*names, "evidence_ref")}
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    flags, values = joined["flag"].tolist(), joined["value"].tolist()
    columns: dict[str, list[Any]] = {
        name: joined[name].tolist() for name in ("period_id", "subject_id", "indicator_id", "row", "col")
    }
    columns["facet"] = [facet.value for facet, part in zip(facets, parts, strict=True) for _ in part["place"]]
    columns["value"] = [value if FLAGS[flag] is Flag.VALUE else None for value, flag in zip(values, flags, strict=True)]
    columns["flag"] = [FLAGS[flag].value for flag in flags]
    columns["vintage"] = [
        (Vintage.PRELIMINARY if preliminary else Vintage.FINAL).value for preliminary in joined["preliminary"].tolist()
    ]
    columns["sheet"] = [sheet.table.sheet_number] * len(flags)
    columns["evidence_ref"] = joined["evidence_ref"].tolist()
    return columns
