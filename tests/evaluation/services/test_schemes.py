import re
from datetime import date

import pytest

from accounts.enums import Role
from evaluation.matrices.basis import basis_of, manifest_for
from evaluation.services.groups import create_group_set
from evaluation.services.schemes import approve_scheme, propose_scheme
from foundation.actor import SYSTEM
from foundation.rulebook.errors import RuleError
from foundation.rulebook.models import RuleVersion
from foundation.rulebook.schemas import rule_kind, schema_faults
from intake.models import Period
from intake.services.indicators import define_indicators
from intake.services.periods import calendar_periods, open_periods
from ordos_cadres.sample.catalogue import indicator_rows, scheme_texts
from ordos_cadres.sample.places import SETS, unit_rows
from tests.cast import actor, make_user
from units.services import register_units

DAY = date(2025, 7, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(db):
    register_units(rows=unit_rows(), actor=SYSTEM)
    define_indicators(rows=indicator_rows(), actor=SYSTEM)
    for code, name in SETS.items():
        create_group_set(code=code, actor=SYSTEM, name=name)


@pytest.fixture
def hr(prepared):
    return actor(make_user("hr", "例霜降", Role.HR_OFFICER))


@pytest.fixture
def leader(prepared):
    return actor(make_user("leader", "虚立春", Role.LEADERSHIP))


def faults(text, hr):
    with pytest.raises(RuleError) as refused:
        propose_scheme(text=text, actor=hr, in_force_from=DAY)
    assert all(fault.message for fault in refused.value.faults)
    return [(fault.path, fault.code) for fault in refused.value.faults]


def test_eleven_sample_documents_are_proposed_by_one_and_approved_by_another(hr, leader):
    for text in scheme_texts():
        version = propose_scheme(text=text, actor=hr, in_force_from=DAY)
        with pytest.raises(RuleError, match="另一人"):
            approve_scheme(version=version, actor=hr)
        approve_scheme(version=version, actor=leader)

    assert RuleVersion.objects.filter(approved_by="user:leader").count() == 11


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("weight: 18, indicator: DD01", "weight: 19, indicator: DD01", ("tree.parts[0].parts", "weights_not_100")),
        ("indicator: DD01", "indicator: DD99", ("tree.parts[0].parts[0].indicator", "unknown_indicator")),
        ("indicator: DD01", "indicator: OT01", ("tree.parts[0].parts[0].indicator", "indicator_of_other_kind")),
        ("set: banner-2026", "set: banner-1999", ("groups.set", "unknown_group_set")),
        ("missing: reweight", "missing: guess", ("missing", "not_one_of")),
        ("basis:", "ethnicity: 蒙古族\nbasis:", ("ethnicity", "unknown_key")),
    ],
)
def test_fault_of_a_document_is_told_with_its_path(hr, old, new, fault):
    text = scheme_texts()[0]
    assert old in text

    assert fault in faults(text.replace(old, new, 1), hr)
    assert RuleVersion.objects.count() == 0


def test_person_scheme_needs_the_unit_schemes_it_names(hr):
    person = next(text for text in scheme_texts() if "code: TGC-BANNER-HEAD" in text)

    assert faults(person, hr) == [("tree.parts[0].index", "unknown_index")] * 3


def test_json_schema_alone_tells_an_unknown_key():
    schema = rule_kind("scheme").schema

    found = schema_faults(schema, {"document": "scheme/1", "colour": "red"})

    assert any("colour" in fault.message for fault in found)


def test_order_of_gates_and_occurrences_outlives_the_database(hr, leader):
    """A database may give keys back in an order of its own; the first void gate names the reason."""
    text = scheme_texts()[0]
    gates = re.search(r"gates:\n((?:  G\d\d: .*\n)+)", text)
    turned = "".join(reversed(gates[1].splitlines(keepends=True)))
    text = re.sub(r"items: \{.*\}\n", f"items: {TWO_ITEMS}\n", text.replace(gates[1], turned))
    proposed = propose_scheme(text=text, actor=hr, in_force_from=DAY)
    approve_scheme(version=proposed, actor=leader)
    open_periods(rows=calendar_periods(2026), actor=SYSTEM)

    version = RuleVersion.objects.get(pk=proposed.pk)
    scheme = basis_of(manifest_for(version, Period.objects.get(code="2026Q2"))).scheme

    assert [gate.code for gate in scheme.gates] == ["G07", "G06", "G02", "G01"]
    assert [code for code, _ in scheme.adjust.items] == ["A04", "A01"]


TWO_ITEMS = "{A04: {from: 0, to: 3}, A01: {from: 0, to: 5}}"
NEW_WORDS = [
    "{zscore: {centre: 80, per_sd: 10}}",
    "{percentile: {}}",
    "{rank_step: {first: 100, step: '2.5', floor: 0}}",
    "{ratio_to_best: {}}",
]


@pytest.mark.parametrize("rule", NEW_WORDS)
@pytest.mark.parametrize("how", ["harmonic", "minimum"])
@pytest.mark.parametrize("missing", ["zero(逾期未报)", "group_median"])
def test_every_word_of_the_vocabulary_passes_the_door(hr, rule, how, missing):
    """The JSON Schema has the last word: it must know what the engine's own reader takes."""
    leaf = f"score: {rule}, in_small_group: {{as_is: {{}}}}, missing: {missing}"
    text = re.sub(r"(key: DD01, .*?)score: .*", rf"\1{leaf}}}", scheme_texts()[0], count=1)
    text = text.replace("how: mean", f"how: {how}", 1)

    version = propose_scheme(text=text, actor=hr, in_force_from=DAY)

    assert version.body["tree"]["how"] == how
