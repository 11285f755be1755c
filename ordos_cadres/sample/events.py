"""Occurrences, gates, sanctions and an exemption of the sample city. Whom they name is invented."""

from collections.abc import Sequence

from cadres.enums import PostClass
from evaluation.services.exemptions import ExemptionRow
from evaluation.services.occurrences import OccurrenceRow
from ordos_cadres.sample.draws import draws, pick
from ordos_cadres.sample.people import Person
from ordos_cadres.sample.places import Place, compared_places

SOURCE = "示例文件〔2026〕{}号，演示数据"


def occurrence_rows(everybody: Sequence[Person]) -> list[OccurrenceRow]:
    """Bonus on units; bonus, deduction and gates on people.

    The units bear real names, so that nothing bad is booked on them; the people are invented.
    """
    source = draws("events")
    places = [place for place in compared_places() if place.group_set != "village-2026"]
    deputies = [person for person in everybody if person.posts[0].post_class == PostClass.DEPUTY]
    rows = [
        _on_unit(place, code, period, points, number)
        for number, (place, (code, period, points)) in enumerate(
            zip(
                pick(source, places, 7),
                (
                    ("A01", "2025Q3", "3"),
                    ("A01", "2025Q4", "2.5"),
                    ("A04", "2026Q1", "1"),
                    ("A01", "2026Q2", "4"),
                    ("A04", "2026Q2", "2"),
                    ("A04", "2026Q2", "0.5"),
                    ("A01", "2026Q2", "9"),  # clipped to the most that one code may bring
                ),
                strict=False,
            ),
            1,
        )
    ]
    chosen = pick(source, deputies, 9)
    for number, (person, (code, period, points)) in enumerate(
        zip(
            chosen,
            (
                ("A01", "2026Q2", "2"),
                ("A02", "2026Q2", "-1.25"),
                ("A04", "2026Q1", "1.5"),
                ("G04", "2026Q2", ""),
                ("G05", "2026Q2", ""),
                ("G08", "2026Q2", ""),
                ("G03", "2026Q1", ""),
                ("A02", "2025Q4", "-2"),
                ("A04", "2026Q2", "0.75"),
            ),
            strict=False,
        ),
        20,
    ):
        rows.append(OccurrenceRow(code, period, SOURCE.format(number), employee_no=person.number, points=points))
    return rows


def exemption_rows(everybody: Sequence[Person]) -> list[ExemptionRow]:
    """One upheld fault-tolerance case: a deputy's own tasks of 2026Q2."""
    deputies = [p for p in everybody if p.posts[0].post_class == PostClass.DEPUTY and len(p.posts) == 1]
    return [
        ExemptionRow("示例容错〔2026〕1号", "2026Q2", employee_no=person.number, indicator="OT01")
        for person in pick(draws("exemption"), deputies, 1)
    ]


def _on_unit(place: Place, code: str, period: str, points: str, number: int) -> OccurrenceRow:
    return OccurrenceRow(code, period, SOURCE.format(number), unit_code=place.code, points=points)
