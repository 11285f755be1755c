"""Writes of people: who they are, not where they serve."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cadres.enums import Gender
from cadres.errors import CadreError
from cadres.models import Cadre
from cadres.names import pinyin_of
from foundation.actor import Actor
from foundation.audit.digests import rows_digest
from foundation.audit.use_case import found_done, record, use_case
from foundation.plain_text import text_fault
from units.enums import SubjectKind
from units.models import Subject

_EMPLOYEE_NO = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)
NAME_LENGTH = 50


@dataclass(frozen=True)
class CadreRow:
    """One person to register. ``employee_no`` is text: leading zeros are part of it."""

    employee_no: str
    name: str
    gender: Gender | None = None
    born_on: date | None = None
    ethnicity: str = ""
    education: str = ""
    job_grade: str = ""
    is_party_member: bool | None = None


@use_case
def register_cadres(*, rows: Sequence[CadreRow], actor: Actor) -> list[Cadre]:
    """Register people in bulk: all of them, or none with the first reason why not."""
    if not rows:
        found_done()
        return []
    _refuse_bad_rows(rows)
    subjects = Subject.objects.bulk_create([Subject(kind=SubjectKind.CADRE) for _row in rows])
    made = [
        Cadre(subject=subject, employee_no=row.employee_no, **_details(row))
        for row, subject in zip(rows, subjects, strict=True)
    ]
    cadres = Cadre.objects.bulk_create(made)
    record("cadres.registered", cadres[0], after={"count": len(cadres)}, rows_sha256=rows_digest(rows))
    return cadres


def register_cadre(*, row: CadreRow, actor: Actor) -> Cadre:
    """Register one person."""
    return register_cadres(rows=[row], actor=actor)[0]


@use_case
def amend_cadre(*, cadre: Cadre, actor: Actor, row: CadreRow) -> Cadre:
    """Correct what is known of a person; the employee number may be corrected, the person stays."""
    cadre = Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    _refuse_bad_row(row)
    holder = Cadre.objects.filter(employee_no=row.employee_no).exclude(pk=cadre.pk).first()
    if holder is not None:
        raise CadreError("employee_no_taken", employee_no=row.employee_no, name=holder.name)
    changes = {"employee_no": row.employee_no, **_details(row)}
    changed = sorted(name for name, value in changes.items() if getattr(cadre, name) != value)
    for name, value in changes.items():
        setattr(cadre, name, value)
    cadre.save(update_fields=list(changes))
    record("cadre.amended", cadre, after={"fields": changed}, rows_sha256=rows_digest([row]))
    return cadre


def cadres_by_number(employee_nos: Iterable[str]) -> dict[str, Cadre]:
    """Cadres by employee number, for services that take rows with numbers."""
    return {cadre.employee_no: cadre for cadre in Cadre.objects.filter(employee_no__in=sorted(set(employee_nos)))}


def lock_cadres(pks: Iterable[int]) -> None:
    """Lock people in one order, so that two officers who move them wait and never block each other."""
    list(Cadre.objects.select_for_update(of=("self",)).filter(pk__in=sorted(set(pks))).order_by("pk").values("pk"))


def _details(row: CadreRow) -> dict[str, object]:
    pinyin, initials = pinyin_of(row.name)
    return {
        "name": row.name,
        "pinyin": pinyin,
        "initials": initials,
        "gender": row.gender or "",
        "born_on": row.born_on,
        "ethnicity": row.ethnicity,
        "education": row.education,
        "job_grade": row.job_grade,
        "is_party_member": row.is_party_member,
    }


def _refuse_bad_rows(rows: Sequence[CadreRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        _refuse_bad_row(row)
        if row.employee_no in seen:
            raise CadreError("employee_no_twice", employee_no=row.employee_no)
        seen.add(row.employee_no)
    taken = cadres_by_number(seen)
    if taken:
        cadre = next(taken[row.employee_no] for row in rows if row.employee_no in taken)
        raise CadreError("employee_no_taken", employee_no=cadre.employee_no, name=cadre.name)


def _refuse_bad_row(row: CadreRow) -> None:
    if not _EMPLOYEE_NO.fullmatch(row.employee_no):
        raise CadreError("employee_no_wrong", employee_no=row.employee_no)
    fault = text_fault(row.name, most=NAME_LENGTH)
    if fault is not None:
        raise CadreError(f"name_{fault}", employee_no=row.employee_no, length=len(row.name))
    if row.born_on is not None and row.born_on.day != 1:
        raise CadreError("birth_month_wrong", employee_no=row.employee_no)
