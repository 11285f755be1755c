"""The health checks of the containers, and the process that only ticks."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import city as cities
from tools import alive

ROOT = Path(__file__).resolve().parents[2]


def ask(*arguments: str) -> int:
    """Status of alive.py in a process of its own."""
    return subprocess.run([sys.executable, "-I", str(ROOT / "tools" / "alive.py"), *arguments], check=False).returncode


def test_a_host_ticks_while_its_file_is_young(tmp_path: Path) -> None:
    file = tmp_path / "host"
    assert not alive.ticks(tmp_path, "host", now=time.time())
    file.touch()

    assert alive.ticks(tmp_path, "host", now=time.time() + 119)
    assert not alive.ticks(tmp_path, "host", now=time.time() + 121)
    assert not alive.ticks(tmp_path, "other", now=time.time())


def test_a_page_that_does_not_answer_is_not_well() -> None:
    assert ask("web", f"http://127.0.0.1:{cities.free_port()}/health/") == 1
    assert ask("nonsense") == 2


@pytest.mark.real
def test_web_is_well_and_beat_ticks_until_it_is_told_to_stop(city_env: cities.City) -> None:
    address = city_env.start_web()
    assert ask("web", f"{address}/health/") == 0
    assert ask("web", f"{address}/no-such-page/") == 1

    beat = city_env.start(sys.executable, "manage.py", "beat", name="beat")

    file = city_env.var / "alive" / socket.gethostname()
    deadline = time.monotonic() + 20
    while not file.exists():
        assert beat.poll() is None
        assert time.monotonic() < deadline, "beat did not tick"
        time.sleep(0.1)
    assert ask("ticks", str(file.parent)) == 0
    os.killpg(beat.pid, signal.SIGTERM)
    assert beat.wait(timeout=15) == 0
