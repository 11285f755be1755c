import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError

from cadres.enums import Front, PostClass, PostingKind, PostLevel
from cadres.errors import CadreError
from cadres.models import Posting
from cadres.services.postings import (
    PostingRow,
    correct_posting,
    end_posting,
    post_cadre,
    post_cadres,
    transfer_cadre,
)
from foundation.actor import SYSTEM
from foundation.ledger.models import Entry, LedgerHead, Touch
from tests.cast import make_town

MAIN = PostingRow("000101", "150627", "旗长", PostClass.HEAD, PostLevel.CHU_HEAD, date(2026, 5, 11))


def open_posts(employee_no="000101"):
    rows = Posting.objects.filter(cadre__employee_no=employee_no, seq_to=None).order_by("starts_on")
    return [(row.unit.code, row.starts_on, row.ends_on) for row in rows]


def refusal(row, **kept):
    with pytest.raises(CadreError) as refused:
        post_cadres(rows=[row], actor=SYSTEM, reason="测试")
    assert refused.value.message
    return refused.value.code


def test_transfer_ends_one_post_and_begins_the_next_in_one_entry(cast):
    transfer_cadre(row=MAIN, actor=SYSTEM, reason="交流")

    assert open_posts() == [
        ("150602", date(2020, 1, 1), date(2026, 5, 10)),
        ("150627", date(2026, 5, 11), None),
    ]
    entry = Entry.objects.latest("seq")
    assert (entry.n_new, entry.n_changed, entry.reason) == (1, 1, "交流")
    touched = Touch.objects.filter(seq=entry.seq).values_list("subject_id", "what")
    assert list(touched) == [(cast.cadres["000101"].pk, "posting")]


def test_what_a_run_read_stays_readable_at_its_cut(cast):
    cut = LedgerHead.objects.get().seq
    transfer_cadre(row=MAIN, actor=SYSTEM, reason="交流")

    read = Posting.objects.filter(cadre=cast.cadres["000101"], seq_from__lte=cut).exclude(seq_to__lte=cut)
    assert [(row.starts_on, row.ends_on) for row in read] == [(date(2020, 1, 1), None)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "main_postings_overlap"),
        ({"employee_no": "000199"}, "employee_no_unknown"),
        ({"employee_no": "101"}, "employee_no_unknown"),
        ({"unit_code": "150699"}, "unit_unknown"),
        ({"title": ""}, "title_wrong"),
        ({"ends_on": date(2026, 5, 10)}, "dates_reversed"),
        ({"starts_on": date(1999, 1, 1)}, "unit_not_there_then"),
        ({"front": Front.PROJECT}, "front_without_front_line"),
        ({"kind": PostingKind.FRONT_LINE}, "front_missing"),
    ],
)
def test_posting_that_cannot_be_is_refused(cast, changes, code):
    before = Posting.objects.count()

    assert (refusal(replace(MAIN, **changes)), Posting.objects.count()) == (code, before)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(date(2020, 1, 1), date(2020, 1, 1)), (date(2019, 1, 1), date(2020, 1, 1)), (date(2026, 1, 1), None)],
)
def test_one_common_day_is_an_overlap(cast, starts_on, ends_on):
    assert refusal(replace(MAIN, starts_on=starts_on, ends_on=ends_on)) == "main_postings_overlap"


def test_neighbouring_days_and_other_kinds_do_not_overlap(cast):
    before = replace(MAIN, starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31))
    beside = replace(MAIN, kind=PostingKind.SECONDED)

    post_cadres(rows=[before, beside], actor=SYSTEM, reason="测试")

    assert len(open_posts()) == 3


def test_rows_of_one_file_may_not_overlap_each_other(cast):
    post = open_posting("000102")
    end_posting(posting=post, actor=SYSTEM, ends_on=date(2026, 3, 31), reason="免职")
    rows = [replace(MAIN, employee_no="000102"), replace(MAIN, employee_no="000102", unit_code="150602")]

    with pytest.raises(CadreError) as refused:
        post_cadres(rows=rows, actor=SYSTEM, reason="测试")
    assert refused.value.code == "main_postings_overlap"


def open_posting(employee_no):
    return Posting.objects.select_related("cadre", "unit").get(cadre__employee_no=employee_no, seq_to=None)


def test_correction_keeps_the_reference_and_the_old_row(cast):
    post = open_posting("000101")
    row = replace(MAIN, unit_code="150602", starts_on=date(2019, 12, 1))

    corrected = correct_posting(posting=post, actor=SYSTEM, row=row, reason="日期更正")

    assert (corrected.ref, corrected.starts_on) == (post.ref, date(2019, 12, 1))
    assert Posting.objects.filter(ref=post.ref).count() == 2


def test_second_officer_is_told_that_the_posting_moved_on(cast):
    seen_by_both = open_posting("000101")
    end_posting(posting=seen_by_both, actor=SYSTEM, ends_on=date(2026, 3, 31), reason="免职")

    with pytest.raises(CadreError) as refused:
        end_posting(posting=seen_by_both, actor=SYSTEM, ends_on=date(2026, 4, 30), reason="免职")
    assert refused.value.code == "fact_moved_on"


def test_database_refuses_an_overlap_that_no_service_saw(cast):
    post = post_cadre(row=replace(MAIN, employee_no="000102", kind=PostingKind.SECONDED), actor=SYSTEM, reason="挂职")
    columns = "cadre_id, unit_id, title, post_class, post_level, front, starts_on, ends_on, seq_from, said_by"

    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cadres_posting (ref, kind, {columns}) "
            f"SELECT 'another00ref', 'main', {columns} FROM cadres_posting WHERE ref = %s",
            [post.ref],
        )


def test_two_officers_at_once_give_one_main_posting(copied_database):
    make_town()
    row = replace(MAIN, employee_no="000101")
    end_posting(posting=open_posting("000101"), actor=SYSTEM, ends_on=date(2026, 5, 10), reason="免职")
    answers = []

    def post(unit_code):
        try:
            post_cadre(row=replace(row, unit_code=unit_code), actor=SYSTEM, reason="任职")
            answers.append("posted")
        except CadreError as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    officers = [threading.Thread(target=post, args=(code,)) for code in ("150627", "1506-SLJ")]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()

    assert sorted(answers) == ["main_postings_overlap", "posted"]
