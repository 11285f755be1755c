from datetime import date

import pytest

from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent
from units.enums import SuccessionKind, UnitKind
from units.errors import UnitError
from units.models import Subject, Unit, UnitAlias
from units.services import (
    UnitRow,
    add_unit_alias,
    end_unit,
    record_succession,
    register_unit,
    register_units,
    rename_unit,
)

DAY = date(2002, 1, 1)
CITY = UnitRow("150600", "鄂尔多斯市", UnitKind.CITY, DAY)
BANNER = UnitRow("150602", "东胜区", UnitKind.BANNER, DAY, "150600")

pytestmark = pytest.mark.django_db


def refusal(**row: object) -> str:
    with pytest.raises(UnitError) as refused:
        register_units(rows=[CITY, UnitRow(**{"starts_on": DAY, "kind": UnitKind.BANNER, **row})], actor=SYSTEM)
    assert Subject.objects.count() == 0
    assert refused.value.message
    return refused.value.code


def test_units_registered_in_bulk_stand_in_their_tree_with_one_event():
    register_units(rows=[CITY, BANNER], actor=SYSTEM)

    assert list(Unit.objects.order_by("code").values_list("code", "name", "parent__code")) == [
        ("150600", "鄂尔多斯市", None),
        ("150602", "东胜区", "150600"),
    ]
    event = AuditEvent.objects.get()
    assert (event.action, event.after, len(event.rows_sha256)) == ("units.registered", {"count": 2}, 64)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"code": "", "name": "某区"}, "code_wrong"),
        ({"code": "一五〇六", "name": "某区"}, "code_wrong"),
        ({"code": "150600", "name": "某区"}, "code_twice"),
        ({"code": "150602", "name": ""}, "name_wrong"),
        ({"code": "150602", "name": "某\n区"}, "name_wrong"),
        ({"code": "150602", "name": " 某区"}, "name_wrong"),
        ({"code": "150602", "name": "区" * 101}, "name_wrong"),
        ({"code": "150602", "name": "某区", "parent_code": "150699"}, "parent_unknown"),
        ({"code": "150602", "name": "某区", "ends_on": date(2001, 12, 31)}, "dates_reversed"),
    ],
)
def test_one_bad_unit_keeps_all_out(row, code):
    assert refusal(**row) == code


def test_taken_code_names_its_unit():
    register_units(rows=[CITY, BANNER], actor=SYSTEM)

    with pytest.raises(UnitError, match="东胜区"):
        register_unit(row=UnitRow("150602", "另一区", UnitKind.BANNER, DAY), actor=SYSTEM)


def test_renamed_unit_is_still_found_by_its_old_name():
    _city, banner = register_units(rows=[CITY, BANNER], actor=SYSTEM)

    rename_unit(unit=banner, actor=SYSTEM, name="东胜新区")

    assert Unit.objects.get(code="150602").name == "东胜新区"
    assert list(UnitAlias.objects.values_list("text", "unit__code")) == [("东胜区", "150602")]


def test_alias_points_to_one_unit_only():
    city, banner = register_units(rows=[CITY, BANNER], actor=SYSTEM)
    add_unit_alias(unit=banner, actor=SYSTEM, text="东胜")

    with pytest.raises(UnitError) as refused:
        add_unit_alias(unit=city, actor=SYSTEM, text="东胜")
    assert refused.value.code == "alias_taken"


def test_unit_ends_once():
    city = register_unit(row=CITY, actor=SYSTEM)
    end_unit(unit=city, actor=SYSTEM, ends_on=date(2026, 6, 30))

    with pytest.raises(UnitError) as refused:
        end_unit(unit=city, actor=SYSTEM, ends_on=date(2026, 7, 31))
    assert refused.value.code == "ended_already"


def test_unit_does_not_succeed_itself():
    city, banner = register_units(rows=[CITY, BANNER], actor=SYSTEM)
    record_succession(predecessor=banner, actor=SYSTEM, successor=city, took_effect_on=DAY, how=SuccessionKind.MERGED)

    with pytest.raises(UnitError) as refused:
        record_succession(predecessor=city, actor=SYSTEM, successor=city, took_effect_on=DAY, how=SuccessionKind.MERGED)
    assert refused.value.code == "same_unit"


def test_no_rows_are_nothing_to_do():
    assert register_units(rows=[], actor=SYSTEM) == []
    assert AuditEvent.objects.count() == 0
