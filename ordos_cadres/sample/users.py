"""Users of the sample city: one for each role, with grants asked by one person and approved by another."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.enums import POWER_OF_ROLE, Role
from accounts.models import User
from accounts.services import approve_grant, ask_grant, create_user, set_password
from cadres.enums import PostLevel
from cadres.models import Cadre
from foundation.actor import SYSTEM, Actor
from foundation.refs import ALPHABET
from ordos_cadres.sample.places import department_codes
from units.models import Unit

GRANTED_FROM = date(2025, 1, 1)
SETUP = Actor(key="system:setup", name="初始化", role="system", kind="system")
"""Asks for the grants of the first administrators, which SYSTEM approves: nobody is there yet."""

CITY_LEVELS = (PostLevel.CHU_HEAD, PostLevel.CHU_DEPUTY, PostLevel.KE_HEAD, PostLevel.KE_DEPUTY)
BANNER_LEVELS = (PostLevel.KE_HEAD, PostLevel.KE_DEPUTY)
PASSWORD_LENGTH = 14


@dataclass(frozen=True)
class Seat:
    """One user of the sample: who it is, in which role, over which unit and post levels."""

    username: str
    name: str
    role: Role
    unit: str = ""
    levels: tuple[str, ...] = ()
    says: str = ""


SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR, HR_CITY = "system.admin", "security.admin", "hr.city"
LEADER, CADRE = "leader", "cadre"

FIRST = (
    Seat(SYSTEM_ADMINISTRATOR, "系统管理员", Role.SYSTEM_ADMINISTRATOR),
    Seat(SECURITY_ADMINISTRATOR, "安全管理员", Role.SECURITY_ADMINISTRATOR),
)


def seats() -> tuple[Seat, ...]:
    """Users after the first administrators; the HR officer comes first and asks for the others."""
    codes = department_codes()
    return (
        Seat(HR_CITY, "例霜降", Role.HR_OFFICER, levels=CITY_LEVELS, says="全市"),
        Seat("hr.city.second", "示寒露", Role.HR_OFFICER, levels=CITY_LEVELS, says="全市"),
        Seat("hr.dongsheng", "拟白露", Role.HR_OFFICER, "150602", BANNER_LEVELS, "东胜区"),
        Seat("clerk.statistics", "示清明", Role.UNIT_CLERK, codes["市统计局"], says="市统计局"),
        Seat("clerk.hotline", "仿谷雨", Role.UNIT_CLERK, codes["市行政审批政务服务与数据管理局"], says="市行政审批局"),
        Seat("window", "虚惊蛰", Role.WINDOW_CLERK, says="政务服务大厅"),
        Seat("decider", "样处暑", Role.CASE_DECIDER, levels=CITY_LEVELS, says="全市"),
        Seat(LEADER, "虚立春", Role.LEADERSHIP, levels=CITY_LEVELS, says="全市"),
        Seat("leader.second", "虚立秋", Role.LEADERSHIP, levels=CITY_LEVELS, says="全市"),
        Seat("auditor", "审计员", Role.AUDITOR),
        Seat(CADRE, "", Role.CADRE),
    )


@dataclass(frozen=True)
class Issued:
    """A user with the password that is shown once and stored nowhere."""

    seat: Seat
    user: User
    password: str


def make_users(*, units: Mapping[str, Unit], oneself: Cadre) -> list[Issued]:
    """Make all users; ``oneself`` is the cadre who may look at the own result."""
    issued = [_make(seat, units=units, asked_by=SETUP, approved_by=SYSTEM) for seat in FIRST]
    security = _actor(issued[1].user, Role.SECURITY_ADMINISTRATOR)
    asked_by = SETUP
    for seat in seats():
        issued.append(_make(seat, units=units, asked_by=asked_by, approved_by=security, oneself=oneself))
        if seat.username == HR_CITY:
            asked_by = _actor(issued[-1].user, Role.HR_OFFICER)
    return issued


def lines(issued: Sequence[Issued]) -> list[str]:
    """What is printed once: account, role and password of each user."""
    return [
        f"账号 {each.user.username:<18}密码 {each.password}    {each.seat.role.label}"
        + (f"（{each.seat.says or each.user.name}）" if each.seat.says or each.seat.username == CADRE else "")
        for each in issued
    ]


def _make(
    seat: Seat, *, units: Mapping[str, Unit], asked_by: Actor, approved_by: Actor, oneself: Cadre | None = None
) -> Issued:
    is_cadre = seat.role == Role.CADRE and oneself is not None
    user = create_user(
        username=seat.username,
        actor=SYSTEM,
        name=oneself.name if is_cadre and oneself else seat.name,
        power=POWER_OF_ROLE[seat.role],
        subject=oneself.subject if is_cadre and oneself else None,
    )
    password = "".join(secrets.choice(ALPHABET) for _letter in range(PASSWORD_LENGTH))
    user = set_password(user=user, actor=SYSTEM, password=password)
    unit = units[seat.unit] if seat.unit else None
    grant = ask_grant(user=user, actor=asked_by, role=seat.role, starts_on=GRANTED_FROM, unit=unit, levels=seat.levels)
    approve_grant(grant=grant, actor=approved_by)
    return Issued(seat, user, password)


def _actor(user: User, role: Role) -> Actor:
    return Actor(key=user.actor_key, name=user.name, role=role.value)
