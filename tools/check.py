"""`make check`: all that reads the code without running it. `--fix` mends what a tool can mend.

Runs every step even if one fails, so that one run shows all there is to do.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

STEPS: list[tuple[str, list[str]]] = [
    ("ruff", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "--quiet", "."]),
    ("mypy", ["mypy"]),
    ("djlint", ["djlint", "templates", "--check", "--lint", "--quiet"]),
    ("import-linter", ["lint-imports", "--no-cache"]),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("documents from code", ["python", "manage.py", "document"]),
    ("architecture", ["python", "-m", "pytest", "tests/architecture"]),
]
FIXES: list[tuple[str, list[str]]] = [
    ("ruff", ["ruff", "check", "--fix", "."]),
    ("ruff format", ["ruff", "format", "."]),
    ("djlint", ["djlint", "templates", "--reformat", "--quiet"]),
    ("documents from code", ["python", "manage.py", "document", "--write"]),
]


def run(command: list[str]) -> int:
    """Run a tool of the project's own environment."""
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=os.environ, check=False).returncode


def main() -> int:
    """Run the steps and name those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true")
    fix = parser.parse_args().fix
    failed = []
    for name, command in FIXES if fix else STEPS:
        print(f"── {name}", flush=True)
        if run(command):
            failed.append(name)
    print(f"\n未通过 failed: {', '.join(failed)}" if failed else "\n全部通过 all clean", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
