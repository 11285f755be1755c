"""Whom an HR officer manages: posts by unit and level, units by unit; grants are taken one by one."""

import numpy as np

from intake.checks.findings import Mask
from intake.checks.lookups import Cadres, Units
from intake.checks.rights import EntryRights


def posts_in_reach(cadres: Cadres, rights: EntryRights) -> Mask:
    """By posting: whether a reach holds its unit and its level."""
    held = np.zeros(len(cadres.post_cadre), dtype=bool)
    for reach in rights.reaches:
        at_level = np.isin(cadres.post_level.astype(str), sorted(reach.levels))
        held |= at_level if reach.units is None else at_level & np.isin(cadres.post_unit, list(reach.units))
    return held


def units_in_reach(units: Units, rights: EntryRights) -> Mask:
    """By unit: whether a reach holds it."""
    held = np.zeros(len(units.ids), dtype=bool)
    for reach in rights.reaches:
        held |= True if reach.units is None else np.isin(units.ids, list(reach.units))
    return held
