"""Kinds of rule document: each has a JSON Schema and a check of its own, filled in by the app that reads it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from foundation.rulebook.errors import RuleError, RuleFault

Check = Callable[[Mapping[str, Any]], Sequence[RuleFault]]
Body = Mapping[str, Any]


@dataclass(frozen=True)
class RuleKind:
    """One kind of document. ``check`` gives every fault it finds; the schema is what editors and clients read.

    ``kept`` puts a body without faults into the form that is stored: databases may not keep the
    order of keys, so a kind whose order means something writes it as a list.
    """

    name: str
    schema: Mapping[str, Any]
    check: Check
    kept: Callable[[Body], dict[str, Any]] = dict


_kinds: dict[str, RuleKind] = {}


def register_rule_kind(kind: RuleKind) -> None:
    """Let a higher app say which documents of a kind are good."""
    Draft202012Validator.check_schema(kind.schema)
    _kinds[kind.name] = kind


def rule_kind(name: str) -> RuleKind:
    """Find a kind by its name."""
    if name not in _kinds:
        raise RuleError("kind_unknown", kind=name)
    return _kinds[name]


def faults_of(kind: RuleKind, body: Mapping[str, Any]) -> tuple[RuleFault, ...]:
    """All faults of a body: those of the kind's own check speak first, the schema has the last word."""
    return tuple(kind.check(body)) or schema_faults(kind.schema, body)


def schema_faults(schema: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[RuleFault, ...]:
    """Faults by JSON Schema alone, in the order of the document."""
    errors = sorted(Draft202012Validator(schema).iter_errors(body), key=lambda error: [str(p) for p in error.path])
    return tuple(RuleFault(_path(error), "schema", error.message) for error in errors)


def _path(error: ValidationError) -> str:
    path = ""
    for step in error.absolute_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path
