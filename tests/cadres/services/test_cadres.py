from datetime import date

import pytest

from cadres.errors import CadreError
from cadres.models import Cadre
from cadres.services.cadres import CadreRow, amend_cadre, register_cadre, register_cadres
from foundation.actor import SYSTEM
from foundation.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

NAMES = [
    "白音",
    "例·额尔德木图",
    "ᠰᠠᠷᠠᠩᠭᠡᠷᠡᠯ",
    "ᠡᠷᠳᠡᠨᠢ ᠲᠦᠭᠯ᠎ᠠ",
    "样𠮷𬭎",
    "拟𫖮之",
    "x" * 50,
    "𠮷" * 50,
    "O'Neil-García",
]


def test_names_are_kept_as_they_are():
    rows = [CadreRow(f"{number:06}", name) for number, name in enumerate(NAMES)]

    register_cadres(rows=rows, actor=SYSTEM)

    assert list(Cadre.objects.order_by("employee_no").values_list("name", flat=True)) == NAMES


def test_leading_zeros_are_part_of_the_number():
    register_cadre(row=CadreRow("0015", "白音"), actor=SYSTEM)
    register_cadre(row=CadreRow("15", "白音"), actor=SYSTEM)

    assert sorted(Cadre.objects.values_list("employee_no", flat=True)) == ["0015", "15"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (CadreRow("", "白音"), "employee_no_wrong"),
        (CadreRow("0" * 21, "白音"), "employee_no_wrong"),
        (CadreRow("工号1", "白音"), "employee_no_wrong"),
        (CadreRow("000102", ""), "name_empty"),
        (CadreRow("000102", " 白音"), "name_edge_space"),
        (CadreRow("000102", "白音\u3000"), "name_edge_space"),
        (CadreRow("000102", "白\x00音"), "name_control_character"),
        (CadreRow("000102", "白\n音"), "name_control_character"),
        (CadreRow("000102", "白\ud83d音"), "name_control_character"),
        (CadreRow("000102", "白\u202e音"), "name_control_character"),
        (CadreRow("000102", "白" * 51), "name_too_long"),
        (CadreRow("000102", "白音", born_on=date(1980, 5, 2)), "birth_month_wrong"),
        (CadreRow("000101", "另一人"), "employee_no_twice"),
    ],
)
def test_one_bad_person_keeps_all_out(row, code):
    with pytest.raises(CadreError) as refused:
        register_cadres(rows=[CadreRow("000101", "白音"), row], actor=SYSTEM)

    assert (refused.value.code, bool(refused.value.message), Cadre.objects.count()) == (code, True, 0)


def test_taken_number_names_its_holder():
    register_cadre(row=CadreRow("000101", "白音"), actor=SYSTEM)

    with pytest.raises(CadreError, match="白音"):
        register_cadre(row=CadreRow("000101", "另一人"), actor=SYSTEM)


def test_amended_name_sorts_anew_and_the_event_names_fields_not_values():
    cadre = register_cadre(row=CadreRow("000101", "单小满"), actor=SYSTEM)

    amend_cadre(cadre=cadre, actor=SYSTEM, row=CadreRow("000101", "曾小满", ethnicity="蒙古族"))

    cadre.refresh_from_db()
    assert (cadre.name, cadre.pinyin, cadre.ethnicity) == ("曾小满", "zeng xiao man", "蒙古族")
    assert AuditEvent.objects.latest("seq").after == {"fields": ["ethnicity", "initials", "name", "pinyin"]}
