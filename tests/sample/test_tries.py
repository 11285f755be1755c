from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from foundation.jobs.services import work_inline
from intake.enums import BatchState
from intake.models import Batch, Observation
from intake.services.batches import receive_upload, request_commit
from ordos_cadres.sample.city import FOLDER, figures_of
from ordos_cadres.sample.people import DEFAULT_CADRES, people
from ordos_cadres.sample.tries import FAULTY, MENDED, faulty_rows, mended_rows
from ordos_cadres.sample.tries import FOLDER as TRY
from tests.cast import actor

README = Path(__file__).parents[2] / "ordos_cadres" / "sample" / "README.md"


def planted():
    everybody = people(DEFAULT_CADRES)
    return faulty_rows(mended_rows(figures_of(everybody), everybody))[1]


def upload(name):
    path = Path(settings.VAR_DIR) / FOLDER / TRY / name
    hr = actor(User.objects.get(username="hr.city"))
    requested = receive_upload(chunks=[path.read_bytes()], name=name, actor=hr)
    work_inline(requested.job)
    return Batch.objects.get(pk=requested.batch.pk), hr


def test_faulty_file_has_exactly_the_planted_problems(city):
    batch, _hr = upload(FAULTY)

    cells = [(kind["code"], cell["row"], cell["column"]) for kind in batch.report["kinds"] for cell in kind["cells"]]
    assert batch.state == BatchState.REJECTED
    assert sorted(cells) == sorted((each.code, each.row, each.column) for each in planted())


def test_mended_file_corrects_some_figures_and_brings_new_ones(city):
    before = Observation.objects.filter(seq_to=None).count()
    batch, hr = upload(MENDED)
    assert batch.state == BatchState.CHECKED

    work_inline(request_commit(batch=batch, actor=hr, plan_sha256=batch.plan_sha256, accepted_corrections=5).job)

    batch = Batch.objects.select_related("entry").get(pk=batch.pk)
    assert (batch.state, batch.entry.n_new, batch.entry.n_changed) == (BatchState.COMMITTED, 6, 5)
    assert Observation.objects.filter(seq_to=None).count() == before + 6


@pytest.mark.pure
def test_readme_lists_what_is_planted():
    rows = [line.split("|") for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [(row[1].strip(), row[3].strip(" `")) for row in rows[1:]]

    assert told == [(f"{each.column}{each.row}", each.code) for each in planted()]
