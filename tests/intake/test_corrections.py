"""A file that corrects is stored only when somebody has looked at old and new and said how many."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import DomainError
from intake.contents import is_jump
from intake.enums import BatchState
from intake.models import Batch
from intake.selectors.batch_pages import batch_page
from intake.selectors.corrections import CorrectionPanel
from intake.services.batches import request_commit
from tests.cast import Cast, actor, scope
from tests.client import PageClient
from tests.intake.commands.test_upload import run, run_json
from tests.intake.factories import csv_bytes, send, store, stored

pytestmark = pytest.mark.usefixtures("indicators")

ClientFor = Callable[[Any], PageClient]

ROW = ["", "150602", "DD01", "2026Q1", "95.5"]
OTHER = ["", "150627", "DD01", "2026Q1", "80"]
CLOSE = [*ROW[:4], "96"]
FAR = [*OTHER[:4], "8"]


def panel_of(cast: Cast, reader: Any, batch: Batch) -> CorrectionPanel | None:
    page = batch_page(scope(reader), ref=batch.ref)
    assert page is not None
    return page.corrections


def test_page_shows_old_and_new_by_how_much_and_who_said_the_old(cast: Cast) -> None:
    first = store(cast.clerk_statistics, ROW, OTHER)

    panel = panel_of(cast, cast.hr_city, send(cast.hr_city, CLOSE, FAR).batch)

    assert panel is not None
    assert panel.heading == "提交后会更正 2 条已有数据"
    shown = [(row.ref, row.before, row.after, row.difference, bool(row.jump)) for row in panel.rows]
    assert shown == [("E3", "80.00", "8.00", "−72.00", True), ("E2", "95.50", "96.00", "+0.50", False)]
    said = panel.rows[0].said
    assert said is not None
    assert (said.batch, said.batch_ref, said.who) == ("批次 1", first.batch.ref, "示清明")
    assert panel.accept.value == "2"
    assert "其中 1 条变动较大" in str(panel.accept.label)


def test_page_of_a_batch_leads_nobody_to_a_batch_that_is_not_theirs(cast: Cast) -> None:
    store(cast.hr_city, ROW)

    panel = panel_of(cast, cast.clerk_statistics, send(cast.clerk_statistics, CLOSE).batch)

    assert panel is not None
    assert panel.rows[0].said is not None
    assert (panel.rows[0].said.batch, panel.rows[0].said.batch_ref) == ("批次 1", "")


def test_file_without_corrections_asks_for_no_tick(cast: Cast) -> None:
    store(cast.hr_city, ROW)

    assert panel_of(cast, cast.hr_city, send(cast.hr_city, ROW, OTHER).batch) is None


@pytest.mark.parametrize("accepted", [0, 1, 3])
def test_commit_of_corrections_needs_their_number(cast: Cast, accepted: int) -> None:
    store(cast.hr_city, ROW, OTHER)
    sent = send(cast.hr_city, CLOSE, FAR)

    with pytest.raises(DomainError, match="corrections_not_accepted"):
        request_commit(
            batch=sent.batch,
            actor=actor(cast.hr_city),
            plan_sha256=sent.batch.plan_sha256,
            accepted_corrections=accepted,
        )

    assert [row[4] for row in stored(cast)] == [9550, 8000]


def test_button_without_the_tick_is_refused_in_words(client_for: ClientFor, cast: Cast) -> None:
    store(cast.hr_city, ROW)
    batch, client = send(cast.hr_city, CLOSE).batch, client_for(cast.hr_city)
    url, plan = f"/batches/{batch.ref}/commit/", {"plan_sha256": batch.plan_sha256}

    refused = client.post(url, plan)
    taken = client.post(url, {**plan, "accepted_corrections": "1"})

    assert refused.status_code == 409
    assert "会更正 1 条已有数据，您确认的是 0 条" in refused.content.decode()
    assert re.search(r'name="accepted_corrections"\s+value="1"\s+required', refused.content.decode())
    assert taken.status_code == 302


def test_command_stores_corrections_only_with_their_number(cast: Cast, tmp_path: Path) -> None:
    store(cast.hr_city, ROW, OTHER)
    path = tmp_path / "corrections.csv"
    path.write_bytes(csv_bytes([CLOSE, FAR]))

    status, out, err = run(path, "--as", "hr.city", "--commit")
    assert (status, Batch.objects.latest("number").state) == (1, BatchState.CHECKED)
    assert "您确认的是 0 条" in err
    assert "80.00 → 8.00  变动较大" in out
    assert "--accept-corrections 2" in out

    status, told = run_json(path, "--commit", "--accept-corrections", "2")
    assert (status, told["state"], told["receipt"]["changed"]) == (0, "committed", 2)


@pytest.mark.parametrize(
    ("before", "after", "is_far"),
    [(100, 150, False), (100, 151, True), (-100, -49, True), (0, 1, True), (10, -10, True), (7, 7, False)],
)
def test_a_jump_is_more_than_half_of_the_old_value(before: int, after: int, is_far: bool) -> None:
    assert is_jump((before, "value", "final"), (after, "value", "final")) is is_far


def test_taking_a_number_back_is_a_jump_and_a_new_vintage_is_none() -> None:
    assert is_jump((5, "value", "final"), (None, "void", "final"))
    assert not is_jump((5, "value", "preliminary"), (5, "value", "final"))
