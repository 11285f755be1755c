"""The golden city as real facts: units, people, documents and values of golden.csv, with fixed ids.

Rows are made at the foot of the house (models and the bulk store), so that these tests hold the
runs and nothing else; ids are fixed, because a digest is over subjects.
"""

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from cadres.models import Cadre, Posting, StatusSpell
from evaluation.models import Exemption, GroupMember, GroupSet, Occurrence
from evaluation.scoring import IndicatorDef
from foundation.actor import SYSTEM
from foundation.ledger.models import Fact
from foundation.ledger.store import staged, writing
from foundation.rulebook.models import RuleDocument, RuleVersion
from foundation.rulebook.services import body_digest
from intake.models import Indicator, IndicatorOption, Observation, Period
from tests.evaluation.scoring.golden_city import stored
from tests.evaluation.scoring.sample import DATA, SAMPLE, documents, indicators, read_csv, read_yaml
from units.models import Subject, Unit

FIRST_UNIT, FIRST_CADRE, FIRST_PERIOD, FIRST_INDICATOR = 100_001, 200_001, 300_001, 400_001
FOUNDED = date(2001, 1, 1)
GOLDEN = read_csv(DATA / "golden.csv")
RESULTS = {"total", "coverage", "band", "reason", "line", "unit_line"}


@dataclass
class Town:
    """What was made, by the names that golden.csv uses."""

    units: dict[str, Unit] = field(default_factory=dict)
    cadres: dict[str, Cadre] = field(default_factory=dict)
    periods: dict[str, Period] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)

    def subject(self, name: str) -> int:
        """The id of a unit or a cadre."""
        return self.units[name].pk if name in self.units else self.cadres[name].pk

    def store(self, model: type[Fact], rows: Sequence[Mapping[str, Any]]) -> None:
        """Write facts by the one store, as one entry."""
        if not rows:
            return
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        with transaction.atomic(), writing(kind="test", actor=SYSTEM) as entry, staged(model, columns) as stage:
            stage.write(entry, stage.classify())

    def observe(self, subject: str, indicator: str, period: str, value: str, target: str = "") -> None:
        """Store one value, and its target if there is one."""
        row = {"subject": subject, "key": indicator, "period": period, "value": value, "target": target}
        self.store(Observation, list(observations(self, [row])))


def make_golden_town(*, schemes: Iterable[str] | None = None) -> Town:
    """The whole golden city, with its documents (or only these) in force from 2025Q3."""
    town = Town()
    make_periods(town, years=(2024, 2025, 2026))
    make_units(town)
    make_indicators(town, indicators())
    for code in schemes or documents():
        approve(documents()[code])
    make_people(town)
    town.store(Observation, list(observations(town, [row for row in GOLDEN if row["row"] == "fact"])))
    make_events(town)
    return town


def make_periods(town: Town, *, years: Sequence[int], lacking: Collection[str] = ()) -> None:
    """Years, halves, quarters and months, by their last day; without those that nobody has opened."""
    codes = []
    for year in years:
        codes += [(str(year), "year", 1, 12)]
        codes += [(f"{year}H{n}", "half", n * 6 - 5, n * 6) for n in (1, 2)]
        codes += [(f"{year}Q{n}", "quarter", n * 3 - 2, n * 3) for n in (1, 2, 3, 4)]
        codes += [(f"{year}-{n:02}", "month", n, n) for n in range(1, 13)]
    for at, (code, kind, first, last) in enumerate(codes, FIRST_PERIOD):
        if code in lacking:
            continue
        year = int(code[:4])
        ends_on = date(year, last, calendar.monthrange(year, last)[1])
        town.periods[code] = Period.objects.create(
            pk=at, code=code, kind=kind, starts_on=date(year, first, 1), ends_on=ends_on
        )


def make_units(town: Town) -> None:
    """Every unit of groups.csv in its group; a department without a code takes its name for one."""
    members = []
    for at, row in enumerate(read_csv(SAMPLE / "groups.csv"), FIRST_UNIT):
        code = row["unit_code"] or row["unit_name"]
        subject = Subject.objects.create(pk=at, kind="unit")
        town.units[code] = Unit.objects.create(
            subject=subject, code=code, name=row["unit_name"], kind=row["unit_kind"], starts_on=FOUNDED
        )
        group_set, _ = GroupSet.objects.get_or_create(code=row["set"], defaults={"name": row["set"]})
        members.append(
            {"group_set_id": group_set.pk, "unit_id": at, "group_key": row["group"], "starts_on": date(2025, 7, 1)}
        )
    town.store(GroupMember, members)


def make_indicators(town: Town, defs: Mapping[str, IndicatorDef]) -> None:
    """Indicators with their options."""
    for at, each in enumerate(defs.values(), FIRST_INDICATOR):
        town.indicators[each.code] = made = Indicator.objects.create(
            pk=at,
            code=each.code,
            name_zh=each.code,
            subject_kind=each.subject_kind,
            measure="%",
            places=each.places,
            low=each.low,
            high=each.high,
            direction=each.direction,
            native_period=each.native_period,
            basis="示例",
        )
        for label, value in each.options:
            IndicatorOption.objects.create(indicator=made, label=label, stored=value)


def approve(body: Mapping[str, Any], *, number: int = 1, in_force_from: date = date(2025, 7, 1)) -> RuleVersion:
    """A version of a scheme document, in force."""
    document, _ = RuleDocument.objects.get_or_create(kind="scheme", code=body["code"])
    now = timezone.now()
    return RuleVersion.objects.create(
        document=document,
        number=number,
        body=body,
        sha256=body_digest(body),
        source="",
        in_force_from=in_force_from,
        proposed_by="user:one",
        proposed_at=now,
        approved_by="user:two",
        approved_at=now,
    )


def make_people(town: Town) -> None:
    """The persons of golden.csv, in posts that fit the document which scores them."""
    scored_by = {row["subject"]: row["document"] for row in GOLDEN if row["row"] == "total"}
    rows = []
    for line in (row for row in GOLDEN if row["row"] == "posting"):
        given, population = read_yaml(line["inputs"]), documents()[scored_by[line["subject"]]]["population"]
        number = line["subject"]
        if number not in town.cadres:
            subject = Subject.objects.create(pk=FIRST_CADRE + len(town.cadres), kind="cadre")
            town.cadres[number] = Cadre.objects.create(subject=subject, employee_no=number, name=f"样{number[-2:]}")
        rows.append(
            posting(
                town.cadres[number].pk,
                town.units[given["unit"]].pk,
                starts_on=date.fromisoformat(given["starts"]),
                ends_on=date.fromisoformat(given["ends"]) if given["ends"] else None,
                kind=given["kind"],
                level=population.get("level", ["科员"])[0],
                post_class=population.get("post_class", ["other"])[0],
            )
        )
    town.store(Posting, rows)


def posting(cadre: int, unit: int, *, starts_on: date, level: str, post_class: str, **more: Any) -> dict[str, Any]:
    """A row of postings; the reference is made of what it says, so that digests stay."""
    return {
        "ref": f"p{cadre % 1000:03}{starts_on:%y%m%d}",
        "cadre_id": cadre,
        "unit_id": unit,
        "title": "职务",
        "post_class": post_class,
        "post_level": level,
        "kind": more.get("kind", "main"),
        "front": more.get("front", ""),
        "starts_on": starts_on,
        "ends_on": more.get("ends_on"),
    }


def add_cadre(town: Town, number: str, unit: str, *, starts_on: date, level: str, post_class: str) -> Cadre:
    """One more person in one post."""
    subject = Subject.objects.create(pk=FIRST_CADRE + len(town.cadres), kind="cadre")
    town.cadres[number] = cadre = Cadre.objects.create(subject=subject, employee_no=number, name=f"例{number[-2:]}")
    row = posting(cadre.pk, town.units[unit].pk, starts_on=starts_on, level=level, post_class=post_class)
    town.store(Posting, [row])
    return cadre


def add_peers(town: Town, like: str, n: int) -> list[Cadre]:
    """More persons in the post of one of golden.csv, each with that one's values, but own tasks apart.

    The first two have the same tasks, and so the same total.
    """
    rows = [row for row in GOLDEN if row["row"] == "fact" and row["subject"] == like]
    held = Posting.objects.filter(cadre=town.cadres[like]).latest("starts_on")
    made, facts = [], []
    for at in range(n):
        number = f"08{at:05}"
        since, level, post_class = held.starts_on, held.post_level, held.post_class
        made.append(add_cadre(town, number, held.unit.code, starts_on=since, level=level, post_class=post_class))
        for row in rows:
            value = f"{60 + max(at, 1)}" if row["key"] == "OT01" else row["value"]
            facts.append({**row, "subject": number, "value": value})
    town.store(Observation, list(observations(town, facts)))
    return made


def add_spell(town: Town, number: str, kind: str, starts_on: date, ends_on: date | None) -> None:
    """A status spell."""
    row = {
        "ref": f"s{number[-3:]}{starts_on:%y%m%d}",
        "cadre_id": town.cadres[number].pk,
        "kind": kind,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    town.store(StatusSpell, [row])


def observations(town: Town, rows: Iterable[Mapping[str, str]]) -> Iterable[dict[str, Any]]:
    """Rows of golden.csv as columns of the ledger, targets as rows of their own."""
    defs = indicators()
    for at, row in enumerate(rows, 2):
        each, is_given = defs[row["key"]], row["value"] != "不适用"
        labels = dict(each.options)
        value = labels.get(row["value"])
        if value is None and is_given:
            value = stored(row["value"], each.places)
        common = {
            "period_id": town.periods[row["period"]].pk,
            "subject_id": town.subject(row["subject"]),
            "indicator_id": town.indicators[row["key"]].pk,
        }
        place = {"sheet": 1, "row": at}
        flag = "value" if is_given else "not_applicable"
        yield {**common, "facet": "value", "value": value, "flag": flag, **place, "col": 5}
        if row["target"]:
            target = stored(row["target"], each.places)
            yield {**common, "facet": "target", "value": target, "flag": "value", **place, "col": 6}


def make_events(town: Town) -> None:
    """Bonuses, deductions, gates and exemptions."""
    occurrences, exemptions = [], []
    for at, row in enumerate(GOLDEN):
        if row["row"] in ("event", "gate"):
            points = stored(row["value"], 6) if row["value"] else None
            occurrences.append(
                {
                    "ref": f"o{at:05}",
                    "subject_id": town.subject(row["subject"]),
                    "period_id": town.periods[row["period"]].pk,
                    "code": row["key"],
                    "points": points,
                    "source_text": "示例",
                }
            )
        elif row["row"] == "exemption":
            exemptions.append((at, row))
    town.store(Occurrence, occurrences)
    town.store(Exemption, [_exemption(town, at, row, occurrences) for at, row in exemptions])


def _exemption(town: Town, at: int, row: Mapping[str, str], occurrences: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    subject, key = town.subject(row["subject"]), row["key"]
    is_indicator, is_gate = key in town.indicators, key.startswith("G")
    booked = [o["ref"] for o in occurrences if o["subject_id"] == subject and o["code"] == key]
    return {
        "ref": f"e{at:05}",
        "case_number": f"容〔2026〕{at} 号",
        "subject_id": subject,
        "period_id": town.periods[row["period"]].pk,
        "indicator_id": town.indicators[key].pk if is_indicator else None,
        "occurrence_ref": "" if is_indicator or is_gate else booked[0],
        "gate": key if is_gate else "",
    }
