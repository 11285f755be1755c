"""`make test`: every tier that this machine can run, one after the other, and a word on those that were left out.

make test T=tests/evaluation       only what stands there
ORDOS_REQUIRE_TIERS=postgresql,redis,browser make test      a missing tier is a failure
"""

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import tiers  # noqa: E402 - the project is on the path from here on

NOTHING_COLLECTED = 5


@dataclasses.dataclass(frozen=True)
class Step:
    """One run of pytest: which tests, on which database, by how many processes."""

    name: str
    marks: str
    database: str
    needs: tuple[str, ...] = ()
    processes: int = 2
    # One process a module, so that its fixtures are made once; long tests are better taken by whoever is free.
    dist: str = "loadscope"


STEPS = (
    Step("纯函数与 SQLite pure and SQLite", "not real and not browser", "sqlite"),
    Step("PostgreSQL", "not pure and not real and not browser", "postgresql", needs=("postgresql",)),
    # Drills wait for leases most of the time.
    Step("进程与中断 processes and kill -9", "real", "sqlite", processes=3, dist="worksteal"),
    Step("浏览器 browser", "browser", "sqlite", needs=("browser",), dist="worksteal"),
)


def run_step(step: Step, arguments: list[str]) -> int:
    """Run one step and return pytest's exit status."""
    env = {**os.environ, "ORDOS_TEST_DATABASE": step.database}
    url = tiers.postgres_url()
    if url:
        env["ORDOS_TEST_POSTGRES"] = url
    command = [sys.executable, "-m", "pytest", "-m", step.marks, "-n", str(step.processes), "--dist", step.dist]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=env, check=False).returncode


def run_javascript() -> int:
    """Run the tests of pure JavaScript parts, where Node is found."""
    node = shutil.which("node")
    files = sorted(map(str, ROOT.glob("tests/js/**/*.test.*js")))
    if node is None or not files:
        return NOTHING_COLLECTED
    return subprocess.run([node, "--test", *files], cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the steps; the exit status is the first failure's."""
    found = tiers.found()
    missing = sorted(name for name, there in found.items() if not there)
    refused = tiers.required() & set(missing)
    if refused:
        print(f"要求的测试层缺失 required tiers not found: {', '.join(sorted(refused))}", flush=True)
        return 1
    outcomes: list[tuple[str, int, float]] = []
    for step in STEPS:
        if all(found[need] for need in step.needs):
            print(f"\n── {step.name}", flush=True)
            begun = time.monotonic()
            outcomes.append((step.name, run_step(step, arguments), time.monotonic() - begun))
    if not arguments:
        begun = time.monotonic()
        outcomes.append(("JavaScript", run_javascript(), time.monotonic() - begun))
    print()
    for name, status, seconds in outcomes:
        verdict = {0: "通过 passed", NOTHING_COLLECTED: "没有测试 none"}.get(status, f"失败 failed ({status})")
        print(f"{verdict:<20} {seconds:6.1f} s  {name}")
    if missing:
        print(f"本机没有，未测 left out, not on this machine: {', '.join(missing)}")
    failures = [status for _, status, _ in outcomes if status not in {0, NOTHING_COLLECTED}]
    if failures:
        return failures[0]
    return 0 if any(status == 0 for _, status, _ in outcomes) else NOTHING_COLLECTED


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
