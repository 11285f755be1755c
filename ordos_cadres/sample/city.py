"""The order in which the sample city comes into being; every step is a service or the door of intake."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.enums import Role
from accounts.models import User
from cadres.models import Cadre
from cadres.services.cadres import register_cadres
from cadres.services.postings import post_cadres
from cadres.services.spells import record_spells
from evaluation.services.exemptions import grant_exemptions
from evaluation.services.groups import create_group_set, place_units
from evaluation.services.occurrences import book_occurrences
from evaluation.services.schemes import approve_scheme, propose_scheme
from foundation.actor import SYSTEM, Actor
from foundation.jobs.services import work_inline
from intake.enums import BatchState
from intake.reports import Report
from intake.services.batches import receive_upload, request_commit
from intake.services.indicators import define_indicators
from intake.services.periods import calendar_periods, open_periods
from ordos_cadres.sample import events
from ordos_cadres.sample.catalogue import indicator_rows, scheme_texts
from ordos_cadres.sample.figures import Drawer, Figure
from ordos_cadres.sample.people import Person, people, spell_rows
from ordos_cadres.sample.places import GROUPED_FROM, SETS, member_rows, unit_rows
from ordos_cadres.sample.sheets import PERIODS, SampleFile, sample_files
from ordos_cadres.sample.tries import example_people, is_late, late_people, mended_rows, write_tries
from ordos_cadres.sample.users import HR_CITY, LEADER, Issued, make_users
from units.models import Unit
from units.services import register_units

FOLDER = "sample"
YEARS = (2024, 2025, 2026)
REASON = "示例城市"
CHUNK = 64 * 1024

Say = Callable[[str], None]


class SampleRefusedError(Exception):
    """A file of the sample did not pass the door: the sample is wrong, not the door."""


@dataclass(frozen=True)
class Loaded:
    """What was made: the users with their passwords, and how many batches were stored."""

    users: Sequence[Issued]
    batches: int
    folder: Path


def load_city(*, cadres: int, say: Say) -> Loaded:
    """Make the city in an empty database."""
    say("单位、人员、任职 ……")
    units = {unit.code: unit for unit in register_units(rows=unit_rows(), actor=SYSTEM)}
    everybody = people(cadres)
    registered = register_cadres(rows=[person.row for person in everybody], actor=SYSTEM)
    _post(everybody)
    say("账号与授权 ……")
    users = make_users(units=units, oneself=_oneself(everybody, registered))
    actors = {each.user.username: _actor(each.user, each.seat.role) for each in users}
    say("指标、期间、分组、方案 ……")
    _define(actors)
    say("事项与免责 ……")
    _book(everybody, actors[HR_CITY])
    folder = Path(settings.VAR_DIR) / FOLDER
    batches = _send_figures(everybody, folder, actors, say)
    return Loaded(users, batches, folder)


def _post(everybody: Sequence[Person]) -> None:
    postings = [post for person in everybody for post in person.posts]
    post_cadres(rows=postings, actor=SYSTEM, reason=REASON)
    spells = spell_rows(everybody)
    if spells:
        record_spells(rows=spells, actor=SYSTEM, reason=REASON)


def _define(actors: Mapping[str, Actor]) -> None:
    open_periods(rows=[row for year in YEARS for row in calendar_periods(year)], actor=SYSTEM)
    define_indicators(rows=indicator_rows(), actor=SYSTEM)
    for code, name in SETS.items():
        group_set = create_group_set(code=code, actor=actors[HR_CITY], name=name)
        place_units(group_set=group_set, actor=actors[HR_CITY], rows=member_rows(code), on=GROUPED_FROM)
    for text in scheme_texts():
        version = propose_scheme(text=text, actor=actors[HR_CITY], in_force_from=GROUPED_FROM)
        approve_scheme(version=version, actor=actors[LEADER])


def _book(everybody: Sequence[Person], actor: Actor) -> None:
    book_occurrences(rows=events.occurrence_rows(everybody), actor=actor, reason=REASON)
    exemptions = events.exemption_rows(everybody)
    if exemptions:
        grant_exemptions(rows=exemptions, actor=actor, reason=REASON)


def _send_figures(everybody: Sequence[Person], folder: Path, actors: Mapping[str, Actor], say: Say) -> int:
    """Write the files, put each through the door, and leave the two for the officer to try."""
    folder.mkdir(parents=True, exist_ok=True)
    of_people = list(drawer().of_people(everybody))
    late = late_people(everybody)
    first = [figure for figure in of_people if not is_late(figure, late)]
    count = 0
    for file in sample_files(drawer().of_units(), first, indicator_rows()):
        say(f"上传 {file.name}（{len(file.figures)} 行）……")
        _upload(file, folder, actors[file.by])
        count += 1
    if example_people(everybody):
        write_tries(folder, mended_rows(of_people, everybody))
    return count


def drawer() -> Drawer:
    """Draws the figures of the periods that the sample holds."""
    periods = tuple(row for year in YEARS for row in calendar_periods(year) if row.code in PERIODS)
    return Drawer({row.code: row for row in indicator_rows()}, periods)


def figures_of(everybody: Sequence[Person]) -> list[Figure]:
    """Every figure about people, with those that the mended file brings."""
    return list(drawer().of_people(everybody))


def _upload(file: SampleFile, folder: Path, actor: Actor) -> None:
    path = file.write(folder)
    requested = receive_upload(chunks=_chunks(path), name=path.name, actor=actor, reason=file.reason)
    work_inline(requested.job)
    batch = requested.batch
    batch.refresh_from_db()
    if batch.state != BatchState.CHECKED:
        raise SampleRefusedError(f"{file.name}: {batch.report}")
    accepted = Report.from_json(batch.report or {}).n_changed
    requested = request_commit(batch=batch, actor=actor, plan_sha256=batch.plan_sha256, accepted_corrections=accepted)
    stored = work_inline(requested.job)
    batch.refresh_from_db()
    if batch.state != BatchState.COMMITTED:
        raise SampleRefusedError(f"{file.name}: {stored.error}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _oneself(everybody: Sequence[Person], registered: Sequence[Cadre]) -> Cadre:
    """The cadre who gets an account: the first of the example people, else the first of all."""
    chosen = [*example_people(everybody), *everybody][0].number
    return next(cadre for cadre in registered if cadre.employee_no == chosen)


def _actor(user: User, role: Role) -> Actor:
    return Actor(key=user.actor_key, name=user.name, role=role.value)


def city_is_empty() -> bool:
    """Whether nothing stands in the database that a sample would mix with."""
    return not (Unit.objects.exists() or Cadre.objects.exists() or User.objects.exists())
