"""Taking a result home: who may, what is recorded, and what is not there."""

import json
from collections.abc import Callable

from accounts.enums import Role
from accounts.models import User
from foundation.audit.models import AuditEvent
from tests.cast import make_user
from tests.client import PageClient
from tests.evaluation.factories import Town
from tests.evaluation.recompute import PERIOD
from tests.pages.conftest import HEADS, LIKE, NEIGHBOUR, Readers
from tools.verify_score import verify


def test_who_sees_the_result_takes_it_home_and_that_is_recorded(
    readers: Readers, client_for: Callable[[User], PageClient]
) -> None:
    client = client_for(readers.leader)
    page = client.get(f"/rankings/{HEADS}/{PERIOD}/")
    url = page.context["table"].rows[0].url.split("?")[0] + "proof/"

    data, book = client.post(url, {"form": "json"}), client.post(url, {"form": "xlsx"})

    proof = json.loads(b"".join(data.streaming_content))
    assert verify(proof) == []
    assert data.headers["Content-Disposition"].startswith("attachment; ")
    assert b"".join(book.streaming_content).startswith(b"PK")
    events = AuditEvent.objects.filter(action="proof.exported")
    assert [(e.actor_key, e.after) for e in events] == [
        (readers.leader.actor_key, {"subject": proof["subject"]["number"]})
    ] * 2
    assert client.get(url).status_code == 405


def test_a_foreign_result_is_not_there_to_be_taken(
    town: Town, readers: Readers, client_for: Callable[[User], PageClient]
) -> None:
    near, far = client_for(readers.near_officer), town.cadres[NEIGHBOUR].ref
    before = AuditEvent.objects.count()

    statuses = [
        near.post(f"/cadres/{far}/{HEADS}/{PERIOD}/proof/").status_code,
        near.post(f"/cadres/zz-nobody/{HEADS}/{PERIOD}/proof/").status_code,
        near.post(f"/units/150627/TGC-BANNER/{PERIOD}/proof/").status_code,
    ]

    assert statuses == [404, 404, 404]
    assert AuditEvent.objects.count() == before


def test_the_official_takes_the_own_result_home(town: Town, client_for: Callable[[User], PageClient]) -> None:
    cadre = town.cadres[LIKE]
    official = client_for(make_user("self", "本人", Role.CADRE, subject=cadre.subject))

    own = official.post(f"/cadres/{cadre.ref}/{HEADS}/{PERIOD}/proof/", {"form": "json"})
    other = official.post(f"/cadres/{town.cadres[NEIGHBOUR].ref}/{HEADS}/{PERIOD}/proof/", {"form": "json"})

    assert (own.status_code, other.status_code) == (200, 404)
    assert verify(json.loads(b"".join(own.streaming_content))) == []
