"""Which stored values lie in somebody's reach: the same rule as for the rows of a sheet."""

import numpy as np

from foundation.ledger.columns import integer_columns
from foundation.ledger.models import Entry
from intake.checks.findings import Mask
from intake.checks.lookups import Ids, Indicators, Lookups, load_indicators, load_lookups
from intake.checks.reach import posts_in_reach, units_in_reach
from intake.checks.rights import EntryRights


def count_out_of_reach(rights: EntryRights, *, entry: Entry) -> int:
    """How many values that an entry said lie outside what somebody may enter today.

    The same rule as for a sheet: an office reaches units and the persons who serve in them in the
    period, a clerk the indicators of the own unit about everybody else, and nobody who is cut out.
    """
    period, subject, indicator = integer_columns(
        "SELECT period_id, subject_id, indicator_id FROM intake_observation WHERE said_by = %s AND seq_from = %s "
        "UNION ALL SELECT period_id, subject_id, indicator_id FROM intake_repeat WHERE seq = %s",
        [entry.seq] * 3,
        3,
    )
    lookups = load_lookups(load_indicators(), with_cadres=True)
    held = _by_office(lookups, rights, period, subject) | _by_clerk(lookups, rights, subject, indicator)
    return int((~held | np.isin(subject, sorted(rights.cut_out))).sum())


def _by_office(lookups: Lookups, rights: EntryRights, period: Ids, subject: Ids) -> Mask:
    units, cadres, periods = lookups.units, lookups.cadres, lookups.periods
    held = np.isin(subject, units.ids[units_in_reach(units, rights)])
    in_reach = posts_in_reach(cadres, rights)
    for place in np.flatnonzero(np.isin(periods.ids, period)).tolist():
        touching = (cadres.post_starts_on <= periods.ends_on[place]) & (cadres.post_ends_on >= periods.starts_on[place])
        held |= (period == periods.ids[place]) & np.isin(subject, cadres.post_cadre[touching & in_reach])
    return held


def _by_clerk(lookups: Lookups, rights: EntryRights, subject: Ids, indicator: Ids) -> Mask:
    entered: Mask = np.isin(indicator, _entered_ids(lookups.indicators, rights)) & ~np.isin(
        subject, sorted(rights.own_units)
    )
    return entered


def _entered_ids(indicators: Indicators, rights: EntryRights) -> Ids:
    places = [place for place, owners in indicators.owners.items() if owners & rights.own_units]
    return indicators.ids[np.array(places, dtype=np.int64)]
