from dataclasses import replace

import pytest

from evaluation.errors import BookingError
from evaluation.models import Exemption, Occurrence
from evaluation.services.exemptions import ExemptionRow, grant_exemptions, void_exemption
from evaluation.services.occurrences import OccurrenceRow, book_occurrences, void_occurrence
from foundation.actor import SYSTEM
from intake.services.indicators import define_indicator
from intake.services.periods import calendar_periods, open_periods
from tests.intake.services.test_indicators import RATE

BONUS = OccurrenceRow("A01", "2026Q2", "示例文件〔2026〕1号", unit_code="150602", points="2.5")
GATE = OccurrenceRow("G04", "2026Q2", "示例文件〔2026〕2号", employee_no="000101")
CASE = ExemptionRow("容错〔2026〕1号", "2026Q2", employee_no="000101", gate="G04")


@pytest.fixture(autouse=True)
def defined(cast):
    open_periods(rows=calendar_periods(2026), actor=SYSTEM)
    define_indicator(row=RATE, actor=SYSTEM)


def refused_code(service, row):
    with pytest.raises(BookingError) as refused:
        service(rows=[row], actor=SYSTEM, reason="测试")
    assert refused.value.message
    return refused.value.code


def test_bonus_is_booked_in_micro_points_and_a_gate_without(cast):
    book_occurrences(rows=[BONUS, GATE], actor=SYSTEM, reason="二季度")

    assert list(Occurrence.objects.order_by("code").values_list("code", "subject_id", "points")) == [
        ("A01", cast.units["150602"].pk, 2_500_000),
        ("G04", cast.cadres["000101"].pk, None),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (replace(BONUS, unit_code="150699"), "subject_unknown"),
        (replace(BONUS, unit_code="", employee_no="101"), "subject_unknown"),
        (replace(BONUS, employee_no="000101"), "subject_unknown"),
        (replace(BONUS, period="2027Q1"), "period_unknown"),
        (replace(BONUS, code="a01"), "event_code_wrong"),
        (replace(BONUS, source_text=" "), "source_wrong"),
        (replace(BONUS, points=""), "points_needed"),
        (replace(BONUS, points="2_5"), "points_wrong"),
        (replace(BONUS, points="0.0000001"), "points_wrong"),
        (replace(BONUS, points="0"), "points_zero"),
        (replace(GATE, points="-1"), "points_not_for_gate"),
    ],
)
def test_occurrence_that_cannot_be_is_refused(row, code):
    assert (refused_code(book_occurrences, row), Occurrence.objects.count()) == (code, 0)


def test_voided_occurrence_stays_for_the_auditor(cast):
    book_occurrences(rows=[BONUS], actor=SYSTEM, reason="二季度")
    booked = Occurrence.objects.get()

    voided = void_occurrence(occurrence=booked, actor=SYSTEM, reason="撤销")

    assert (voided.ref, voided.is_void, voided.points) == (booked.ref, True, 2_500_000)
    assert Occurrence.objects.filter(ref=booked.ref).count() == 2
    for stale, code in ((voided, "void_already"), (booked, "fact_moved_on")):
        with pytest.raises(BookingError) as refused:
            void_occurrence(occurrence=stale, actor=SYSTEM, reason="撤销")
        assert refused.value.code == code


def test_exemption_names_one_thing_of_its_own_subject():
    book_occurrences(rows=[BONUS, GATE], actor=SYSTEM, reason="二季度")
    foreign = Occurrence.objects.get(code="A01").ref

    assert refused_code(grant_exemptions, replace(CASE, gate="")) == "one_thing_needed"
    assert refused_code(grant_exemptions, replace(CASE, indicator="ZZ04")) == "one_thing_needed"
    assert refused_code(grant_exemptions, replace(CASE, gate="", indicator="DD99")) == "indicator_unknown"
    assert refused_code(grant_exemptions, replace(CASE, gate="", occurrence_ref=foreign)) == "occurrence_unknown"
    assert refused_code(grant_exemptions, replace(CASE, case_number="")) == "case_number_wrong"
    assert Exemption.objects.count() == 0


def test_exemption_is_granted_and_taken_back(cast):
    rows = [CASE, replace(CASE, gate="", indicator="ZZ04")]

    entry = grant_exemptions(rows=rows, actor=SYSTEM, reason="容错认定")

    assert (entry.n_new, set(Exemption.objects.values_list("gate", flat=True))) == (2, {"G04", ""})
    voided = void_exemption(exemption=Exemption.objects.get(gate="G04"), actor=SYSTEM, reason="撤销认定")
    assert (voided.is_void, voided.case_number) == (True, "容错〔2026〕1号")
