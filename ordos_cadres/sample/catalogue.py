"""Indicators and scheme documents of the sample city, out of the carried files."""

from datetime import date

from intake.enums import Direction, PeriodKind
from intake.services.indicators import IndicatorRow
from ordos_cadres.sample.places import FOLDER, department_codes, read_table
from units.enums import SubjectKind

UNIT_SCHEMES = ("tgc-banner", "tgc-department", "tgc-township", "tgc-village")
PERSON_SCHEMES = (
    "tgc-banner-head",
    "tgc-banner-deputy",
    "tgc-department-head",
    "tgc-department-deputy",
    "tgc-township-head",
    "tgc-township-deputy",
    "tgc-first-secretary",
)


def indicator_rows() -> list[IndicatorRow]:
    """All indicators of the carried table; owners by the invented codes of their departments."""
    return [_indicator(row) for row in read_table("indicators.csv")]


def _indicator(row: dict[str, str]) -> IndicatorRow:
    pairs = [option.partition("=") for option in row["options"].split(";") if option]
    return IndicatorRow(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        subject_kind=SubjectKind(row["level"]),
        measure=row["measure"],
        places=int(row["places"]),
        low=row["min"],
        high=row["max"],
        direction=Direction(row["direction"]),
        native_period=PeriodKind(row["period"]),
        basis=row["basis"],
        options=tuple((label, number) for label, _equals, number in pairs),
        owner_codes=tuple(department_codes()[name] for name in row["owner_unit"].split(";")),
        note=row["note"],
        sunset_on=date.fromisoformat(row["sunset"]) if row["sunset"] else None,
    )


def scheme_texts() -> list[str]:
    """The eleven sample documents, unit schemes before the person schemes that name them.

    The HDI stays out of the city: it judges countries.
    """
    names = (*UNIT_SCHEMES, *PERSON_SCHEMES)
    return [(FOLDER / "schemes" / f"{name}.yaml").read_text(encoding="utf-8") for name in names]
