"""Writes of postings: facts, so that every change is a new row and no run forgets what it read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cadres.enums import Front, PostClass, PostingKind, PostLevel
from cadres.errors import CadreError
from cadres.models import Cadre, Posting
from cadres.services.cadres import cadres_by_number, lock_cadres
from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import record, use_case
from foundation.ledger.models import Entry
from foundation.ledger.store import staged, writing
from foundation.plain_text import text_fault
from foundation.refs import new_ref
from units.models import Unit
from units.services import units_by_code

FOR_EVER = date.max


@dataclass(frozen=True)
class PostingRow:
    """One posting: who serves where, as what, from when to when (both days in post)."""

    employee_no: str
    unit_code: str
    title: str
    post_class: PostClass
    post_level: PostLevel
    starts_on: date
    ends_on: date | None = None
    kind: PostingKind = PostingKind.MAIN
    front: Front | None = None


@dataclass(frozen=True)
class _Draft:
    """A posting with its people found: what goes into the store."""

    ref: str
    cadre: Cadre
    unit: Unit
    row: PostingRow


@use_case
def post_cadres(*, rows: Sequence[PostingRow], actor: Actor, reason: str) -> Entry:
    """Record postings in bulk: all of them, or none with the first reason why not."""
    drafts = _drafts(rows)
    entry = _write(drafts, actor=actor, reason=reason)
    record("postings.recorded", entry, after={"count": len(rows)}, rows_sha256=rows_digest(rows))
    return entry


def post_cadre(*, row: PostingRow, actor: Actor, reason: str) -> Posting:
    """Record one posting."""
    entry = post_cadres(rows=[row], actor=actor, reason=reason)
    return Posting.objects.get(seq_from=entry.seq)


@use_case
def transfer_cadre(*, row: PostingRow, actor: Actor, reason: str) -> Posting:
    """Move a cadre: the main post ends the day before, the next begins; both in one entry."""
    draft = _drafts([row])[0]
    last_day = row.starts_on - timedelta(days=1)
    old = _main_posting(draft.cadre, on=last_day)
    if old is None:
        raise CadreError("no_main_posting", employee_no=row.employee_no, on=last_day)
    entry = _write([_ended(old, last_day), draft], actor=actor, reason=reason, seen=[old])
    record("cadre.transferred", draft.cadre, after={"entry": entry.seq}, rows_sha256=rows_digest([row]))
    return Posting.objects.get(ref=draft.ref, seq_to=None)


@use_case
def end_posting(*, posting: Posting, actor: Actor, ends_on: date, reason: str) -> Posting:
    """Say on which day a posting is held for the last time."""
    if posting.ends_on is not None and posting.ends_on <= ends_on:
        raise CadreError("posting_ended", title=posting.title, ends_on=posting.ends_on)
    draft = _ended(posting, ends_on)
    entry = _write([draft], actor=actor, reason=reason, seen=[posting])
    record("posting.ended", entry, after={"posting": posting.ref, "ends_on": str(ends_on)})
    return Posting.objects.get(ref=posting.ref, seq_to=None)


@use_case
def correct_posting(*, posting: Posting, actor: Actor, row: PostingRow, reason: str) -> Posting:
    """Say what a posting really was; it keeps its reference, the old row stays for the runs that read it."""
    draft = _drafts([row])[0]
    entry = _write([_Draft(posting.ref, draft.cadre, draft.unit, row)], actor=actor, reason=reason, seen=[posting])
    record("posting.corrected", entry, after={"posting": posting.ref}, rows_sha256=rows_digest([row]))
    return Posting.objects.get(ref=posting.ref, seq_to=None)


def _main_posting(cadre: Cadre, *, on: date) -> Posting | None:
    held = Posting.objects.filter(cadre=cadre, kind=PostingKind.MAIN, seq_to=None, starts_on__lte=on)
    return next((p for p in held if p.ends_on is None or p.ends_on >= on), None)


def _ended(posting: Posting, ends_on: date) -> _Draft:
    if ends_on < posting.starts_on:
        raise CadreError("before_the_start", title=posting.title, starts_on=posting.starts_on, ends_on=ends_on)
    row = PostingRow(
        employee_no=posting.cadre.employee_no,
        unit_code=posting.unit.code,
        title=posting.title,
        post_class=PostClass(posting.post_class),
        post_level=PostLevel(posting.post_level),
        starts_on=posting.starts_on,
        ends_on=ends_on,
        kind=PostingKind(posting.kind),
        front=Front(posting.front) if posting.front else None,
    )
    return _Draft(posting.ref, posting.cadre, posting.unit, row)


def _drafts(rows: Sequence[PostingRow]) -> list[_Draft]:
    cadres = cadres_by_number(row.employee_no for row in rows)
    units = units_by_code(row.unit_code for row in rows)
    return [_draft(row, cadres.get(row.employee_no), units.get(row.unit_code)) for row in rows]


def _draft(row: PostingRow, cadre: Cadre | None, unit: Unit | None) -> _Draft:
    no = row.employee_no
    if cadre is None:
        raise CadreError("employee_no_unknown", employee_no=no)
    if unit is None:
        raise CadreError("unit_unknown", employee_no=no, unit_code=row.unit_code)
    if text_fault(row.title, most=100) is not None:
        raise CadreError("title_wrong", employee_no=no)
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise CadreError("dates_reversed", employee_no=no, starts_on=row.starts_on, ends_on=row.ends_on)
    if row.starts_on < unit.starts_on or (row.ends_on or FOR_EVER) > (unit.ends_on or FOR_EVER):
        days = {"starts_on": row.starts_on, "ends_on": row.ends_on or "今"}
        raise CadreError("unit_not_there_then", employee_no=no, unit=unit.name, **days)
    if row.front is not None and row.kind != PostingKind.FRONT_LINE:
        raise CadreError("front_without_front_line", employee_no=no)
    if row.front is None and row.kind == PostingKind.FRONT_LINE:
        raise CadreError("front_missing", employee_no=no)
    return _Draft(new_ref(), cadre, unit, row)


def _write(drafts: Sequence[_Draft], *, actor: Actor, reason: str, seen: Iterable[Posting] = ()) -> Entry:
    """Store drafts under the ledger head and the locks of their people, in this order (design §8)."""
    with staged(Posting, _columns(drafts)) as stage, writing(kind="postings", actor=actor, reason=reason) as entry:
        lock_cadres(draft.cadre.pk for draft in drafts)
        for posting in seen:
            if not Posting.objects.filter(pk=posting.pk, seq_to=None).exists():
                raise CadreError("fact_moved_on")
        _refuse_overlaps(drafts)
        stage.write(entry, stage.classify())
    assert entry.saved is not None
    return entry.saved


def _refuse_overlaps(drafts: Sequence[_Draft]) -> None:
    """Refuse two main postings on one day; the guard in the database has the last word."""
    people = {draft.cadre.pk for draft in drafts}
    replaced = {draft.ref for draft in drafts}
    held: dict[int, list[tuple[date, date, str]]] = {pk: [] for pk in people}
    kept = Posting.objects.filter(cadre__in=people, kind=PostingKind.MAIN, seq_to=None).exclude(ref__in=replaced)
    for posting in kept:
        held[posting.cadre_id].append((posting.starts_on, posting.ends_on or FOR_EVER, posting.title))
    for draft in drafts:
        row = draft.row
        if row.kind != PostingKind.MAIN:
            continue
        ends_on = row.ends_on or FOR_EVER
        for other_starts_on, other_ends_on, other in held[draft.cadre.pk]:
            if row.starts_on <= other_ends_on and other_starts_on <= ends_on:
                raise CadreError(
                    "main_postings_overlap",
                    employee_no=row.employee_no,
                    title=row.title,
                    starts_on=row.starts_on,
                    other=other,
                    other_starts_on=other_starts_on,
                    other_ends_on="今" if other_ends_on == FOR_EVER else other_ends_on,
                )
        held[draft.cadre.pk].append((row.starts_on, ends_on, row.title))


def _columns(drafts: Sequence[_Draft]) -> dict[str, list[Any]]:
    rows = [draft.row for draft in drafts]
    return {
        "ref": [draft.ref for draft in drafts],
        "cadre_id": [draft.cadre.pk for draft in drafts],
        "unit_id": [draft.unit.pk for draft in drafts],
        "title": [row.title for row in rows],
        "post_class": [row.post_class.value for row in rows],
        "post_level": [row.post_level.value for row in rows],
        "kind": [row.kind.value for row in rows],
        "front": [row.front.value if row.front else "" for row in rows],
        "starts_on": [row.starts_on for row in rows],
        "ends_on": [row.ends_on for row in rows],
    }
