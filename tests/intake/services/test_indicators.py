from dataclasses import replace

import pytest

from foundation.actor import SYSTEM
from intake.enums import Direction, PeriodKind
from intake.errors import DefinitionError
from intake.models import Indicator, IndicatorOption, IndicatorOwner
from intake.services.indicators import IndicatorRow, assign_owners, define_indicator, define_indicators
from units.enums import SubjectKind

MINE = Indicator.objects.filter(code__startswith="ZZ")
RATE = IndicatorRow(
    code="ZZ04",
    name_zh="固定资产投资增速",
    name_en="Fixed-asset investment growth",
    subject_kind=SubjectKind.UNIT,
    measure="%",
    places=2,
    low="-100",
    high="500",
    direction=Direction.MORE,
    native_period=PeriodKind.MONTH,
    basis="示例口径",
    owner_codes=("1506-TJJ",),
)
GRADE = replace(RATE, code="ZZ01", places=0, low="30", high="100", options=(("好", "100"), ("较差", "30")))


def test_bounds_options_and_owners_are_stored_in_units_of_the_places(cast):
    define_indicators(rows=[RATE, GRADE], actor=SYSTEM)

    assert list(MINE.order_by("code").values_list("code", "low", "high")) == [
        ("ZZ01", 30, 100),
        ("ZZ04", -10_000, 50_000),
    ]
    options = IndicatorOption.objects.filter(indicator__code="ZZ01").order_by("-stored")
    assert list(options.values_list("label", "stored")) == [("好", 100), ("较差", 30)]
    owners = IndicatorOwner.objects.filter(indicator__in=MINE)
    assert list(owners.values_list("unit__code", flat=True)) == ["1506-TJJ", "1506-TJJ"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "dd04"}, "code_wrong"),
        ({"code": "ZZ04 "}, "code_wrong"),
        ({"name_zh": ""}, "text_wrong"),
        ({"basis": "含\x00"}, "text_wrong"),
        ({"places": 10}, "places_wrong"),
        ({"low": "9_5"}, "bound_wrong"),
        ({"low": "0.001"}, "bound_wrong"),
        ({"high": "1e3"}, "bound_wrong"),
        ({"low": "500"}, "bounds_reversed"),
        ({"options": (("好", "501"),)}, "option_outside"),
        ({"options": (("好", "100"), ("好", "90"))}, "option_twice"),
        ({"options": (("好", "100"), ("较好", "100"))}, "option_twice"),
        ({"owner_codes": ("1506-XXX",)}, "owner_unknown"),
        ({}, "code_twice"),
    ],
)
def test_one_bad_indicator_keeps_all_out(cast, changes, code):
    with pytest.raises(DefinitionError) as refused:
        define_indicators(rows=[RATE, replace(RATE, **{"code": "ZZ05", **changes} if changes else {})], actor=SYSTEM)

    assert (refused.value.code, bool(refused.value.message), MINE.count()) == (code, True, 0)


def test_owners_are_assigned_anew(cast):
    indicator = define_indicator(row=RATE, actor=SYSTEM)

    assign_owners(indicator=indicator, actor=SYSTEM, unit_codes=["1506-SLJ", "1506-ZZB"])

    assert set(indicator.owners.values_list("unit__code", flat=True)) == {"1506-SLJ", "1506-ZZB"}
