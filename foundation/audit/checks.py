"""Looks at the start: the guards that the database must hold are there."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from foundation.constraints import missing_guards


def guards_stand(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Stop the start when a guard is missing; a database that waits for a migration is not looked at.

    ``migrate`` runs the checks first: a guard of a table that it is about to make must not stop it.
    """
    missing: list[str] = []
    for alias in databases or ():
        connection = connections[alias]
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            missing += missing_guards(connection)
    return [
        Error(f"guard {name} is missing", hint="run manage.py migrate, which installs guards anew", id="ordos.E001")
        for name in missing
    ]
