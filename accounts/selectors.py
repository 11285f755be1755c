"""Reads of accounts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.scope import Scope, actor_of, scope_of
from foundation.actor import Actor
from foundation.audit.models import AuditEvent, AuditHead
from foundation.clock import midnight, today
from foundation.jobs.models import Job
from foundation.jobs.selectors import JobProgress, progress_rows
from foundation.permissions import Permission

PREFIX = "user:"
VERIFY_JOB = "accounts.verify_trail"


def user_for_key(key: str) -> User | None:
    """Find the active user behind an actor key."""
    if not key.startswith(PREFIX):
        return None
    return User.objects.filter(username=key.removeprefix(PREFIX), is_active=True).first()


def actor_of_key(key: str) -> Actor | None:
    """Find the actor behind a key, as they stand today; None when they may not act any more."""
    user = user_for_key(key)
    return None if user is None else actor_of(user, on=today())


def names_of_keys(keys: frozenset[str]) -> dict[str, str]:
    """Names behind actor keys of users, disabled ones included, in one query."""
    usernames = {key.removeprefix(PREFIX) for key in keys if key.startswith(PREFIX)}
    found = User.objects.filter(username__in=usernames).values_list("username", "name")
    return {f"{PREFIX}{username}": name for username, name in found}


def actor_may(actor: Actor, permission: Permission) -> bool:
    """Whether an actor holds a right today, by all grants in force; the system may do what its jobs are for."""
    if actor.kind == "system":
        return True
    user = user_for_key(actor.key)
    return user is not None and scope_of(user, on=today()).may(permission)


@dataclass(frozen=True)
class EventFilter:
    """Which events of the trail are asked for; ``since`` and ``until`` are days of the office, both inside."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    object_kind: str = ""
    object_ref: str = ""

    def told(self) -> dict[str, str]:
        """The filter as an event keeps it: what is not asked for is left out."""
        said = {"text": self.text, "object_kind": self.object_kind, "object_ref": self.object_ref}
        days = {"since": self.since, "until": self.until}
        return {name: value for name, value in said.items() if value} | {
            name: day.isoformat() for name, day in days.items() if day
        }


def visible_events(scope: Scope, chosen: EventFilter) -> QuerySet[AuditEvent]:
    """Events of the trail that a reader may see: all of them with ``READ_AUDIT``, else none."""
    if not scope.may(Permission.READ_AUDIT):
        return AuditEvent.objects.none()
    events = AuditEvent.objects.all()
    if chosen.object_kind:
        events = events.filter(object_kind=chosen.object_kind)
    if chosen.object_ref:
        events = events.filter(object_ref=chosen.object_ref)
    if chosen.since:
        events = events.filter(at__gte=midnight(chosen.since))
    if chosen.until:
        events = events.filter(at__lt=midnight(chosen.until + timedelta(days=1)))
    return events.filter(_says(chosen.text)) if chosen.text else events


def _says(text: str) -> Q:
    """Number, account, person, object or request: what an auditor has in hand."""
    found = Q(actor_name__icontains=text) | Q(actor_key__in=[text, f"{PREFIX}{text}"])
    found |= Q(object_ref=text) | Q(request_id=text) | Q(action=text)
    if text.isascii() and text.isdecimal() and len(text) < 16:
        found |= Q(seq=int(text))
    return found


def newest_event_number() -> int:
    """Number of the newest event; 0 before the first."""
    return AuditHead.objects.values_list("seq", flat=True).get(pk=1)


def newest_verification() -> JobProgress | None:
    """The reading of the trail that was asked for last, whoever asked; None when there was none."""
    job = Job.objects.filter(kind=VERIFY_JOB).order_by("-pk").first()
    return None if job is None else progress_rows([job])[0]
