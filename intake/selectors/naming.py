"""Names behind the numbers of observations: a constant number of queries for however many rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cadres.models import Cadre
from intake.enums import Facet
from intake.models import Indicator, Period
from units.models import Unit


@dataclass(frozen=True)
class Names:
    """What subjects, indicators and periods are called, by id."""

    subjects: dict[int, str]
    indicators: dict[int, Indicator]
    periods: dict[int, str]

    def subject(self, pk: int) -> str:
        """A person or a unit: number or code, then the name."""
        return self.subjects.get(pk, "")

    def what(self, *, indicator: int, period: int, facet: str) -> str:
        """Which value of a subject is meant."""
        facts = {"indicator": self.indicators[indicator].code, "period": self.periods[period]}
        return _("%(indicator)s %(period)s %(facet)s") % {**facts, "facet": Facet(facet).label}

    def places(self, indicator: int) -> int:
        """Decimals of an indicator's values."""
        return self.indicators[indicator].places


def names_of(keys: Iterable[tuple[int, int, int]]) -> Names:
    """Names for (period, subject, indicator)."""
    keys = list(keys)
    subjects = {key[1] for key in keys}
    units = Unit.objects.filter(pk__in=subjects).values_list("pk", "code", "name")
    cadres = Cadre.objects.filter(pk__in=subjects).values_list("pk", "employee_no", "name")
    return Names(
        subjects={pk: f"{code} {name}" for rows in (units, cadres) for pk, code, name in rows},
        indicators=Indicator.objects.in_bulk({key[2] for key in keys}),
        periods=dict(Period.objects.filter(pk__in={key[0] for key in keys}).values_list("pk", "code")),
    )
