"""Bring locale/en up to date with the texts of the source: `.venv/bin/python tools/messages.py`.

Django's own `makemessages` needs GNU gettext, which an office's machine does not have; Babel reads the Python files,
and what Django's template compiler makes of the templates. Prints how many texts wait for a translation.
"""

import ast
import datetime
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
APPS = ("foundation", "units", "accounts", "cadres", "intake", "evaluation", "dashboards", "ordos_cadres")
LAZY = {f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items() if name != "_"}
KEYWORDS = {**DEFAULT_KEYWORDS, **LAZY, "gettext_noop": None}
CALL = re.compile(r"\b(gettext|ngettext|pgettext|npgettext)\(|(?<![\w])(_)\(")

Message = str | tuple[str, ...]


def texts_of_python(file: Path) -> Iterator[tuple[int, Message, str | None]]:
    """Texts of a Python file: line, message or (singular, plural), context."""
    with file.open("rb") as stream:
        for line, function, message, _comments in extract_python(stream, KEYWORDS, [], {"encoding": "utf-8"}):
            parts: Any = message  # Babel's own hint is narrower than what it gives
            arguments: list[str | None] = [parts] if isinstance(parts, str) else list(parts or ())
            found = _message(str(function), arguments)
            if found:
                yield line, *found


def texts_of_template(file: Path) -> Iterator[tuple[int, Message, str | None]]:
    """Texts of a template, out of the calls that Django's template compiler writes for xgettext."""
    compiled = templatize(file.read_text("utf-8"), origin=str(file))
    for call in CALL.finditer(compiled):
        arguments = _arguments(compiled[call.end() - 1 :])
        found = _message(call[1] or call[2], arguments)
        if found:
            yield compiled.count("\n", 0, call.start()) + 1, *found


def _arguments(text: str) -> list[str | None]:
    """String arguments of the call whose opening bracket begins the text."""
    depth, end = 0, 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        depth += {"(": 1, ")": -1}.get(token.string, 0)
        if depth == 0:
            lines = text.splitlines(keepends=True)
            end = sum(map(len, lines[: token.end[0] - 1])) + token.end[1]
            break
    call = ast.parse(f"f{text[:end]}", mode="eval").body
    assert isinstance(call, ast.Call)
    return [
        node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None for node in call.args
    ]


def _message(function: str, arguments: list[str | None]) -> tuple[Message, str | None] | None:
    """Sort the arguments of a gettext call into message and context; nothing if the text is not a literal."""
    context = None
    name = function.removesuffix("_lazy")
    if name in {"pgettext", "npgettext"}:
        context, *arguments = arguments
    texts = arguments[:2] if name in {"ngettext", "npgettext"} else arguments[:1]
    known = [text for text in texts if text]
    if not texts or len(known) != len(texts):
        return None
    return (known[0] if len(known) == 1 else tuple(known)), context


def all_texts() -> Catalog:
    """Texts of the whole source, in the order of files."""
    catalog = Catalog(project="ordos-cadres", charset="utf-8", fuzzy=False)
    python = [file for app in APPS for file in sorted((ROOT / app).rglob("*.py")) if "migrations" not in file.parts]
    templates = [file for folder in (*APPS, "templates") for file in sorted((ROOT / folder).rglob("*.html"))]
    for files, texts in ((python, texts_of_python), (templates, texts_of_template)):
        for file in files:
            for _line, message, context in texts(file):
                catalog.add(message, locations=[(str(file.relative_to(ROOT)), 0)], context=context)
    return catalog


def merged(texts: Catalog, known: Catalog) -> Catalog:
    """Give the texts their known translations; what is no longer said goes, and nothing is guessed."""
    known.update(texts, no_fuzzy_matching=True)
    known.obsolete.clear()
    return known


def waiting(catalog: Catalog) -> list[str]:
    """Texts without a translation, or with one that is only a guess."""
    return [
        str(message.id) for message in catalog if message.id and (message.fuzzy or not _is_translated(message.string))
    ]


def _is_translated(translation: str | Iterable[str] | None) -> bool:
    return bool(translation) if isinstance(translation, str | None) else all(translation)


def english() -> Path:
    """Where the English texts stand."""
    return ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read(file: Path) -> Catalog:
    """Read a .po file; an empty catalogue if there is none yet."""
    if not file.exists():
        return Catalog(locale="en", project="ordos-cadres", charset="utf-8")
    with file.open("rb") as stream:
        return read_po(stream, locale="en")


def main() -> int:
    """Rewrite locale/en and report what waits."""
    file = english()
    catalog = merged(all_texts(), read(file))
    catalog.header_comment = "# English texts of ordos-cadres; the Chinese ones stand in the source."
    # A date of today would make every run a change.
    catalog.creation_date = catalog.revision_date = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalog, width=120, omit_header=False, include_lineno=False, sort_by_file=True)
    open_texts = waiting(catalog)
    print(f"{len(catalog)} texts, {len(open_texts)} wait for a translation in {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
