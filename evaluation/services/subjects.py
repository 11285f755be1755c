"""Whom a booking is about: found by unit code or by employee number, never by name."""

from collections.abc import Iterable, Mapping

from cadres.services.cadres import cadres_by_number
from evaluation.errors import BookingError
from intake.models import Period
from units.services import units_by_code


def subject_ids(*, unit_codes: Iterable[str], employee_nos: Iterable[str]) -> dict[tuple[str, str], int]:
    """Ids of subjects by (unit code, "") or ("", employee number)."""
    units = {(code, ""): unit.pk for code, unit in units_by_code(code for code in unit_codes if code).items()}
    people = {("", no): cadre.pk for no, cadre in cadres_by_number(no for no in employee_nos if no).items()}
    return {**units, **people}


def subject_of(known: Mapping[tuple[str, str], int], unit_code: str, employee_no: str) -> int:
    """The id of one subject; a booking names exactly one of the two."""
    if (unit_code, employee_no) not in known:
        raise BookingError("subject_unknown", subject=employee_no or unit_code)
    return known[unit_code, employee_no]


def period_ids(codes: Iterable[str]) -> dict[str, int]:
    """Ids of periods by code; refuses a code that is unknown."""
    wanted = set(codes)
    known = dict(Period.objects.filter(code__in=wanted).values_list("code", "pk"))
    for code in sorted(wanted - set(known)):
        raise BookingError("period_unknown", period=code)
    return known
