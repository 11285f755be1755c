"""docs/data-model.md, written from the models themselves: a sentence a table, and a drawing."""

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

HEAD = """# Data model
Written by `manage.py document --write` from the models; a test compares. Names of tables are
`<app>_<model>`. *Facts* are append-only rows with `[seq_from, seq_to)` (see
[decisions/0002-ledger.md](decisions/0002-ledger.md)); *never changed* means that the database itself
refuses an UPDATE and a DELETE.
"""

ROOMS = ("audit", "ledger", "files", "jobs", "rulebook", "units", "accounts", "cadres", "intake", "evaluation")


def data_model() -> str:
    """The whole page."""
    parts = [HEAD]
    for label in ROOMS:
        models = sorted(apps.get_app_config(label).get_models(), key=lambda m: m._meta.object_name or "")
        parts.append(f"## {label}\n{_table(models)}")
    parts.append("## Drawing\n```mermaid\nerDiagram\n" + "\n".join(_edges()) + "\n```\n")
    return "\n".join(parts)


def _table(models: Iterable[type[Model]]) -> str:
    rows = "\n".join(f"| `{m._meta.db_table}` | {_sentence(m)} | {_columns(m)} |" for m in models)
    return f"| table | what a row is | columns |\n|---|---|---|\n{rows}\n"


def _sentence(model: type[Model]) -> str:
    first = (model.__doc__ or "").strip().split("\n\n")[0]
    return " ".join(first.split()).replace("|", "\\|")


def _columns(model: type[Model]) -> str:
    return ", ".join(_column(f) for f in model._meta.concrete_fields if f.column)


def _column(field: "Field[object, object]") -> str:
    mark = "?" if field.null else ""
    target = field.related_model if isinstance(field, ForeignKey) else None
    arrow = f" → {target._meta.object_name}" if isinstance(target, type) else ""
    return f"{field.column}{mark}{arrow}"


def _edges() -> list[str]:
    edges = []
    for label in ROOMS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                target = field.related_model
                if isinstance(field, ForeignKey) and isinstance(target, type):
                    many = "|o" if field.null else "||"
                    kind = "o|" if field.unique else "o{"
                    edges.append(
                        f"    {target._meta.object_name} {many}--{kind} {model._meta.object_name} : {field.name}"
                    )
    return sorted(set(edges))
