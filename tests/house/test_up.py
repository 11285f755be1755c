"""`manage.py up` as an office meets it: started, killed, started again, on a port that is taken."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from tests import city as cities
from tests.city import ROOT

pytestmark = pytest.mark.real
PREPARING = "正在准备数据库"


class Office:
    """A machine with a folder for its data, on which `up` is started and stopped."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = cities.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {
            **cities.environment("sqlite", var),
            "DJANGO_SETTINGS_MODULE": "ordos_cadres.settings.embedded",
            "ORDOS_PORT": str(self.port),
        }
        self._started: list[subprocess.Popen[str]] = []
        self._outputs: list[TextIO] = []

    def up(self, *arguments: str) -> "subprocess.Popen[str]":
        output = (self.var.parent / f"up-{len(self._started)}.txt").open("w+", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "up", *arguments],
            cwd=ROOT,
            env=self.env,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        self._outputs.append(output)
        return process

    def said(self, process: "subprocess.Popen[str]") -> str:
        output = self._outputs[self._started.index(process)]
        output.seek(0)
        return output.read()

    def wait_until_up(self, process: "subprocess.Popen[str]", seconds: float = 30) -> None:
        wait_until(lambda: "系统已启动" in self.said(process) or process.poll() is not None, seconds)
        assert process.poll() is None, self.said(process)

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=40)
        for output in self._outputs:
            output.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "var")
    yield made
    made.close()


def wait_until(is_so: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.1)


def descendants(pid: int) -> set[int]:
    """Children of a process and theirs, as the kernel lists them."""
    found: set[int] = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found |= {int(child)} | descendants(int(child))
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists() and "Z" not in state(pid)}


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def test_first_start_migrates_and_second_start_does_not(office: Office) -> None:
    first = office.up("--no-sample")
    office.wait_until_up(first)
    family = descendants(first.pid)
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=40) == 0
    assert alive(family) == set()
    assert PREPARING in office.said(first)

    second = office.up("--no-sample")
    office.wait_until_up(second)

    assert PREPARING not in office.said(second)


def test_first_start_that_breaks_off_begins_again_and_ends_with_the_ranking(office: Office) -> None:
    broken_off = office.up()
    wait_until(lambda: "上传" in office.said(broken_off), 60)
    broken_off.kill()
    broken_off.wait(timeout=10)

    first = office.up()
    office.wait_until_up(first, 120)
    first.terminate()
    first.wait(timeout=40)
    second = office.up()
    office.wait_until_up(second)

    said = office.said(first)
    assert "现在从头再来" in said
    assert said.count("密码 ") == said.count("账号 ") > 5
    assert len(re.findall(r"组内第 \d+", said)) == 5
    assert office.address in said
    assert "密码" not in office.said(second)
    assert len(re.findall(r"组内第 \d+", office.said(second))) == 5


def test_killed_web_process_is_started_again(office: Office) -> None:
    up = office.up("--no-sample")
    office.wait_until_up(up)
    web = next(pid for pid in descendants(up.pid) if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())

    os.killpg(os.getpgid(web), signal.SIGKILL)
    wait_until(lambda: not alive({web}))

    wait_until(lambda: answers(office.port))
    assert up.poll() is None


def test_killed_supervisor_leaves_no_orphan(office: Office) -> None:
    up = office.up("--no-sample")
    office.wait_until_up(up)
    family = descendants(up.pid)
    assert len(family) >= 2

    up.kill()
    up.wait(timeout=10)

    wait_until(lambda: alive(family) == set())


def test_second_start_beside_the_first_is_told_where_it_runs(office: Office) -> None:
    up = office.up("--no-sample")
    office.wait_until_up(up)

    second = office.up("--no-sample")

    assert second.wait(timeout=30) == 1
    assert f"系统已在运行（pid {up.pid}, {office.address}）" in office.said(second)
    assert up.poll() is None


def test_busy_port_is_named_with_a_way_out(office: Office) -> None:
    with socket.socket() as neighbour:
        neighbour.bind(("127.0.0.1", office.port))
        neighbour.listen()

        up = office.up("--no-sample")

        assert up.wait(timeout=30) == 1
    assert f"端口 {office.port} 已被占用" in office.said(up)
    assert f"ORDOS_PORT={office.port + 1}" in office.said(up)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
