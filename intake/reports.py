"""The report of a check: what an officer reads before deciding, kept with the batch as plain JSON.

Codes and facts are stored, never sentences; of each kind at most `KEPT_CELLS` cells, with the count
of all. Pages, the command and later the API show the same report.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from foundation.errors import DomainError
from foundation.ledger.store import Plan
from foundation.tabular.errors import TableError
from intake.checks.findings import Findings
from intake.checks.sheets import Checked
from intake.contents import is_jump
from intake.corrections import Change, changes_of
from intake.problems import KINDS, Problem, Severity


@dataclass(frozen=True)
class FoundKind:
    """All problems of one kind: their number, their columns, and the first cells."""

    code: str
    count: int
    columns: tuple[str, ...]
    cells: tuple[Problem, ...]

    @property
    def severity(self) -> Severity:
        """Whether it keeps the batch out."""
        return KINDS[self.code].severity

    @property
    def title(self) -> str:
        """Its name for people."""
        return str(KINDS[self.code].title)

    @property
    def remedy(self) -> str:
        """How to mend it."""
        return str(KINDS[self.code].remedy)

    @property
    def cut(self) -> int:
        """How many cells are counted and not listed."""
        return self.count - len(self.cells)


@dataclass(frozen=True)
class LeftOut:
    """A row that was left out because the officer said that it is no data."""

    row: int
    text: str


@dataclass(frozen=True)
class Report:
    """What a check found. Rows count as the sheet does; new, changed, same count values and targets."""

    rows: int = 0
    good_rows: int = 0
    error_rows: int = 0
    warning_rows: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_same: int = 0
    n_jumps: int = 0
    """How many of the changed values change by much."""
    sheet: str = ""
    kinds: tuple[FoundKind, ...] = ()
    changes: tuple[Change, ...] = ()
    """Corrections, the first ones, those by much before the others."""
    same_as: str | None = None
    """The batch that stored this very file already, if storing it again would change nothing."""
    header_row: int = 1
    """The row that was taken for the heading."""
    note_rows: tuple[int, ...] = ()
    """Rows below the table that look like no data and that the officer may leave out."""
    left_out: tuple[LeftOut, ...] = ()
    """Rows that were left out as asked."""
    changed_since: bool = False
    """Whether the ledger or the sender's rights changed between the confirmation and the store."""

    @property
    def has_errors(self) -> bool:
        """Whether the batch stays out."""
        return any(kind.severity is Severity.ERROR for kind in self.kinds)

    @property
    def is_readable(self) -> bool:
        """Whether the file could be read, so that its cells can be marked."""
        return not any(kind.code in TableError.texts for kind in self.kinds)

    @property
    def error_count(self) -> int:
        """All errors, those that are not listed included."""
        return sum(kind.count for kind in self.kinds if kind.severity is Severity.ERROR)

    @property
    def warning_count(self) -> int:
        """All warnings."""
        return sum(kind.count for kind in self.kinds if kind.severity is Severity.WARNING)

    @property
    def problems(self) -> list[Problem]:
        """The listed cells of all kinds, in the order of the sheet."""
        cells = [cell for kind in self.kinds for cell in kind.cells]
        return sorted(cells, key=lambda cell: (cell.row, len(cell.column), cell.column))

    def to_json(self) -> dict[str, Any]:
        """Give what is stored with the batch."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Report":
        """Read what was stored with a batch; keys of a later version are passed over."""
        plain = {name: stored[name] for name in _PLAIN if name in stored}
        kinds = tuple(
            FoundKind(
                kind["code"],
                kind["count"],
                tuple(kind["columns"]),
                tuple(Problem(**cell) for cell in kind["cells"]),
            )
            for kind in stored.get("kinds", ())
        )
        plain["note_rows"] = tuple(stored.get("note_rows", ()))
        changes = tuple(Change(**change) for change in stored.get("changes", ()))
        left_out = tuple(LeftOut(**row) for row in stored.get("left_out", ()))
        return cls(**plain, kinds=kinds, changes=changes, left_out=left_out)


_PLAIN = tuple(name for name in Report.__dataclass_fields__ if name not in {"kinds", "changes", "left_out"})


@dataclass(frozen=True)
class Standing:
    """How a batch stands to earlier ones."""

    same_as: str | None = None
    changed_since: bool = field(default=False)


def report_of(checked: Checked, plan: Plan, standing: Standing) -> Report:
    """Make the report of a checked sheet and of what storing it would do."""
    findings, table = checked.findings, checked.sheet.table
    rows, errors, warnings = findings.all_rows, findings.error_rows, findings.warning_rows
    return Report(
        rows=rows,
        # Without the columns that they need, rows were not looked at.
        good_rows=max(0, rows - errors - warnings) if checked.sheet.is_checkable else 0,
        error_rows=errors,
        warning_rows=warnings,
        n_new=plan.n_new,
        n_changed=plan.n_changed,
        n_same=plan.n_same,
        sheet=table.sheet,
        header_row=table.header_row,
        note_rows=tuple(row.number for row in checked.notes),
        left_out=tuple(LeftOut(row.number, row.text) for row in table.without),
        kinds=_kinds(findings),
        n_jumps=sum(is_jump(one.before, one.after) for one in plan.changed),
        changes=changes_of(checked, plan),
        same_as=standing.same_as,
        changed_since=standing.changed_since,
    )


def refused_report(error: DomainError) -> Report:
    """The report of a file that could not be read at all, with the row where reading ended if it is known."""
    facts = dict(error.facts)
    problem = Problem(error.code, row=int(facts.get("row", 0)), facts=facts)
    return Report(kinds=(FoundKind(error.code, 1, (), (problem,)),))


def _kinds(findings: Findings) -> tuple[FoundKind, ...]:
    """Errors first, then warnings; in each the most frequent first."""
    found = [
        FoundKind(code, count, tuple(sorted(findings.columns[code] - {""}, key=_column_order)), _cells(findings, code))
        for code, count in findings.counts.items()
    ]
    return tuple(sorted(found, key=lambda kind: (kind.severity is not Severity.ERROR, -kind.count, kind.code)))


def _cells(findings: Findings, code: str) -> tuple[Problem, ...]:
    return tuple(findings.kept(code))


def _column_order(letter: str) -> tuple[int, str]:
    return len(letter), letter
