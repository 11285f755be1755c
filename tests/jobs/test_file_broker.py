"""The broker of files: whole files only, and nothing that lies in it takes a worker down."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport.virtual import BrokerState

from foundation import clock
from foundation.jobs.file_broker import Transport, discard_pieces
from ordos_cadres.settings.embedded import file_broker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    # Otherwise this process remembers the queues of the folder of an earlier test.
    monkeypatch.setattr(Transport, "global_state", BrokerState())
    with Connection("filesystem://", transport_options=file_broker(folder)) as connection:
        yield connection


def send(connection: Connection, *words: str) -> None:
    queue = connection.SimpleQueue("celery")
    for word in words:
        queue.put({"word": word})
    queue.close()


def received(connection: Connection, most: int = 10) -> list[str]:
    queue, words = connection.SimpleQueue("celery"), []
    try:
        for _ in range(most):
            message = queue.get(block=False)
            words.append(message.payload["word"])
            message.ack()
    except Empty:
        pass
    queue.close()
    return words


def test_products_own_transport_is_used_and_keeps_the_order(connection: Connection, folder: Path) -> None:
    send(connection, "one", "two", "three")

    assert isinstance(connection.transport, Transport)
    assert received(connection) == ["one", "two", "three"]
    assert list((folder / "queue").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b'{"body": "half of a mess'])
def test_half_written_message_is_passed_over(connection: Connection, folder: Path, content: bytes) -> None:
    (folder / "queue" / "0_half.celery.msg").write_bytes(content)
    send(connection, "whole")

    assert received(connection) == ["whole"]


@pytest.mark.parametrize("content", ["", '[["", "'])
def test_half_written_table_of_queues_stops_nobody(connection: Connection, folder: Path, content: str) -> None:
    (folder / "control" / "celery.exchange").write_text(content)
    send(connection, "one")

    assert received(connection) == ["one"]


def test_message_is_never_seen_before_it_is_whole(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append([path.suffix for path in (folder / "queue").iterdir()])
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    send(connection, "one")

    assert seen[-1] == [".draft"]
    assert received(connection) == ["one"]


def test_full_disk_leaves_no_draft(connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send(connection, "one")

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        send(connection, "two")
    monkeypatch.undo()

    assert received(connection) == ["one"]
    assert list((folder / "queue").iterdir()) == []


def test_pieces_of_dead_processes_are_removed_and_messages_stay(folder: Path, settings: Any) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = file_broker(folder)
    now = clock.now()
    names = ("a.draft", "1_a.celery.msg.taken", "1_b.celery.msg")
    for name in names:
        (folder / "queue" / name).write_bytes(b"")
    os.utime(folder / "queue" / "a.draft", (now.timestamp() - 7200,) * 2)
    os.utime(folder / "queue" / "1_b.celery.msg", (now.timestamp() - 7200,) * 2)

    discard_pieces(before=now - timedelta(hours=1))

    assert sorted(path.name for path in (folder / "queue").iterdir()) == ["1_a.celery.msg.taken", "1_b.celery.msg"]
