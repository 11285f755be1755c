"""Writes of users and grants."""

import re
from collections.abc import Sequence
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F

from accounts.enums import POWER_OF_ROLE, Power, Role
from accounts.errors import AccountError
from accounts.models import Grant, GrantLevel, User
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import now
from foundation.plain_text import text_fault
from units.models import Subject, Unit

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}", re.ASCII)


@use_case
def create_user(
    *, username: str, actor: Actor, name: str, power: Power = Power.BUSINESS, subject: Subject | None = None
) -> User:
    """Open an account, without password and without any right."""
    username = username.lower()
    if not _USERNAME.fullmatch(username):
        raise AccountError("username_wrong", username=username)
    if text_fault(name, most=50) is not None:
        raise AccountError("name_wrong", username=username)
    if User.objects.filter(username=username).exists():
        raise AccountError("username_taken", username=username)
    holder = User.objects.filter(subject=subject).first() if subject is not None else None
    if holder is not None:
        raise AccountError("subject_taken", username=holder.username)
    user = User(username=username, name=name, power=power, subject=subject)
    user.set_unusable_password()
    user.save()
    record("user.created", user, after={"name": name, "power": power})
    return user


@use_case
def set_password(*, user: User, actor: Actor, password: str) -> User:
    """Give a user a new password; all sessions of the user end."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise AccountError("password_weak", why="".join(refused.messages)) from refused
    user.set_password(password)
    user.stamp = F("stamp") + 1
    user.save(update_fields=["password", "stamp"])
    user.refresh_from_db(fields=["stamp"])
    record("user.password_set", user)
    return user


@use_case
def switch_off_user(*, user: User, actor: Actor) -> User:
    """Close an account; all its sessions end, everything it did stays under its name."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not user.is_active:
        raise AccountError("off_already", username=user.username)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record("user.switched_off", user)
    return user


@use_case
def switch_on_user(*, user: User, actor: Actor) -> User:
    """Open an account again."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.is_active:
        raise AccountError("on_already", username=user.username)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("user.switched_on", user)
    return user


@use_case
def ask_grant(
    *,
    user: User,
    actor: Actor,
    role: Role,
    starts_on: date,
    unit: Unit | None = None,
    levels: Sequence[str] = (),
    ends_on: date | None = None,
) -> Grant:
    """Ask for a role over a subtree of units and some post levels; nothing holds until another approves."""
    if POWER_OF_ROLE[role] != user.power:
        power = Power(user.power).label
        raise AccountError("role_not_of_power", username=user.username, power=power, role=role.label)
    if ends_on is not None and ends_on < starts_on:
        raise AccountError("dates_reversed", starts_on=starts_on, ends_on=ends_on)
    grant = Grant.objects.create(
        user=user,
        power=user.power,
        role=role,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        asked_by=actor.key,
        asked_at=now(),
    )
    GrantLevel.objects.bulk_create([GrantLevel(grant=grant, level=level) for level in levels])
    record("grant.asked", grant, after={"user": user.username, **_terms(grant, unit, levels)})
    return grant


@use_case
def approve_grant(*, grant: Grant, actor: Actor) -> Grant:
    """Put into force what another asked for somebody else."""
    grant = Grant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    if grant.approved_by is not None:
        raise AccountError("approved_already")
    if grant.asked_by == actor.key:
        raise AccountError("same_person")
    if grant.user.actor_key == actor.key:
        raise AccountError("own_grant")
    grant.approved_by = actor.key
    grant.approved_at = now()
    grant.save(update_fields=["approved_by", "approved_at"])
    record("grant.approved", grant, after={"user": grant.user.username, "role": grant.role})
    return grant


@use_case
def end_grant(*, grant: Grant, actor: Actor, ends_on: date) -> Grant:
    """Let a grant end on a day; that day is its last."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if grant.ends_on is not None and grant.ends_on <= ends_on:
        raise AccountError("ended_already", ends_on=grant.ends_on)
    if ends_on < grant.starts_on:
        raise AccountError("dates_reversed", starts_on=grant.starts_on, ends_on=ends_on)
    before = {"ends_on": str(grant.ends_on) if grant.ends_on else None}
    grant.ends_on = ends_on
    grant.save(update_fields=["ends_on"])
    record("grant.ended", grant, before=before, after={"ends_on": str(ends_on)})
    return grant


def _terms(grant: Grant, unit: Unit | None, levels: Sequence[str]) -> dict[str, object]:
    return {
        "role": grant.role,
        "unit": unit.code if unit else None,
        "levels": list(levels),
        "starts_on": str(grant.starts_on),
        "ends_on": str(grant.ends_on) if grant.ends_on else None,
    }
