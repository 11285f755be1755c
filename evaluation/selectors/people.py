"""Whom a score is about: names, references, units and posts for a page of subjects, in few queries."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from cadres.models import Cadre, Posting
from evaluation.matrices.basis import Basis
from evaluation.models import Score
from foundation.ledger.models import in_force
from units.models import Unit


@dataclass(frozen=True)
class Who:
    """A judged subject. ``ref`` goes into addresses: of a cadre the reference, of a unit the code."""

    subject: int
    is_cadre: bool
    ref: str
    number: str
    name: str
    unit_code: str
    unit_name: str
    title: str
    level: str

    @property
    def place(self) -> str:
        """Unit and post in one line."""
        return " ".join(each for each in (self.unit_name, self.title) if each) if self.is_cadre else ""


def called(text: str) -> Q:
    """Scores of subjects whose name contains a text, or whose number or code begins with it."""
    cadres = Cadre.objects.filter(Q(name__icontains=text) | Q(employee_no__startswith=text))
    units = Unit.objects.filter(Q(name__icontains=text) | Q(code__startswith=text))
    return Q(subject__in=cadres.values("pk")) | Q(subject__in=units.values("pk"))


@dataclass(frozen=True)
class UnitName:
    """How a unit is called."""

    code: str
    name: str


def unit_names(basis: Basis, units: Collection[int]) -> dict[int, UnitName]:
    """Units as the run read them, so that an old result keeps its words; those outside its manifest as today."""
    read = {pk: UnitName(known.code, known.name) for pk in units if (known := basis.units.get(pk)) and known.name}
    outside = set(units) - set(read)
    if not outside:
        return read
    today = Unit.objects.filter(pk__in=outside).values_list("pk", "code", "name")
    return read | {pk: UnitName(code, name) for pk, code, name in today}


def who_are(scores: Collection[Score], basis: Basis, *, cut_seq: int) -> dict[int, Who]:
    """The subjects of these scores in the post that was judged.

    Posts, units and their names are those of the run; a person's name and number are today's:
    they say who is meant, and nothing that was counted.
    """
    units = unit_names(basis, {score.unit_id for score in scores})
    cadres = Cadre.objects.in_bulk([score.subject_id for score in scores]) if basis.is_personal else {}
    titles = _titles(cadres, basis, cut_seq=cut_seq)
    found = {}
    for score in scores:
        unit, cadre = units[score.unit_id], cadres.get(score.subject_id)
        found[score.subject_id] = Who(
            subject=score.subject_id,
            is_cadre=cadre is not None,
            ref=cadre.ref if cadre else unit.code,
            number=cadre.employee_no if cadre else unit.code,
            name=cadre.name if cadre else unit.name,
            unit_code=unit.code,
            unit_name=unit.name,
            title=titles.get((score.subject_id, score.unit_id), ""),
            level=score.level,
        )
    return found


def _titles(cadres: Collection[int], basis: Basis, *, cut_seq: int) -> dict[tuple[int, int], str]:
    if not cadres:
        return {}
    kinds = basis.scheme.population.posting_kinds or ("main",)
    posts = Posting.objects.filter(cadre__in=list(cadres), kind__in=kinds, starts_on__lte=basis.period.ends_on)
    rows = in_force(posts, cut_seq).order_by("starts_on", "pk")
    return {(cadre, unit): title for cadre, unit, title in rows.values_list("cadre_id", "unit_id", "title")}
