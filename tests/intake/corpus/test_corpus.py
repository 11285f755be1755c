"""Every file of the corpus goes through the real door, and its outcome is the one that the policy names."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from foundation.errors import DomainError
from intake.enums import BatchState
from intake.models import Batch, Observation
from intake.services.batches import receive_upload
from tests.cast import Cast, actor
from tests.intake.corpus import csv_cases, package_cases, sheet_cases, table_cases
from tests.intake.corpus.outcomes import Case, Refused, Rejected, Stored
from tests.intake.factories import Uploaded, commit, upload

pytestmark = pytest.mark.usefixtures("indicators")

CASES = [*sheet_cases.CASES, *package_cases.CASES, *table_cases.CASES, *csv_cases.CASES]


def of(kind: type) -> Any:
    return pytest.mark.parametrize("case", [case for case in CASES if isinstance(case.outcome, kind)], ids=str)


def told(sent: Uploaded) -> list[tuple[str, str]]:
    return sorted((problem.code, problem.ref) for problem in sent.report.problems)


def in_store(cast: Cast) -> dict[str, int]:
    codes = {unit.pk: unit.code for unit in cast.units.values()}
    return {codes[fact.subject_id]: fact.value for fact in Observation.objects.filter(seq_to=None)}


def kept_files() -> set[Path]:
    return {path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}


def test_the_corpus_is_large_and_its_names_are_its_own() -> None:
    assert len(CASES) >= 150
    assert [name for name, count in Counter(map(str, CASES)).items() if count > 1] == []


@of(Stored)
def test_a_file_is_taken_with_what_is_told_of_it(cast: Cast, case: Case) -> None:
    assert isinstance(case.outcome, Stored)
    sent = upload(cast.hr_city, case.make(), case.file_name)

    assert told(sent) == sorted(case.outcome.told)
    assert sent.batch.state == BatchState.CHECKED
    assert commit(cast.hr_city, sent).batch.state == BatchState.COMMITTED
    assert in_store(cast) == case.outcome.values


@of(Rejected)
def test_a_file_is_rejected_for_the_problems_it_has(cast: Cast, case: Case) -> None:
    assert isinstance(case.outcome, Rejected)
    sent = upload(cast.hr_city, case.make(), case.file_name)

    assert told(sent) == sorted(case.outcome.told)
    assert sent.batch.state == BatchState.REJECTED
    assert all("请" in problem.message or problem.kind.remedy for problem in sent.report.problems)
    assert in_store(cast) == {}


@of(Refused)
def test_a_file_is_refused_at_the_door_and_not_kept(cast: Cast, case: Case) -> None:
    assert isinstance(case.outcome, Refused)
    before = kept_files()

    with pytest.raises(DomainError) as refused:
        receive_upload(chunks=[case.make()], name=case.file_name, actor=actor(cast.hr_city))

    assert refused.value.code == case.outcome.code
    assert "请" in refused.value.message
    assert (Batch.objects.count(), kept_files() - before) == (0, set())
