"""Two runs of one scheme: the lines that moved sum to the change, and each says why."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.models import Exemption, GroupMember, GroupSet, Occurrence, Run
from evaluation.presenters.differences import difference
from evaluation.selectors.difference_causes import Cause
from evaluation.selectors.differences import SubjectDifference, subject_difference
from evaluation.selectors.group_differences import DifferenceQuery, GroupDifference, Moved, group_difference
from evaluation.selectors.lines import shown_changes
from evaluation.selectors.runs_compared import TwoRuns, two_runs
from tests.evaluation.factories import Town, add_cadre, add_peers, approve, make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute
from tests.evaluation.scoring.sample import documents

HEADS, BANNERS, LIKE = "TGC-BANNER-HEAD", "TGC-BANNER", "0900001"


@pytest.fixture
def town(db: None) -> Town:
    town = make_golden_town(schemes=["TGC-BANNER", "TGC-DEPARTMENT", HEADS])
    add_peers(town, LIKE, 3)
    recompute(HEADS)
    return town


def newest(code: str, n: int = 2) -> TwoRuns:
    refs = list(Run.objects.filter(scheme__code=code).order_by("-number").values_list("ref", flat=True)[:n])
    found = two_runs(refs[0], refs[-1])
    assert found is not None
    return found


def of(town: Town, subject: str, code: str = HEADS) -> SubjectDifference:
    found = subject_difference(WHOLE_CITY, newest(code), subject=town.subject(subject))
    assert found is not None
    return found


def causes(found: SubjectDifference) -> dict[str, list[Cause]]:
    return {line.line.code: [each.cause for each in line.causes] for line in found.lines}


def assert_sums(found: SubjectDifference) -> None:
    """To the last micro-point, and again in the digits of the page."""
    assert sum(line.change or 0 for line in found.lines) == found.change
    shown = difference(found, here="")
    was, now = (round(half.total / 10_000 + 1e-9) for half in (found.older, found.newer))
    assert shown.change == sum(line.change or 0 for line in shown.lines) == (now - was) * 10_000
    assert all(line.causes for line in found.lines)


def test_a_corrected_value_moves_its_line_alone_and_is_named_old_to_new(town: Town) -> None:
    town.observe(LIKE, "OT01", PERIOD, "50", "100")
    recompute(HEADS)

    found = of(town, LIKE)

    (line,) = found.lines
    (because,) = line.causes
    assert (line.line.code, because.cause, because.after) == ("OT01", Cause.VALUE, "50.00")
    assert because.before == "96.40"
    assert because.source is not None
    assert because.source.row == 2
    assert found.change is not None
    assert found.change < 0
    assert_sums(found)


def test_a_value_of_the_unit_reaches_the_person_with_the_way_to_the_units_own_difference(town: Town) -> None:
    town.observe("150622", "DD01", PERIOD, "50", "100")
    recompute(HEADS)

    person, unit = of(town, LIKE), of(town, "150622", BANNERS)

    line = next(line for line in person.lines if line.line.code == "DD01")
    assert line.line.unit_code == "150622"
    assert line.unit_runs == (newest(BANNERS).older.run.ref, newest(BANNERS).newer.run.ref)
    assert [each.cause for each in line.causes] == [Cause.VALUE]
    assert causes(unit)["DD01"] == [Cause.VALUE]
    assert_sums(person)
    assert_sums(unit)


def test_a_target_an_occurrence_an_exemption_are_named(town: Town) -> None:
    town.observe(LIKE, "OT01", PERIOD, "96.40", "120")
    pk = town.subject(LIKE)
    row = {"subject_id": pk, "period_id": town.periods[PERIOD].pk}
    town.store(Occurrence, [{**row, "ref": "b1", "code": "A01", "points": 500_000, "source_text": "通报表扬"}])
    freed = {"indicator_id": town.indicators["JY03"].pk, "occurrence_ref": "", "gate": ""}
    town.store(Exemption, [{**row, **freed, "ref": "f1", "case_number": "容〔2026〕9 号"}])
    recompute(HEADS)

    found = of(town, LIKE)

    assert causes(found)["OT01"] == [Cause.TARGET]
    assert causes(found)["A01"] == [Cause.BOOKED]
    assert causes(found)["JY03"] == [Cause.EXEMPTED]
    assert_sums(found)


@pytest.mark.django_db
def test_others_values_are_told_as_a_change_in_the_group() -> None:
    town = make_golden_town(schemes=["TGC-TOWNSHIP"])
    recompute("TGC-TOWNSHIP")
    town.observe("150622106", "DD07", PERIOD, "12.0", "7")
    recompute("TGC-TOWNSHIP")

    found = of(town, "150622102", "TGC-TOWNSHIP")

    assert causes(found) == {"DD07": [Cause.GROUP_DATA]}
    assert_sums(found)
    assert found.change < 0


def test_another_version_of_the_scheme_names_weights_and_rules(town: Town) -> None:
    body = dict(documents()[HEADS])
    tree = {**body["tree"], "parts": [{**part} for part in body["tree"]["parts"]]}
    tree["parts"][1]["weight"], tree["parts"][2]["weight"] = "20", "20"
    approve({**body, "tree": tree}, number=2)
    recompute(HEADS)

    found = of(town, LIKE)

    assert causes(found)["OT01"] == [Cause.WEIGHT]
    assert causes(found)["JY01"] == [Cause.WEIGHT]
    assert "DD01" not in causes(found)
    assert_sums(found)


def test_who_enters_leaves_or_changes_the_group_is_told(town: Town) -> None:
    number = "0700009"
    cadre = add_cadre(town, number, "150622", starts_on=date(2024, 1, 1), level="县处级正职", post_class="head")
    town.observe(LIKE, "OT01", PERIOD, "50", "100")
    recompute(HEADS)

    found = group_difference(WHOLE_CITY, newest(HEADS), DifferenceQuery(group="能源旗"))

    assert found is not None
    assert (found.n_entered, found.n_left) == (1, 0)
    moves = {each.row.subject: each.row.moved for each in found.rows}
    assert moves[cadre.pk] is Moved.ENTERED
    assert moves[town.subject(LIKE)] is Moved.CHANGED
    assert found.largest is not None
    assert found.largest.row.subject == town.subject(LIKE)
    assert [(each.kind, each.n) for each in found.entries] == [("test", 1), ("test", 1)]


def test_a_unit_that_changes_its_group_is_in_both(town: Town) -> None:
    row = {"group_set_id": GroupSet.objects.get(code="banner-2026").pk, "unit_id": town.units["150622"].pk}
    town.store(GroupMember, [{**row, "group_key": "新组", "starts_on": date(2025, 7, 1), "reason": "调整"}])
    recompute(HEADS)

    into, out = (
        group_difference(WHOLE_CITY, newest(HEADS), DifferenceQuery(group=group)) for group in ("新组", "能源旗")
    )

    assert into is not None
    assert out is not None
    assert {each.row.moved for each in into.rows} == {Moved.CAME}
    assert {each.row.moved for each in out.rows} == {Moved.WENT}


def test_two_periods_compare_their_values_and_name_no_entries(town: Town) -> None:
    town.observe(LIKE, "OT01", "2026Q1", "70", "100")
    recompute(HEADS, "2026Q1")
    refs = [
        Run.objects.filter(scheme__code=HEADS, period__code=code).latest("number").ref for code in ("2026Q1", PERIOD)
    ]
    runs = two_runs(*refs)
    assert runs is not None

    found = subject_difference(WHOLE_CITY, runs, subject=town.subject(LIKE))
    group = group_difference(WHOLE_CITY, runs, DifferenceQuery(group="能源旗"))

    assert found is not None
    assert (runs.older.run.period.code, found.change) == ("2026Q1", None)
    assert found.older.reason_text
    assert next(line for line in found.lines if line.line.code == "OT01").causes[0].before == "70.00"
    assert group is not None
    assert group.entries == ()


def test_pages_of_a_group_follow_each_other_without_a_gap(town: Town) -> None:
    town.observe(LIKE, "OT01", PERIOD, "50", "100")
    recompute(HEADS)
    asked = DifferenceQuery(group="能源旗", most=2)
    seen: list[int] = []
    page: GroupDifference | None = group_difference(WHOLE_CITY, newest(HEADS), asked)
    while page is not None:
        seen += [each.row.subject for each in page.rows]
        after = page.next_after
        page = (
            group_difference(WHOLE_CITY, newest(HEADS), DifferenceQuery("能源旗", after=after, most=2))
            if after
            else None
        )

    whole = group_difference(WHOLE_CITY, newest(HEADS), DifferenceQuery(group="能源旗", most=None))
    assert whole is not None
    assert seen == [each.row.subject for each in whole.rows]
    assert len(seen) == whole.n > 2


def test_runs_of_two_schemes_or_one_run_alone_are_not_compared(town: Town) -> None:
    heads, banners = (Run.objects.filter(scheme__code=code).latest("number").ref for code in (HEADS, BANNERS))

    assert two_runs(heads, banners) is None
    assert two_runs(heads, heads) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(-(10**8), 10**8), max_size=12), st.integers(0, 10**8), st.integers(0, 4))
def test_shown_changes_sum_to_the_change_of_the_shown_total(changes: list[int], before: int, show: int) -> None:
    after, step = before + sum(changes), 10 ** (6 - show)

    shown = shown_changes(changes, before=before, after=after, show=show)

    assert sum(shown) == (after + step // 2) // step * step - (before + step // 2) // step * step
    assert all(abs(one - other) < step for one, other in zip(changes, shown, strict=True))
    assert all(not one for one, other in zip(shown, changes, strict=True) if other == 0)
