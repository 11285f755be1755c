"""Rules that the database itself holds: choices as CHECKs, and guards (triggers) in one list.

A guard refuses a change whatever door it comes through: ORM, raw SQL, another program.
Every guard stands in ``GUARDS``, is installed after each migration (SQLite drops triggers
when Django remakes a table) and looked for at every start.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


def choices_check(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Give the CHECK that belongs to a choices field; ``name`` has at most 30 characters."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": list(choices.values)}), name=name)


@dataclass(frozen=True)
class Guard:
    """A trigger that refuses an event on a table's row when ``when`` holds.

    ``when`` is SQL that both databases understand, with OLD and NEW; ``why`` is what the
    refused program reads.
    """

    app_label: str
    table: str
    event: str
    name: str
    when: str
    why: str

    @property
    def trigger(self) -> str:
        """Name of the trigger in the database."""
        return f"guard_{self.table}_{self.name}"

    def statements(self, vendor: str) -> list[str]:
        """SQL that installs the guard anew."""
        if vendor == "sqlite":
            return [
                f"DROP TRIGGER IF EXISTS {self.trigger}",
                f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table} FOR EACH ROW "
                f"WHEN {self.when} BEGIN SELECT RAISE(ABORT, '{self.why}'); END",
            ]
        answer = "OLD" if self.event == "DELETE" else "NEW"
        # A plan that was made while the table was empty would be kept for a bulk load of thousands.
        planned = " SET plan_cache_mode = force_custom_plan" if "SELECT" in self.when else ""
        return [
            f"CREATE OR REPLACE FUNCTION {self.trigger}() RETURNS trigger LANGUAGE plpgsql{planned} AS $$ BEGIN "
            f"IF {self.when} THEN RAISE EXCEPTION '{self.why}' USING ERRCODE = '23514'; END IF; "
            f"RETURN {answer}; END $$",
            f"DROP TRIGGER IF EXISTS {self.trigger} ON {self.table}",
            f"CREATE TRIGGER {self.trigger} BEFORE {self.event} ON {self.table} FOR EACH ROW "
            f"EXECUTE FUNCTION {self.trigger}()",
        ]


GUARDS: list[Guard] = []


def guard(model: type[models.Model], event: str, name: str, *, when: str, why: str) -> None:
    """Add a guard to the list."""
    meta = model._meta
    GUARDS.append(Guard(meta.app_label, meta.db_table, event, name, when, why))


def columns_of(model: type[models.Model]) -> list[str]:
    """Names of the columns of a model's table."""
    return [str(f.column) for f in model._meta.concrete_fields if f.column]


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)


def keep_rows(model: type[models.Model]) -> None:
    """Refuse every DELETE."""
    guard(model, "DELETE", "keep", when="1 = 1", why=f"{model._meta.db_table}: rows are never deleted")


def keep_unchanged(model: type[models.Model]) -> None:
    """Refuse every UPDATE and DELETE: what was written stays."""
    keep_rows(model)
    guard(model, "UPDATE", "still", when="1 = 1", why=f"{model._meta.db_table}: rows are never changed")


def keep_columns(model: type[models.Model], columns: Sequence[str], name: str, *, why: str, unless: str = "") -> None:
    """Refuse an UPDATE of these columns (``unless``: SQL under which it is allowed)."""
    when = f"({_changed(columns)})" + (f" AND NOT ({unless})" if unless else "")
    guard(model, "UPDATE", name, when=when, why=f"{model._meta.db_table}: {why}")


def write_once(model: type[models.Model], column: str) -> None:
    """Let ``column`` go from null to a value once; refuse any other UPDATE, and DELETE."""
    keep_rows(model)
    others = [c for c in columns_of(model) if c != column]
    guard(
        model,
        "UPDATE",
        "once",
        when=f"NOT (OLD.{column} IS NULL AND NEW.{column} IS NOT NULL) OR {_changed(others)}",
        why=f"{model._meta.db_table}: only {column} may be written, and once",
    )


def install_guards(connection: BaseDatabaseWrapper, app_label: str) -> None:
    """Install an app's guards; run after every migration."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for each in GUARDS:
            if each.app_label == app_label and each.table in tables:
                for statement in each.statements(connection.vendor):
                    cursor.execute(statement)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that should stand in this database and do not."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {str(row[0]) for row in cursor.fetchall()}
    return [g.trigger for g in GUARDS if g.trigger not in there]


def require_guards() -> None:
    """Stop the start of a process whose database lacks a guard: it would let through what must be refused."""
    connection = connections["default"]
    missing = missing_guards(connection)
    connection.close()
    if missing:
        raise ImproperlyConfigured(f"the database lacks {len(missing)} guards ({missing[0]} …): run manage.py migrate")


def install_after_migration(sender: Any, using: str, **_: Any) -> None:
    """Receiver of ``post_migrate``."""
    install_guards(connections[using], sender.label)
