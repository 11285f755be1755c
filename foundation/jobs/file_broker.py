"""Celery's broker of files, made to outlive a process that dies while it writes.

Kombu's own opens a message file and then writes it: a reader that comes between, or after a kill,
meets an empty file and takes its whole worker down; an empty table of queues stops every worker and
every page for good. Here a file appears whole or not at all, and what cannot be read is passed over:
a message only wakes a worker, and the sweep sends another.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)

DRAFT, TAKEN, LOCK = ".draft", ".taken", "tables.lock"


class Channel(filesystem.Channel):
    """Messages and tables of queues, each put in place by one rename."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # Kombu names it in two ways
        # By the clock of the machine: messages are read in the order of their names.
        name = f"{time.time_ns():020d}_{uuid4()}.{queue}.msg"
        _place(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}{TAKEN}"
            try:
                (folder / name).rename(taken)
                content = taken.read_bytes()
                taken.unlink()
            except OSError:
                # Another worker was first.
                continue
            try:
                return loads(bytes_to_str(content))
            except ValueError:
                log.warning("a message that cannot be read is passed over: %s", name)
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        """Queues of an exchange; none where the table is missing or cannot be read."""
        with suppress(OSError, ValueError):
            return [
                exchange_queue_t(*queue) for queue in loads(bytes_to_str(self._exchange_file(exchange).read_bytes()))
            ]
        return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        if bound in self.get_table(exchange):
            return
        self.control_folder.mkdir(exist_ok=True)
        with self._alone():
            table = self.get_table(exchange)
            if bound not in table:
                _place(self._exchange_file(exchange), dumps([bound, *table]))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.control_folder / LOCK).open("a") as held:
            filesystem.lock(held, filesystem.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """The transport behind ``filesystem://`` in this product."""

    Channel = Channel


def _place(target: Path, content: str) -> None:
    draft = target.with_name(f"{uuid4()}{DRAFT}")
    try:
        draft.write_bytes(str_to_bytes(content))
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def discard_pieces(*, before: datetime) -> None:
    """Remove drafts and taken messages of processes that died over them; no-op for another broker."""
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_in")
    if not folder:
        return
    for path in Path(folder).iterdir():
        with suppress(FileNotFoundError):
            if path.suffix in {DRAFT, TAKEN} and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()


def use_whole_files() -> None:
    """Let Celery take this transport wherever ``filesystem://`` is named; before the first connection."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
