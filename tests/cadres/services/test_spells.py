from datetime import date

import pytest

from cadres.enums import SanctionKind, SpellKind
from cadres.errors import CadreError
from cadres.models import Sanction, StatusSpell
from cadres.services.spells import SanctionRow, SpellRow, end_spell, record_sanctions, record_spells
from foundation.actor import SYSTEM

START, END = date(2026, 4, 1), date(2026, 6, 12)


def test_open_spell_is_ended_by_a_new_row(cast):
    record_spells(rows=[SpellRow("000101", SpellKind.ILLNESS, START)], actor=SYSTEM, reason="病假")
    spell = StatusSpell.objects.select_related("cadre").get()

    end_spell(spell=spell, actor=SYSTEM, ends_on=END, reason="销假")

    rows = StatusSpell.objects.filter(ref=spell.ref).order_by("seq_from").values_list("ends_on", "seq_to")
    assert list(rows) == [(None, spell.seq_from + 1), (END, None)]


def test_spell_that_ends_before_it_begins_is_refused(cast):
    with pytest.raises(CadreError) as refused:
        record_spells(rows=[SpellRow("000101", SpellKind.LEAVE, END, START)], actor=SYSTEM, reason="")
    assert (refused.value.code, StatusSpell.objects.count()) == ("dates_reversed", 0)


def test_sanction_of_nobody_is_refused(cast):
    good, bad = (SanctionRow(no, SanctionKind.WARNING, START, END) for no in ("000101", "101"))

    with pytest.raises(CadreError) as refused:
        record_sanctions(rows=[good, bad], actor=SYSTEM, reason="")
    assert (refused.value.code, Sanction.objects.count()) == ("employee_no_unknown", 0)
