"""What was computed holds bit for bit, whatever becomes of the city afterwards: the replay and every explanation."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from cadres.models import Cadre, Posting, StatusSpell
from evaluation.models import Exemption, GroupMember, GroupResult, GroupSet, Occurrence, Run, Score
from evaluation.selectors.explanations import explained
from evaluation.selectors.proofs import proof_of
from evaluation.selectors.replays import Replayer, Verdict
from evaluation.selectors.shown import show
from foundation.actor import SYSTEM
from foundation.ledger.models import Entry, Fact
from foundation.ledger.withdrawing import plan_withdrawal, withdraw
from intake.models import Indicator, IndicatorOption, IndicatorOwner, Period
from tests.evaluation.factories import Town, add_cadre, add_spell, approve, make_golden_town, posting
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute, recompute_golden
from tests.evaluation.scoring.sample import documents
from units.models import Unit
from units.services import add_unit_alias, end_unit, rename_unit

pytestmark = pytest.mark.django_db

WATER, HEALTH, BANNER = "市水利局", "市卫生健康委员会", "150622"
MOVED, FIRST_SECRETARY = "0900004", "0900007"


def again(town: Town, row: Fact, **changed: Any) -> None:
    """A correction: the same key says something else."""
    kept = {"id", "pk", "seq_from", "seq_to", "said_by"}
    told = {each.attname: getattr(row, each.attname) for each in row._meta.fields if each.attname not in kept}
    town.store(type(row), [{**told, **changed}])


def changed_posting(town: Town) -> None:
    held = Posting.objects.filter(cadre=town.cadres[MOVED], seq_to=None).latest("starts_on")
    again(town, held, unit_id=town.units[WATER].pk, post_level="县处级正职")


def closed_posting(town: Town) -> None:
    again(town, Posting.objects.get(cadre=town.cadres["0900001"], seq_to=None), ends_on=date(2026, 5, 1))


def second_posting(town: Town) -> None:
    row = posting(
        town.cadres["0900001"].pk,
        town.units[WATER].pk,
        starts_on=date(2026, 4, 1),
        level="县处级正职",
        post_class="head",
        kind="seconded",
    )
    town.store(Posting, [row])


def new_person(town: Town) -> None:
    add_cadre(town, "0711111", BANNER, starts_on=date(2020, 1, 1), level="县处级正职", post_class="head")


def new_spell(town: Town) -> None:
    add_spell(town, "0900001", "illness", date(2026, 4, 1), None)


def closed_spell(town: Town) -> None:
    for spell in StatusSpell.objects.filter(seq_to=None):
        again(town, spell, ends_on=spell.starts_on)


def renamed_unit(town: Town) -> None:
    for code in (BANNER, WATER, HEALTH):
        rename_unit(unit=town.units[code], actor=SYSTEM, name=f"新{code}")


def ended_and_moved_units(town: Town) -> None:
    end_unit(unit=town.units["150602"], actor=SYSTEM, ends_on=date(2026, 1, 31))
    Unit.objects.filter(code=WATER).update(parent=town.units[BANNER], starts_on=date(2026, 6, 1))
    add_unit_alias(unit=town.units[BANNER], actor=SYSTEM, text="准旗")


def new_unit_name_is_another_units_old_one(town: Town) -> None:
    name = town.units[WATER].name
    rename_unit(unit=town.units[WATER], actor=SYSTEM, name="暂名")
    Unit.objects.filter(pk=town.units[HEALTH].pk).update(name=name)


def edited_indicator(town: Town) -> None:
    Indicator.objects.update(low=-7, high=7, name_zh="改名", measure="次", native_period="month", note="改")
    for option in IndicatorOption.objects.all():
        IndicatorOption.objects.filter(pk=option.pk).update(label=f"改{option.label}", stored=option.stored + 1000)
    IndicatorOption.objects.create(indicator=town.indicators["JY01"], label="很好", stored=9)
    IndicatorOwner.objects.create(indicator=town.indicators["JY01"], unit=town.units[WATER])


def removed_options(town: Town) -> None:
    IndicatorOption.objects.all().delete()


def corrected_value(town: Town) -> None:
    town.observe(BANNER, "DD01", PERIOD, "50", "100")
    town.observe(MOVED, "OT01", PERIOD, "1", "100")


def withdrawn_entry(town: Town) -> None:
    for entry in Entry.objects.filter(kind="test", withdrawn_by=None).order_by("-seq")[:3]:
        withdraw(entry=entry, actor=SYSTEM, reason="误报", plan_sha256=plan_withdrawal(entry).sha256)


def edited_group(town: Town) -> None:
    GroupSet.objects.update(name="改名")
    for member in GroupMember.objects.filter(unit__code__in=[BANNER, "150602"], seq_to=None):
        again(town, member, group_key="另一组", reason="调整")


def newer_version(town: Town) -> None:
    for code, body in documents().items():
        if body["period"] == "quarter":
            approve({**body, "name": {"zh": "新版"}, "coverage_floor": "1%"}, number=2)
        assert code


def changed_periods(town: Town) -> None:
    Period.objects.filter(code=PERIOD).update(starts_on=date(2026, 4, 10), ends_on=date(2026, 5, 30))
    Period.objects.filter(code="2026-06").update(ends_on=date(2026, 7, 2))
    Period.objects.filter(code="2025").update(ends_on=date(2025, 11, 30))
    Period.objects.create(code="2023Q4", kind="quarter", starts_on=date(2023, 10, 1), ends_on=date(2023, 12, 31))


def edited_person(town: Town) -> None:
    Cadre.objects.update(gender="female", education="大学", ethnicity="汉族", job_grade="一级", is_party_member=True)


def voided_events(town: Town) -> None:
    for model in (Occurrence, Exemption):
        for row in model.objects.filter(seq_to=None):
            again(town, row, is_void=True)


CHANGES: dict[str, tuple[Callable[[Town], None], ...]] = {
    "posts": (changed_posting, closed_posting, second_posting, new_person),
    "people": (new_spell, closed_spell, edited_person),
    "units": (renamed_unit, ended_and_moved_units, new_unit_name_is_another_units_old_one),
    "indicators": (edited_indicator, removed_options),
    "rules": (newer_version, changed_periods, edited_group),
    "values": (corrected_value, withdrawn_entry, voided_events),
}
"""What may happen to a city, in lots that are undone one after the other."""


def pages(runs: list[Run]) -> dict[tuple[int, int], dict[str, Any]]:
    """The explanation of everybody with a total in these runs, by run and subject, whole."""
    found = {}
    for run in runs:
        shown = show(Run.objects.select_related("manifest", "scheme", "period", "scheme_version").get(pk=run.pk))
        scored = Score.objects.filter(result__in=shown.results.values(), total__isnull=False)
        for subject in scored.values_list("subject", flat=True):
            page = explained(shown, subject)
            found[run.pk, subject] = {each.name: getattr(page, each.name) for each in fields(page)} | {"shown": None}
    return found


def proofs(runs: list[Run], told: Iterable[tuple[int, int]]) -> list[dict[str, Any] | None]:
    """What each of these subjects may take home, of runs that readers see now."""
    codes = {run.pk: run.scheme.code for run in runs}
    asked = [(codes[run], subject) for run, subject in told]
    return [proof_of(WHOLE_CITY, scheme_code=code, period_code=PERIOD, subject=who) for code, who in asked]


def verdicts(runs: list[Run]) -> set[Verdict]:
    replayer = Replayer()
    return {replayer.replay(Run.objects.select_related("manifest").get(pk=run.pk)).verdict for run in runs}


def make_computed_town() -> tuple[Town, list[Run]]:
    """The golden city after its runs, with a correction that can be withdrawn."""
    town = make_golden_town()
    add_spell(town, MOVED, "illness", date(2026, 4, 1), date(2026, 4, 20))
    town.observe(BANNER, "DD01", PERIOD, "88", "100")
    town.observe("0900001", "OT01", PERIOD, "90", "100")
    town.observe(MOVED, "OT01", PERIOD, "91", "100")
    recompute_golden()
    return town, list(Run.objects.order_by("number"))


def test_a_run_and_its_explanations_hold_after_every_change() -> None:
    town, runs = make_computed_town()
    before, held = pages(runs), {}
    taken = proofs(runs, before)

    for about, changes in CHANGES.items():
        undo = transaction.savepoint()
        for change in changes:
            change(town)
        held[about] = (verdicts(runs), pages(runs) == before, proofs(runs, before) == taken)
        transaction.savepoint_rollback(undo)

    assert len(before) > 12
    assert None not in taken
    assert held == dict.fromkeys(CHANGES, ({Verdict.SAME}, True, True))


def test_the_runs_before_hold_when_all_has_changed_and_new_runs_stand() -> None:
    town, runs = make_computed_town()
    before = pages(runs)

    for change in (changed_posting, renamed_unit, corrected_value, withdrawn_entry, edited_group, newer_version):
        change(town)
    recompute_golden()

    newer = list(Run.objects.filter(number__gt=runs[-1].number))
    assert {run.scheme_id for run in newer} == {run.scheme_id for run in runs}
    assert (verdicts(runs), verdicts(newer)) == ({Verdict.SAME}, {Verdict.SAME})
    assert pages(runs) == before
    assert pages(newer) != before


def test_a_renamed_unit_makes_a_new_run_and_scores_no_group_again() -> None:
    town = make_golden_town(schemes=["TGC-BANNER"])
    recompute("TGC-BANNER")
    results = GroupResult.objects.count()
    rename_unit(unit=town.units[BANNER], actor=SYSTEM, name="新名")

    recompute("TGC-BANNER")

    assert (Run.objects.count(), GroupResult.objects.count()) == (2, results)
