"""What every check works with."""

from dataclasses import dataclass

from intake.checks.findings import Findings
from intake.checks.lookups import Lookups
from intake.checks.rights import EntryRights
from intake.long_form import LongSheet


@dataclass(frozen=True, eq=False)
class Inspection:
    """One check at work: the sheet, what its rows are compared with, on whose behalf, what was found."""

    sheet: LongSheet
    lookups: Lookups
    rights: EntryRights
    findings: Findings
