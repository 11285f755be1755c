"""The one set of checks for everything that comes in: file now; push, form and feed later.

Each module holds one concern and works on whole columns. `check_sheet` runs them all, so that a
sender learns of every problem in one pass.
"""

from intake.checks.lookups import Lookups, load_lookups
from intake.checks.rights import EntryRights, Reach, entry_rights, entry_rights_of
from intake.checks.sheets import Checked, check_sheet
from intake.checks.stored_reach import count_out_of_reach

__all__ = [
    "Checked",
    "EntryRights",
    "Lookups",
    "Reach",
    "check_sheet",
    "count_out_of_reach",
    "entry_rights",
    "entry_rights_of",
    "load_lookups",
]
