"""Looks at the start: the guards that the database must hold are there."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from foundation.constraints import missing_guards


def guards_stand(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Stop the start when a guard is missing; a database without tables yet is not looked at."""
    missing: list[str] = []
    for alias in databases or ():
        connection = connections[alias]
        if "django_migrations" in connection.introspection.table_names():
            missing += missing_guards(connection)
    return [
        Error(f"guard {name} is missing", hint="run manage.py migrate, which installs guards anew", id="ordos.E001")
        for name in missing
    ]
