#!/usr/bin/env python3
"""Whether an audit trail of ordos-cadres is whole: needs Python 3.11 and nothing else.

    python3 verify.py --export audit-20261124-1200.jsonl
    python3 verify.py --sqlite var/ordos.sqlite3 --anchors var/anchors/audit.jsonl
    python3 verify.py --postgres postgres://reader@host/ordos --anchors audit.jsonl     (calls psql)
    python3 verify.py --export today.jsonl --against last-month.jsonl

It states the formula of the chain on its own and imports nothing of the program that it checks:

    hash(n) = SHA-256("sha256" LF hash(n-1) LF event n as JSON: UTF-8, keys sorted, no spaces)

Exit status: 0 whole, 1 not whole (the first event that does not fit is named), 2 could not be read.
"""

import argparse
import contextlib
import hashlib
import itertools
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIELDS = (
    "seq",
    "at",
    "action",
    "actor_key",
    "actor_name",
    "actor_role",
    "object_kind",
    "object_ref",
    "before",
    "after",
    "rows_sha256",
    "request_id",
)
COLUMNS = ", ".join((*FIELDS, "prev_hash", "hash"))
FORMAT = "ordos-audit/1"
FINDINGS = {
    "missing": "第 {} 条不见了",
    "edited": "第 {} 条的内容与它的指纹不符",
    "unlinked": "第 {} 条与前一条接不上：其中一条被改过、插入或调换过",
    "rewritten": "第 {} 条与锚点不符：它和它之后的指纹被重新算过",
    "behind_head": "第 {} 条不是由系统写入的：链头只到前一条",
    "head": "第 {} 条与链头的指纹不符",
}

Event = dict[str, Any]


class UnreadableError(Exception):
    """A source that is not what it should be."""


def hash_of(event: Event) -> str:
    """Hash of an event in its place."""
    body = json.dumps({name: event[name] for name in FIELDS}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"sha256\n" + event["prev_hash"].encode() + b"\n" + body.encode()).hexdigest()


class Source:
    """Events in the order of their numbers, and where the chain says that it ends."""

    last: int
    hash: str

    def events(self) -> Iterator[Event]:
        """Events one after the other."""
        raise NotImplementedError


class Export(Source):
    """A file of lines of JSON: a head, then the events."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open(encoding="utf-8") as lines:
            head = _json(next(lines, ""), path, 1)
        if head.get("format") != FORMAT:
            raise UnreadableError(f"{path}: 第 1 行不是 {FORMAT} 的开头")
        self.last, self.hash = int(head["last"]), str(head["hash"])

    def events(self) -> Iterator[Event]:
        """Events of the file."""
        with self.path.open(encoding="utf-8") as lines:
            for number, line in enumerate(itertools.islice(lines, 1, None), 2):
                event = _json(line, self.path, number)
                if missing := [name for name in (*FIELDS, "prev_hash", "hash") if name not in event]:
                    raise UnreadableError(f"{self.path}: 第 {number} 行缺少 {', '.join(missing)}")
                yield event


class Sqlite(Source):
    """The table of a SQLite file, opened for reading only."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UnreadableError(f"没有文件 {path}")
        self.database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        # One transaction: the head and the events are those of one moment.
        self.database.execute("BEGIN")
        self.last, self.hash = self.database.execute("SELECT seq, hash FROM audit_audithead").fetchone()

    def events(self) -> Iterator[Event]:
        """Events of the table."""
        names = (*FIELDS, "prev_hash", "hash")
        for row in self.database.execute(f"SELECT {COLUMNS} FROM audit_auditevent ORDER BY seq"):
            event = dict(zip(names, row, strict=True))
            event["at"] = _instant(event["at"])
            event["before"], event["after"] = _parsed(event["before"]), _parsed(event["after"])
            yield event


class Postgres(Source):
    """The table of a PostgreSQL server, read by the program psql in one transaction."""

    QUERY = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        "SELECT json_build_object('seq', seq, 'hash', hash) FROM audit_audithead;"
        f"SELECT row_to_json(e) FROM (SELECT {COLUMNS} FROM audit_auditevent ORDER BY seq) e;"
    )

    def __init__(self, url: str) -> None:
        command = ["psql", url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-v", "FETCH_COUNT=2000"]
        script = "SET TimeZone = 'UTC';" + self.QUERY
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(script)
        self.process.stdin.close()
        self.lines = self.process.stdout
        head = self.lines.readline()
        if not head:
            raise UnreadableError(f"psql: {self._complaint()}")
        said = json.loads(head)
        self.last, self.hash = int(said["seq"]), str(said["hash"])

    def events(self) -> Iterator[Event]:
        """Events as psql prints them, a line each."""
        for line in self.lines:
            event = json.loads(line)
            event["at"] = _instant(event["at"])
            yield event
        if self.process.wait():
            raise UnreadableError(f"psql: {self._complaint()}")

    def _complaint(self) -> str:
        return self.process.stderr.read().strip() if self.process.stderr else ""


def known_hashes(anchors: Path | None, against: Path | None) -> Iterator[str]:
    """Hashes that were written down elsewhere, from the first event on: anchors, or an older export."""
    if anchors is not None:
        yield from _anchored(anchors)
    elif against is not None:
        yield from (str(event["hash"]) for event in Export(against).events())


def _anchored(path: Path) -> Iterator[str]:
    expected = 1
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            said = _json(line, path, number)
            hashes = said.get("hashes", [])
            if said.get("first") != expected or said.get("last") != expected + len(hashes) - 1:
                raise UnreadableError(f"{path}: 第 {number} 行与上一行接不上")
            expected += len(hashes)
            yield from hashes


def first_fault(source: Source, known: Iterator[str]) -> tuple[str, int, int]:
    """What is wrong ("" for nothing), with which event, and how many were read."""
    n, prev = 0, ""
    for event in source.events():
        expected = next(known, None)
        if event["seq"] != n + 1:
            return "missing", n + 1, n
        if event["hash"] != hash_of(event):
            return "edited", n + 1, n
        if expected is not None and expected != event["hash"]:
            return "rewritten", n + 1, n
        if event["prev_hash"] != prev:
            return "unlinked", n + 1, n
        n, prev = n + 1, event["hash"]
    if source.last > n or next(known, None) is not None:
        return "missing", n + 1, n
    if source.last < n:
        return "behind_head", source.last + 1, n
    return ("head", n, n) if source.hash != prev else ("", 0, n)


def _instant(text: str) -> str:
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def _parsed(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _json(line: str, path: Path, number: int) -> Event:
    with contextlib.suppress(ValueError):
        said = json.loads(line)
        if isinstance(said, dict):
            return said
    raise UnreadableError(f"{path}: 第 {number} 行不是一个 JSON 对象")


def _source(options: argparse.Namespace) -> Source:
    if options.export:
        return Export(options.export)
    return Sqlite(options.sqlite) if options.sqlite else Postgres(options.postgres)


def main(arguments: list[str] | None = None) -> int:
    """Read, compare, print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--export", type=Path, help="the whole trail as it was exported")
    where.add_argument("--sqlite", type=Path, help="the database file")
    where.add_argument("--postgres", metavar="URL", help="the server; needs the program psql")
    outside = parser.add_mutually_exclusive_group()
    outside.add_argument("--anchors", type=Path, help="the anchor file")
    outside.add_argument("--against", type=Path, metavar="EXPORT", help="an older export of the same trail")
    options = parser.parse_args(arguments)
    try:
        source = _source(options)
        code, seq, n = first_fault(source, known_hashes(options.anchors, options.against))
    except (UnreadableError, OSError, sqlite3.Error, UnicodeDecodeError) as fault:
        print(f"没有核验：{fault}", file=sys.stderr)
        return 2
    if code:
        print(f"不完整：{FINDINGS[code].format(seq)}。前 {n} 条无误。")
        return 1
    print(f"完整：{n} 条逐条核对无误，到 {source.hash or '（空）'} 为止。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
