#!/usr/bin/env python3
"""Whether a process of the product is well: the health checks of docker-compose.yml. Standard library only.

alive.py web http://127.0.0.1:8000/health/      the pages answer and the database is whole
alive.py ticks FOLDER                           the sweep of this host ticked within the last two minutes
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

OLDEST_SECONDS = 120


def answers(address: str, host: str) -> bool:
    """Whether the page answers 200, asked for as the proxy in front asks."""
    asked_as = {"Host": host, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(address, headers=asked_as)  # noqa: S310 - the address is the container's own
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - as above
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


def ticks(folder: Path, host: str, *, now: float) -> bool:
    """Whether the file that the sweep of a host touches is young."""
    try:
        return now - (folder / host).stat().st_mtime < OLDEST_SECONDS
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    """0 if all is well, 1 if not, 2 if asked wrongly."""
    match arguments:
        case ["web", address]:
            well = answers(address, os.environ.get("ORDOS_HOSTS", "localhost").split(",")[0].strip())
        case ["ticks", folder]:
            well = ticks(Path(folder), socket.gethostname(), now=time.time())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
