"""The whole source obeys the rules of the house, and each rule is seen to catch what it forbids."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.rules import ROOT, app_modules, tracked, where

Rule = Callable[[str], Iterator[int]]

CAUGHT: list[tuple[Rule, str]] = [
    (rules.imports_inside_functions, "def f():\n    import os\n"),
    (rules.star_imports, "from os import *\n"),
    (rules.manager_reads, "Cadre.objects.all()\n"),
    (rules.swallowed_errors, "try:\n    f()\nexcept Exception:\n    pass\n"),
    (rules.inexact_fields, "total = models.FloatField()\n"),
    (rules.inexact_fields, "total = DecimalField()\n"),
    (rules.naive_clocks, "on = date.today()\n"),
    (rules.full_width_letters, "number = '" + chr(ord("9") + 0xFEE0) + "'\n"),
    (rules.silenced_checkers, "f()  # noqa" + ": S608\n"),
    (rules.silenced_checkers, "f()  # type" + ": ignore\n"),
    (rules.inline_code, '<p style="color: red">\n'),
    (rules.inline_code, '<a onclick="go()">\n'),
    (rules.inline_code, "<script>go()</script>\n"),
    (rules.machine_paths, "open('/" + "home/li/file')\n"),
    (rules.machine_paths, "https://registry" + ".npmjs/x\n"),
]
LET_THROUGH: list[tuple[Rule, str]] = [
    (rules.swallowed_errors, "try:\n    f()\nexcept Exception:\n    log.exception('f')\n"),
    (rules.silenced_checkers, "f()  # noqa" + ": S603 - our own command\n"),
    (rules.silenced_checkers, "f()  # type" + ": ignore[attr-defined]  # set above\n"),
    (rules.inline_code, '<script src="a.js"></script><p class="x" data-style="y">{# style="z" #}\n'),
    (rules.machine_paths, "see docs/work/plan.md and /var/lib\n"),
]


@pytest.mark.parametrize(("rule", "text"), CAUGHT)
def test_rule_catches_what_it_forbids(rule: Rule, text: str) -> None:
    assert list(rule(text)) != []


@pytest.mark.parametrize(("rule", "text"), LET_THROUGH)
def test_rule_lets_through_what_is_allowed(rule: Rule, text: str) -> None:
    assert list(rule(text)) == []


def findings(rule: Rule, paths: list[Path]) -> list[str]:
    return [where(path, line) for path in paths for line in rule(path.read_text("utf-8"))]


def is_of_room(path: Path, *rooms: str) -> bool:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return bool(set(parts) & set(rooms))


def outside_settings() -> list[Path]:
    return [path for path in app_modules() if not is_of_room(path, "settings")]


def test_no_import_stands_inside_a_function() -> None:
    assert findings(rules.imports_inside_functions, app_modules()) == []


def test_nothing_is_imported_by_a_star() -> None:
    assert findings(rules.star_imports, outside_settings()) == []


def test_no_two_apps_import_each_other() -> None:
    imports = {
        (path.relative_to(ROOT).parts[0], module.split(".")[0])
        for path in app_modules()
        for module in rules.imported_modules(path.read_text("utf-8"))
    }
    between_apps = {(one, other) for one, other in imports if one != other and other in rules.APPS}

    assert rules.mutual_imports(between_apps) == []


def test_mutual_imports_are_seen() -> None:
    assert rules.mutual_imports({("a", "b"), ("b", "a"), ("b", "c")}) == [("a", "b")]


def test_scoring_imports_numpy_the_standard_library_and_itself_only() -> None:
    scoring = [path for path in app_modules() if path.is_relative_to(ROOT / "evaluation" / "scoring")]
    allowed = sys.stdlib_module_names | {"numpy"}
    foreign = [
        f"{where(path, 1)} {module}"
        for path in scoring
        for module in rules.imported_modules(path.read_text("utf-8"))
        if module.split(".")[0] not in allowed and not module.startswith("evaluation.scoring")
    ]

    assert scoring != []
    assert foreign == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [where(path, 1) for path in outside_settings() if path.stem in rules.FORBIDDEN_NAMES]

    assert named == []


def test_views_read_through_selectors_only() -> None:
    views = [path for path in app_modules() if is_of_room(path, "views", "api", "tables", "forms", "filters")]

    assert findings(rules.manager_reads, views) == []


def test_no_error_is_swallowed() -> None:
    assert findings(rules.swallowed_errors, app_modules()) == []


def test_who_silences_a_checker_says_why() -> None:
    everywhere = [path for path in tracked(".py") if not is_of_room(path, "architecture", "migrations")]

    assert findings(rules.silenced_checkers, everywhere) == []


def test_no_field_is_inexact() -> None:
    assert findings(rules.inexact_fields, [path for path in app_modules() if is_of_room(path, "models")]) == []


def test_nobody_asks_the_servers_own_day() -> None:
    assert findings(rules.naive_clocks, app_modules()) == []


def test_full_width_letters_are_built_not_typed() -> None:
    assert findings(rules.full_width_letters, list(tracked(".py", ".html", ".js", ".po"))) == []


def test_templates_hold_no_inline_code() -> None:
    assert findings(rules.inline_code, list(tracked(".html"))) == []


def test_no_path_of_a_machine_and_no_registry_is_named() -> None:
    texts = tracked(
        ".py", ".md", ".html", ".js", ".css", ".toml", ".txt", ".in", ".json", ".yml", ".yaml", ".sh", ".cfg"
    )

    assert findings(rules.machine_paths, [*texts, ROOT / "Makefile", ROOT / ".ci/run", ROOT / ".npmrc"]) == []
