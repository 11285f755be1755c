"""Every action that the source records has words for the auditor."""

import ast
from pathlib import Path

from foundation.audit.words import has_words
from tools.messages import APPS

ROOT = Path(__file__).resolve().parents[2]


def recorded() -> dict[str, str]:
    """Actions given to `record(…)` as literals, each with its file."""
    found = {}
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args:
                    action = node.args[0]
                    if isinstance(action, ast.Constant):
                        found[str(action.value)] = str(file.relative_to(ROOT))
    return found


def test_every_action_has_words() -> None:
    actions = recorded()

    assert {action: file for action, file in actions.items() if not has_words(action)} == {}
    assert len(actions) > 30
