from datetime import date

import pytest

from evaluation.errors import BookingError
from evaluation.models import GroupMember, GroupSet
from evaluation.services.groups import MemberRow, create_group_set, end_membership, place_units
from foundation.actor import SYSTEM

START, DECIDED = date(2026, 7, 1), date(2026, 6, 20)


@pytest.fixture
def banners(cast):
    return create_group_set(code="banner-2027", actor=SYSTEM, name="旗区同类组")


def place(group_set, *rows, on=DECIDED, reason=""):
    return place_units(group_set=group_set, actor=SYSTEM, rows=rows, on=on, reason=reason)


def refused_code(call):
    with pytest.raises(BookingError) as refused:
        call()
    assert refused.value.message
    return refused.value.code


def test_units_are_placed_and_move_with_a_reason(banners):
    place(banners, MemberRow("150602", "城区", START), MemberRow("150627", "能源旗", START))
    member = GroupMember.objects.select_related("unit", "group_set").get(unit__code="150602", seq_to=None)
    end_membership(member=member, actor=SYSTEM, ends_on=date(2026, 9, 30), reason="区划调整")
    place(banners, MemberRow("150602", "能源旗", date(2026, 10, 1)), on=date(2026, 10, 8), reason="区划调整")

    rows = GroupMember.objects.filter(unit__code="150602", seq_to=None).order_by("starts_on")
    assert list(rows.values_list("group_key", "starts_on", "ends_on", "reason")) == [
        ("城区", START, date(2026, 9, 30), "区划调整"),
        ("能源旗", date(2026, 10, 1), None, "区划调整"),
    ]


def test_placing_after_the_first_day_needs_a_reason(banners):
    late = date(2026, 7, 2)

    assert refused_code(lambda: place(banners, MemberRow("150602", "城区", START), on=late)) == "reason_needed"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (MemberRow("150699", "城区", START), "unit_unknown"),
        (MemberRow("150627", "", START), "group_wrong"),
        (MemberRow("150627", "城区", START, DECIDED), "dates_reversed"),
        (MemberRow("150602", "能源旗", START), "in_two_groups"),
        (MemberRow("150602", "能源旗", date(2026, 8, 1)), "in_two_groups"),
    ],
)
def test_one_bad_member_keeps_all_out(banners, row, code):
    assert refused_code(lambda: place(banners, MemberRow("150602", "城区", START), row)) == code
    assert GroupMember.objects.count() == 0


def test_placed_unit_may_not_be_placed_twice(banners):
    place(banners, MemberRow("150602", "城区", START))

    assert refused_code(lambda: place(banners, MemberRow("150602", "能源旗", date(2026, 9, 1)))) == "in_two_groups"


@pytest.mark.parametrize(("code", "name"), [("Banner 2027", "旗区"), ("banner-2028", ""), ("banner-2027", "旗区")])
def test_group_set_that_cannot_be_is_refused(banners, code, name):
    expected = {"Banner 2027": "set_code_wrong", "banner-2028": "name_wrong", "banner-2027": "set_code_taken"}[code]

    assert refused_code(lambda: create_group_set(code=code, actor=SYSTEM, name=name)) == expected
    assert GroupSet.objects.count() == 1
