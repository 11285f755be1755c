"""The fixed cast and its small town: who acts in tests, made by the same services as in the office.

`make_cast()` builds all of it in the database at hand; the fixture `cast` does so inside a test.
"""

from dataclasses import dataclass
from datetime import date

from accounts.enums import Power, Role
from accounts.models import User
from accounts.scope import Scope, actor_of, scope_of
from accounts.services import approve_grant, ask_grant, create_user
from cadres.enums import PostClass, PostLevel
from cadres.models import Cadre
from cadres.services.cadres import CadreRow, register_cadres
from cadres.services.postings import PostingRow, post_cadres
from foundation.actor import SYSTEM, Actor
from units.enums import UnitKind
from units.models import Subject, Unit
from units.services import UnitRow, register_units, units_by_code

FOUNDED = date(2001, 1, 1)
GRANTED = date(2020, 1, 1)
TODAY = date(2026, 7, 10)
FIRST = Actor(key="system:first", name="初始化", role="system", kind="system")
"""Asks for the first grants, which SYSTEM approves: two keys, as everywhere."""

CITY_LEVELS = (PostLevel.CHU_HEAD, PostLevel.CHU_DEPUTY, PostLevel.KE_HEAD, PostLevel.KE_DEPUTY)
BANNER_LEVELS = (PostLevel.KE_HEAD, PostLevel.KE_DEPUTY)

UNITS = (
    UnitRow("1506", "鄂尔多斯市", UnitKind.CITY, FOUNDED),
    UnitRow("150602", "东胜区", UnitKind.BANNER, FOUNDED, "1506"),
    UnitRow("150627", "伊金霍洛旗", UnitKind.BANNER, FOUNDED, "1506"),
    UnitRow("150602001", "交通街道", UnitKind.SUBDISTRICT, FOUNDED, "150602"),
    UnitRow("150602101", "罕台镇", UnitKind.TOWNSHIP, FOUNDED, "150602"),
    UnitRow("1506-SLJ", "市水利局", UnitKind.CITY_DEPARTMENT, FOUNDED, "1506"),
    UnitRow("1506-TJJ", "市统计局", UnitKind.CITY_DEPARTMENT, FOUNDED, "1506"),
    UnitRow("1506-ZZB", "市委组织部", UnitKind.CITY_DEPARTMENT, FOUNDED, "1506"),
)

PEOPLE = (
    # employee number, name, unit, title, class, level
    ("000101", "白音", "150602", "区委副书记、区长", PostClass.HEAD, PostLevel.CHU_HEAD),
    ("000102", "例·额尔德木图", "150627", "旗委副书记、旗长", PostClass.HEAD, PostLevel.CHU_HEAD),
    ("000103", "单小满", "1506-SLJ", "党组书记、局长", PostClass.HEAD, PostLevel.CHU_HEAD),
    ("000104", "样ᠮᠣᠩᠭᠣᠯ", "150602001", "党工委书记", PostClass.HEAD, PostLevel.KE_HEAD),
)


@dataclass(frozen=True)
class Cast:
    """Who acts, and in which town."""

    system_admin: User
    security_admin: User
    auditor: User
    hr_city: User
    hr_dongsheng: User
    clerk_water: User
    clerk_statistics: User
    leader: User
    second_leader: User
    bai_yin: User
    stranger: User
    units: dict[str, Unit]
    cadres: dict[str, Cadre]


def actor(user: User) -> Actor:
    """The user as an actor."""
    return actor_of(user, on=TODAY)


def scope(user: User) -> Scope:
    """How far the user sees."""
    return scope_of(user, on=TODAY)


def make_town() -> tuple[dict[str, Unit], dict[str, Cadre]]:
    """The units and people of the small town, all posted since 2020."""
    register_units(rows=UNITS, actor=SYSTEM)
    people = [CadreRow(employee_no=no, name=name) for no, name, *_post in PEOPLE]
    cadres = register_cadres(rows=people, actor=SYSTEM)
    posts = [
        PostingRow(no, unit, title, post_class, level, GRANTED) for no, _name, unit, title, post_class, level in PEOPLE
    ]
    post_cadres(rows=posts, actor=SYSTEM, reason="演示任职")
    return units_by_code(row.code for row in UNITS), {cadre.employee_no: cadre for cadre in cadres}


def make_user(
    username: str,
    name: str,
    role: Role | None,
    *,
    unit: Unit | None = None,
    levels: tuple[str, ...] = (),
    power: Power = Power.BUSINESS,
    subject: Subject | None = None,
) -> User:
    """A user with one approved grant, or with none."""
    user = create_user(username=username, actor=SYSTEM, name=name, power=power, subject=subject)
    if role is not None:
        grant = ask_grant(user=user, actor=FIRST, role=role, starts_on=GRANTED, unit=unit, levels=levels)
        approve_grant(grant=grant, actor=SYSTEM)
    return user


def make_cast() -> Cast:
    """All of the cast, in the database at hand."""
    units, cadres = make_town()
    dongsheng, water, statistics = units["150602"], units["1506-SLJ"], units["1506-TJJ"]
    bai_yin = cadres["000101"].subject
    return Cast(
        system_admin=make_user("system.admin", "系统管理员", Role.SYSTEM_ADMINISTRATOR, power=Power.SYSTEM),
        security_admin=make_user("security.admin", "安全管理员", Role.SECURITY_ADMINISTRATOR, power=Power.SECURITY),
        auditor=make_user("auditor", "审计员", Role.AUDITOR, power=Power.AUDIT),
        hr_city=make_user("hr.city", "例霜降", Role.HR_OFFICER, levels=CITY_LEVELS),
        hr_dongsheng=make_user("hr.dongsheng", "拟白露", Role.HR_OFFICER, unit=dongsheng, levels=BANNER_LEVELS),
        clerk_water=make_user("clerk.water", "仿谷雨", Role.UNIT_CLERK, unit=water),
        clerk_statistics=make_user("clerk.statistics", "示清明", Role.UNIT_CLERK, unit=statistics),
        leader=make_user("leader", "虚立春", Role.LEADERSHIP, levels=CITY_LEVELS),
        second_leader=make_user("second.leader", "虚立秋", Role.LEADERSHIP, levels=CITY_LEVELS),
        bai_yin=make_user("bai.yin", "白音", Role.CADRE, subject=bai_yin),
        stranger=make_user("stranger", "样大寒", None),
        units=units,
        cadres=cadres,
    )
