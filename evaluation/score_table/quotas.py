"""The column that a quota of the document gives: a group of the file is a body."""

from collections.abc import Mapping

from evaluation.score_table.rows import Sheet
from evaluation.scoring import Scheme
from evaluation.scoring.quotas import Proposal, barred_from, draw, propose, sizes_of
from evaluation.scoring.types import Int64s

QUOTA = "quota"
WORDS: Mapping[Proposal | None, str] = {
    Proposal.PROPOSED: "in",
    Proposal.UNDECIDED: "undecided",
    Proposal.OUTSIDE: "out",
    None: "",
}


def quota_columns(sheet: Sheet, scheme: Scheme, ranks: Int64s) -> dict[str, list[str]]:
    """By heading, a cell for each row of the file: in, out or undecided, and nothing for who has no rank.

    The first quota of the document is headed ``quota``, further ones ``quota:BAND``. All
    rows of a group should take part in it; where groups are named, a row without one is in
    no body. ``ranks`` are 0 where there is none.
    """
    bodies = [group for group in sheet.groups if group] or sheet.groups
    found = {}
    for at, line in enumerate(scheme.quota):
        drawn = draw(line, sizes_of(bodies))
        barred = barred_from(line, scheme, sheet.rows.gates)
        proposals = propose(drawn, sheet.groups, ranks.tolist(), barred.tolist())
        found[f"{QUOTA}:{line.band}" if at else QUOTA] = [WORDS[each] for each in proposals]
    return found
