"""Rules of the house that a machine can read off the source: each takes a text and names the lines that break it."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "foundation",
    "units",
    "accounts",
    "cadres",
    "casework",
    "intake",
    "evaluation",
    "dashboards",
    "ordos_cadres",
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "handler"}


@cache
def tracked(*suffixes: str) -> tuple[Path, ...]:
    """Files of the project that git knows or would take in, by suffix; what is being written is read as well."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    paths = (ROOT / name for name in listed)
    return tuple(path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes))


def app_modules() -> list[Path]:
    """Python files of the apps, without migrations."""
    return [
        path
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] in APPS and "migrations" not in path.relative_to(ROOT).parts
    ]


def where(path: Path, line: int) -> str:
    """Place of a finding."""
    return f"{path.relative_to(ROOT)}:{line}"


def imports_inside_functions(source: str) -> Iterator[int]:
    """An import inside a function hides a dependency, and mostly a cycle."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno


def star_imports(source: str) -> Iterator[int]:
    """`import *` hides where a name comes from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield node.lineno


def imported_modules(source: str) -> Iterator[str]:
    """Modules that a text imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def manager_reads(source: str) -> Iterator[int]:
    """A view reads through a selector, which knows the scope, never through `.objects`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            yield node.lineno


def swallowed_errors(source: str) -> Iterator[int]:
    """`except Exception` may stand where the fault is raised again or recorded, never where it is dropped."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
        if broad and not any(isinstance(inner, ast.Raise | ast.Call) for inner in ast.walk(node)):
            yield node.lineno


def inexact_fields(source: str) -> Iterator[int]:
    """Values, scores and weights are integers; SQLite keeps 15 digits of a decimal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in {"FloatField", "DecimalField"}:
                yield node.lineno


def naive_clocks(source: str) -> Iterator[int]:
    """The day is asked of foundation.clock, in Ordos; a server's own day may be yesterday."""
    pattern = re.compile(r"\bdate\.today\(\)|\bdatetime\.(now|today|utcnow)\(")
    yield from lines_that_match(source, pattern)


def full_width_letters(source: str) -> Iterator[int]:
    """Full-width digits and letters in source may be folded by an editor: build them with chr(ord(c) + 0xFEE0)."""
    yield from lines_that_match(source, re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"))


def inline_code(markup: str) -> Iterator[int]:
    """The Content-Security-Policy drops inline style, script and event attributes without a word."""
    without_comments = re.sub(
        r"{#.*?#}|{% comment.*?endcomment %}", lambda found: "\n" * found[0].count("\n"), markup, flags=re.S
    )
    pattern = re.compile(
        r"""\sstyle\s*=\s*["'{]|\son[a-z]+\s*=\s*["'{]|<style\b|<script(?![^>]*\ssrc=)|javascript:""", re.I
    )
    yield from lines_that_match(without_comments, pattern)


def silenced_checkers(source: str) -> Iterator[int]:
    """A silenced checker names what it silences and says why, beside it."""
    reasoned = re.compile(r"# (noqa: [A-Z0-9, ]+ --? \S|type: ignore\[[a-z, -]+\]  # \S)")
    for number in lines_that_match(source, re.compile(r"# (noqa|type: ignore)(?!\()")):
        if not reasoned.search(source.splitlines()[number - 1]):
            yield number


def machine_paths(text: str) -> Iterator[int]:
    """No path of one machine and no host of a package registry stands in the project."""
    folders = "home|root|work|farm|Users"
    hosts = ("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian\.org")
    pattern = re.compile(rf"(?<![\w./~\-]) ?/({folders})/[a-z]|" + "|".join(hosts))
    yield from lines_that_match(text, pattern)


def lines_that_match(text: str, pattern: re.Pattern[str]) -> Iterator[int]:
    """Numbers of the lines in which a pattern is found."""
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            yield number


def mutual_imports(imports: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs that import each other."""
    known = set(imports)
    return sorted({(one, other) for one, other in known if one < other and (other, one) in known})
