"""Each profile starts only as it should, and docs/settings.md tells of every variable that one reads."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.city import ROOT

SETTINGS = ROOT / "ordos_cadres" / "settings"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "ordos_cadres.settings.production",
    "ORDOS_SECRET_KEY": "9kX2-vQ7mZ4pL8wR1tY6uB3nE5cA0sD_fGhJqWeRtYuIoPzXcVbNm",
    "ORDOS_HOSTS": "kaohe.example.cn",
    "ORDOS_DATABASE_URL": "postgres://ordos:secret@127.0.0.1:1/ordos",
    "ORDOS_BROKER_URL": "redis://127.0.0.1:1/0",
}


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORDOS_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def variables_read() -> set[str]:
    text = "".join(file.read_text(encoding="utf-8") for file in SETTINGS.glob("*.py"))
    return set(re.findall(r'"(ORDOS_[A-Z_]+)"', text))


def test_docs_name_every_variable_of_the_settings_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(ORDOS_[A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text("utf-8"), re.M))

    assert documented == variables_read()


def test_environment_is_read_in_settings_only() -> None:
    readers = [
        str(file.relative_to(ROOT))
        for app in ("foundation", "units", "accounts", "cadres", "intake", "evaluation", "dashboards", "ordos_cadres")
        for file in sorted((ROOT / app).rglob("*.py"))
        if SETTINGS not in file.parents
        and re.search(r"os\.(environ\b(?!\.setdefault\(\"DJANGO)|getenv)", file.read_text("utf-8"))
    ]

    assert readers == []


def test_production_checks_clean_for_deployment(tmp_path: Path) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", ORDOS_VAR=str(tmp_path), **PRODUCTION)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["ORDOS_SECRET_KEY", "ORDOS_HOSTS", "ORDOS_DATABASE_URL", "ORDOS_BROKER_URL"])
def test_production_refuses_to_start_without(name: str) -> None:
    done = manage("check", **{**PRODUCTION, name: ""})

    assert done.returncode != 0
    assert f"缺少环境变量 {name}" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("ORDOS_HOSTS", "*", "ORDOS_HOSTS"), ("ORDOS_DATABASE_URL", "sqlite:////tmp/x.sqlite3", "PostgreSQL")],
)
def test_production_refuses_what_is_fit_for_trying_only(name: str, value: str, says: str) -> None:
    done = manage("check", **{**PRODUCTION, name: value})

    assert done.returncode != 0
    assert says in done.stderr


def test_embedded_makes_its_secret_key_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    environment = {"ORDOS_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "ordos_cadres.settings.embedded"}
    manage("check", **environment)
    first = (tmp_path / "secret_key").read_text("ascii")

    manage("check", **environment)

    assert (tmp_path / "secret_key").read_text("ascii") == first
    assert len(first) >= 50
    assert oct((tmp_path / "secret_key").stat().st_mode)[-3:] == "600"
    assert oct((tmp_path / "broker").stat().st_mode)[-3:] == "700"
    assert sorted(path.name for path in tmp_path.glob("secret_key*")) == ["secret_key"]


def test_base_settings_stay_readable() -> None:
    assert len((SETTINGS / "base.py").read_text("utf-8").splitlines()) <= 300
