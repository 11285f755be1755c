"""Set-up does each thing once, again when its lock changes, and lives without npm."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import setup


class Machine:
    """Stands in for pip and npm: writes down what is called and makes what they would make."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[str] = []
        self.has_npm = True
        self.has_index = True

    def run(self, command: list[str], **_: Any) -> "subprocess.CompletedProcess[bytes]":
        words = " ".join(command)
        if "-m venv" in words:
            self.calls.append("venv")
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        elif "pip" in words:
            self.calls.append(f"pip {Path(command[-1]).name}")
            return subprocess.CompletedProcess(command, 0 if self.has_index else 1)
        elif "ci" in command:
            self.calls.append("npm")
            (self.root / "node_modules").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, 0)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-assets.txt",
        "package.json",
        "package-lock.json",
    ):
        (tmp_path / name).write_text(name)
    made = Machine(tmp_path)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv/ordos-setup.json")
    monkeypatch.setattr(setup, "ASSETS_VENV", tmp_path / ".assets-venv")
    monkeypatch.setattr(setup, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(setup, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(setup.subprocess, "run", made.run)
    monkeypatch.setattr(setup.shutil, "which", lambda name: "/usr/bin/npm" if made.has_npm else None)
    return made


def run_setup(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["setup.py", *arguments])
    setup.main()


def test_second_time_calls_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    run_setup(monkeypatch)
    assert machine.calls == ["venv", "pip requirements.txt", "npm"]

    run_setup(monkeypatch)

    assert machine.calls == ["venv", "pip requirements.txt", "npm"]


def test_run_asks_nothing_more_of_an_environment_made_for_tests(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_setup(monkeypatch, "--dev")
    machine.calls.clear()

    run_setup(monkeypatch)

    assert machine.calls == []


def test_changed_lock_is_installed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    run_setup(monkeypatch)
    machine.calls.clear()
    (machine.root / "requirements.txt").write_text("Django==6")

    run_setup(monkeypatch)

    assert machine.calls == ["pip requirements.txt"]


def test_removed_front_end_files_are_fetched_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    run_setup(monkeypatch)
    machine.calls.clear()
    (machine.root / "node_modules").rmdir()

    run_setup(monkeypatch)

    assert machine.calls == ["npm"]


def test_machine_without_npm_and_index_goes_on_and_does_not_try_at_every_start(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_setup(monkeypatch)
    (machine.root / "node_modules").rmdir()
    machine.has_npm = machine.has_index = False
    machine.calls.clear()

    run_setup(monkeypatch)
    assert machine.calls == ["venv", "pip requirements-assets.txt"]
    assert "系统照常可用" in capsys.readouterr().out

    run_setup(monkeypatch)
    assert machine.calls == ["venv", "pip requirements-assets.txt"]


def test_setup_by_hand_tries_the_front_end_files_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.has_npm = False
    run_setup(monkeypatch)
    machine.has_npm = True
    machine.calls.clear()

    run_setup(monkeypatch, "--retry")

    assert machine.calls == ["npm"]


def test_failed_install_ends_with_what_to_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.has_index = False

    with pytest.raises(SystemExit, match="1"):
        run_setup(monkeypatch)

    assert "请检查网络或软件源后再运行一次" in capsys.readouterr().out
