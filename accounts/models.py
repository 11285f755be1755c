"""Users and grants."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.enums import POWER_OF_ROLE, Power, Role
from foundation.constraints import choices_check, guard, keep_columns, keep_rows
from units.models import Subject, Unit


class UserManager(BaseUserManager["User"]):
    """Finds users by name, whatever the case of the letters."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find the user that logs in under this name."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """用户: who may log in. There is no superuser; what a user may do stands in grants.

    ``stamp`` is part of every session's hash: changing it ends all sessions of the user.
    """

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=50)
    subject = models.OneToOneField(Subject, models.PROTECT, null=True, blank=True, related_name="user")
    power = models.CharField(max_length=10, choices=Power, default=Power.BUSINESS)
    is_active = models.BooleanField(default=True)
    stamp = models.PositiveIntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    class Meta:
        constraints = [
            choices_check("power", Power, "user_power_is_known"),
            models.CheckConstraint(condition=Q(username=Lower("username")), name="user_name_is_lower"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def actor_key(self) -> str:
        """The key under which this user stands in ledger and audit."""
        return f"user:{self.username}"

    def get_session_auth_hash(self) -> str:
        """Hash that a session must carry; changes with password and stamp."""
        return f"{super().get_session_auth_hash()}{self.stamp}"


def _roles_of(power: Power) -> Q:
    roles = [role for role, owner in POWER_OF_ROLE.items() if owner == power]
    return Q(power=power, role__in=roles)


class Grant(models.Model):
    """授权: a role over a subtree of units and some post levels, for a time.

    ``power`` is the user's power, copied so that the database can keep the three powers apart.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    power = models.CharField(max_length=10, choices=Power)
    role = models.CharField(max_length=30, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="grants")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - nobody yet is not an empty name
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_check("role", Role, "grant_role_is_known"),
            models.CheckConstraint(condition=reduce(or_, map(_roles_of, Power)), name="grant_role_fits_power"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")), name="grant_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="grant_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="grant_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["user", "starts_on"], name="grant_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class GrantLevel(models.Model):
    """管理权限: one post level that a grant reaches; a grant without any reaches units only."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="levels")
    level = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "level"], name="grantlevel_once")]

    def __str__(self) -> str:
        return self.level


keep_rows(User)
keep_rows(Grant)
keep_columns(User, ["power", "username"], "power", why="username and power are for good")
guard(
    Grant,
    "INSERT",
    "power",
    when="NEW.power IS DISTINCT FROM (SELECT u.power FROM accounts_user u WHERE u.id = NEW.user_id)",
    why="accounts_grant: power is the power of the user",
)
keep_columns(
    Grant,
    ["user_id", "power", "role", "unit_id", "starts_on", "asked_by", "asked_at"],
    "terms",
    why="what was asked never changes",
)
