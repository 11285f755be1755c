"""docs/permissions.md, written from roles and views: who may open which URL."""

from accounts.enums import Role
from accounts.roles import ROLES
from foundation.permissions import Permission
from foundation.web.checks import patterns

HEAD = """# Who may open what
Written by `manage.py document --write` from `accounts/roles.py` and from what each view declares; a
test compares, so that a change of who-may-what is a visible line of a diff. ● may open it; which
objects are seen there is a matter of scope (units × post levels, own file cut out). Not logged in:
the login page, or 401. No right: 403. Not this object: 404.
"""


def permission_table() -> str:
    """The whole page: purposes, then URL × role."""
    purposes = "\n".join(f"| {role.label} | `{role.value}` | {ROLES[role].purpose} |" for role in Role)
    roles = " | ".join(str(role.label) for role in Role)
    views = sorted(((route, pattern.callback) for route, pattern in patterns()), key=lambda view: view[0])
    rows = "\n".join(_row(route, getattr(view, "ordos_permissions")) for route, view in views)  # noqa: B009 - set by @page
    line = "|---" * (len(Role) + 2) + "|"
    return (
        f"{HEAD}\n| role | key | purpose |\n|---|---|---|\n{purposes}\n\n"
        f"| URL | needs one of | {roles} |\n{line}\n{rows}\n"
    )


def _row(route: str, needed: frozenset[Permission]) -> str:
    names = ", ".join(f"`{p.name}`" for p in sorted(needed)) or "public"
    marks = " | ".join("●" if not needed or needed & ROLES[role].permissions else "" for role in Role)
    return f"| `{route}` | {names} | {marks} |"
