"""Whoever changes the trail behind the program's back is found out, and the first bad event is named.

Each attack is looked at by the program, by ``tools/verify.py`` on the database and by it on an export,
with and without the anchors that were written before the attack.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from accounts.services.trail import export_trail
from foundation.actor import SYSTEM, Actor
from foundation.audit.anchors import last_anchor, write_anchor
from foundation.audit.chain import chained_hash, chained_values
from foundation.audit.errors import AuditError
from foundation.audit.models import AuditEvent, AuditHead
from foundation.audit.use_case import record, use_case
from foundation.audit.verifying import verify_trail
from foundation.constraints import GUARDS
from tests import databases
from units.models import Subject

VERIFY = Path(__file__).resolve().parents[2] / "tools" / "verify.py"
AT = datetime(2026, 7, 10, 3, tzinfo=UTC)
LAST = 12


@use_case
def make_subject(*, actor: Actor) -> None:
    """Something that leaves an event, with values of every kind that an event may hold."""
    subject = Subject.objects.create(kind="unit")
    record(
        "subject.made", subject, before=None, after={"名": "例·霜降", "n": 2**60, "z": [1, None, True], "a": {"b": ""}}
    )


@dataclass(frozen=True)
class Trail:
    """A trail of twelve events, anchored and exported before anything is done to it."""

    database: str
    folder: Path

    @property
    def anchors(self) -> Path:
        """The anchor file."""
        return self.folder / "anchors.jsonl"

    def export(self, name: str) -> Path:
        """Write the trail as an auditor gets it, without the event of the export itself."""
        file = self.folder / name
        head = AuditHead.objects.get(pk=1)
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(export_trail(actor=SYSTEM, on=AT).lines)
        # Taking the export is an event; the attack is on the trail as it was.
        AuditEvent.objects.filter(seq__gt=head.seq, action="trail.exported").delete()
        AuditHead.objects.filter(pk=1).update(seq=head.seq, hash=head.hash)
        return file

    def judge(self, *arguments: str | Path) -> tuple[int, str]:
        """Let verify.py look, in a process that has nothing of the project."""
        command = [sys.executable, "-I", str(VERIFY), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        return done.returncode, done.stdout + done.stderr

    @property
    def source(self) -> tuple[str, str]:
        """The database as verify.py is told of it."""
        if connection.vendor == "sqlite":
            return "--sqlite", self.database
        return "--postgres", databases.postgres_url_of(self.database)


@pytest.fixture
def trail(copied_database: str, tmp_path: Path, settings: Any) -> Iterator[Trail]:
    """Twelve events and their anchor; the guards that forbid what is done next are gone."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    for _ in range(LAST):
        make_subject(actor=SYSTEM)
    write_anchor(at=AT)
    with connection.cursor() as cursor:
        for guard in (each for each in GUARDS if each.table == "audit_auditevent"):
            cursor.execute(
                f"DROP TRIGGER {guard.trigger}" + ("" if connection.vendor == "sqlite" else f" ON {guard.table}")
            )
    return Trail(copied_database, tmp_path)


def rehash(first: int, *, until: int = LAST) -> None:
    """Hash the events anew, as whoever holds the database can."""
    for event in AuditEvent.objects.filter(seq__gte=first, seq__lte=until).order_by("seq"):
        before = AuditEvent.objects.filter(seq=event.seq - 1).values_list("hash", flat=True).first() or ""
        prev = before if event.seq > first else event.prev_hash
        AuditEvent.objects.filter(seq=event.seq).update(prev_hash=prev, hash=chained_hash(prev, chained_values(event)))


def move_head() -> None:
    """Let the head fit what stands at the end."""
    last = AuditEvent.objects.order_by("seq").last()
    assert last is not None
    AuditHead.objects.filter(pk=1).update(seq=last.seq, hash=last.hash)


def edit(seq: int = 5) -> None:
    AuditEvent.objects.filter(seq=seq).update(actor_name="别人")


def edit_and_rehash_one() -> None:
    edit()
    rehash(5, until=5)


def rechain() -> None:
    edit()
    rehash(5)
    move_head()


def delete() -> None:
    AuditEvent.objects.filter(seq=5).delete()


def reorder() -> None:
    fifth, sixth = AuditEvent.objects.filter(seq__in=(5, 6)).order_by("seq")
    fifth.seq, sixth.seq = 6, 5
    AuditEvent.objects.filter(seq__in=(5, 6)).delete()
    AuditEvent.objects.bulk_create([fifth, sixth])


def insert() -> None:
    AuditEvent.objects.filter(seq__gte=5).update(seq=-F("seq") - 1)
    AuditEvent.objects.filter(seq__lt=0).update(seq=-F("seq"))
    forged = AuditEvent.objects.get(seq=4)
    forged.prev_hash, forged.seq, forged.actor_name = forged.hash, 5, "没有的人"
    forged.hash = chained_hash(forged.prev_hash, chained_values(forged))
    AuditEvent.objects.bulk_create([forged])
    move_head()


def cut_tail() -> None:
    AuditEvent.objects.filter(seq__gt=10).delete()


def cut_tail_and_head() -> None:
    cut_tail()
    move_head()


def add_behind_the_head() -> None:
    forged = AuditEvent.objects.get(seq=LAST)
    forged.prev_hash, forged.seq = forged.hash, LAST + 1
    forged.hash = chained_hash(forged.prev_hash, chained_values(forged))
    AuditEvent.objects.bulk_create([forged])


def change_head() -> None:
    AuditHead.objects.filter(pk=1).update(hash="0" * 64)


WHOLE = ("", 0)
ATTACKS: dict[Callable[[], None], tuple[tuple[str, int], tuple[str, int]]] = {
    # attack: what the chain alone shows, what the anchors show
    edit: (("edited", 5), ("edited", 5)),
    edit_and_rehash_one: (("unlinked", 6), ("rewritten", 5)),
    rechain: (WHOLE, ("rewritten", 5)),
    delete: (("missing", 5), ("missing", 5)),
    reorder: (("edited", 5), ("edited", 5)),
    insert: (("edited", 6), ("rewritten", 5)),
    cut_tail: (("missing", 11), ("missing", 11)),
    cut_tail_and_head: (WHOLE, ("missing", 11)),
    add_behind_the_head: (("behind_head", 13), ("behind_head", 13)),
    change_head: (("head", 12), ("head", 12)),
}


def said(outcome: tuple[int, str]) -> tuple[int, int]:
    """Status of verify.py and the number of the event that it names (0 if it finds all whole)."""
    status, text = outcome
    return status, int(text.split("第 ")[1].split()[0]) if status == 1 else 0


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_first_bad_event_is_named(trail: Trail, attack: Callable[[], None], settings: Any) -> None:
    alone, anchored = ATTACKS[attack]
    before = trail.export("before.jsonl")

    attack()

    verdict = verify_trail()
    assert (verdict.code, verdict.seq) == anchored
    bare = (1 if alone[0] else 0, alone[1])
    full = (1, anchored[1])
    assert said(trail.judge(*trail.source)) == bare
    assert said(trail.judge(*trail.source, "--anchors", trail.anchors)) == full
    assert said(trail.judge(*trail.source, "--against", before)) == full
    settings.AUDIT_ANCHOR_FILE = trail.folder / "none.jsonl"
    assert (verify_trail().code, verify_trail().seq) == alone


@pytest.mark.parametrize("attack", [edit, rechain, delete, insert, cut_tail_and_head], ids=lambda each: each.__name__)
def test_an_export_taken_after_the_attack_shows_it_too(trail: Trail, attack: Callable[[], None]) -> None:
    attack()

    taken = trail.export("after.jsonl")

    assert said(trail.judge("--export", taken, "--anchors", trail.anchors)) == (1, ATTACKS[attack][1][1])


def test_a_whole_trail_is_whole_for_everybody(trail: Trail) -> None:
    export = trail.export("whole.jsonl")

    verdict = verify_trail()

    assert (verdict.is_whole, verdict.n, verdict.n_anchored) == (True, LAST, LAST)
    for arguments in (trail.source, ("--export", export)):
        status, text = trail.judge(*arguments, "--anchors", trail.anchors)
        assert (status, text) == (0, f"完整：{LAST} 条逐条核对无误，到 {last_anchor().hash} 为止。\n")


def test_an_export_that_was_cut_is_not_whole(trail: Trail) -> None:
    export = trail.export("whole.jsonl")
    lines = export.read_text("utf-8").splitlines(keepends=True)
    export.write_text("".join(lines[:-2]), "utf-8")

    assert said(trail.judge("--export", export)) == (1, 11)


@pytest.mark.parametrize("content", ["", "[]\n", "{}\n", '{"format":"ordos-audit/1","last":1,"hash":""}\n{"seq":1}\n'])
def test_what_is_no_export_is_told_apart_from_a_broken_trail(trail: Trail, content: str) -> None:
    file = trail.folder / "other.jsonl"
    file.write_text(content, "utf-8")

    status, text = trail.judge("--export", file)

    assert status == 2
    assert text.startswith("没有核验：")


def test_no_anchor_is_written_over_a_changed_trail(trail: Trail) -> None:
    rechain()
    before = trail.anchors.read_bytes()

    with pytest.raises(AuditError) as refused:
        write_anchor(at=AT)

    assert (refused.value.code, refused.value.facts) == ("anchor_mismatch", {"seq": LAST})
    assert trail.anchors.read_bytes() == before


def test_anchors_go_on_where_they_ended(trail: Trail) -> None:
    assert write_anchor(at=AT) is None
    make_subject(actor=SYSTEM)

    anchor = write_anchor(at=AT)

    assert (anchor.first, anchor.last) == (13, 13)
    assert verify_trail().n_anchored == 13
    assert len(trail.anchors.read_text().splitlines()) == 2


@pytest.mark.parametrize("line", ["nonsense", '{"first":14,"last":14,"at":"2026-07-10","hashes":["x"]}', "{}"])
def test_an_anchor_file_that_was_torn_is_named(trail: Trail, line: str) -> None:
    with trail.anchors.open("a") as stream:
        stream.write(line + "\n")

    with pytest.raises(AuditError) as refused:
        verify_trail()

    assert (refused.value.code, refused.value.facts) == ("anchor_unreadable", {"line": 2})
    status, text = trail.judge(*trail.source, "--anchors", trail.anchors)
    assert (status, "第 2 行" in text) == (2, True)
