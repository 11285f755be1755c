"""A process of a city that has the product loaded, and forks what a drill asks for: workers, checks, snippets.

Loading Django, NumPy and Celery takes longer than most deaths; what is forked is the real worker with
the real settings. Reads one JSON line a request, answers with the pid; the exit status of a child goes
to a file named after it.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from gunicorn.app import wsgiapp as gunicorn


def work(name: str) -> None:
    """Be a Celery worker as `manage.py up` starts it."""
    from ordos_cadres.celery import app  # noqa: PLC0415 - the settings come first

    options = ["-P", "threads", "-c", "2", "-l", "INFO", "--without-gossip", "--without-mingle"]
    app.worker_main(["worker", *options, "-n", f"{name}@%h"])


def serve(port: str) -> None:
    """Be the web process as `manage.py up` starts it."""
    options = ["-k", "gthread", "-w", "1", "--threads", "8", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    sys.argv = ["gunicorn", "ordos_cadres.wsgi", *options]
    gunicorn.run()


def run(code: str) -> None:
    """Run a snippet, as `manage.py shell --command` would."""
    exec(compile(code, "<drill>", "exec"), {})


def check() -> None:
    """Ask for every invariant; ends with 1 where one is broken."""
    call_command("check_invariants", "--json")


def fork(request: dict[str, Any], folder: Path) -> int:
    """Start a child in a group of its own; its output goes to a log of its name."""
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    log = os.open(folder / f"{request['name']}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settings.FAULT = request["fault"]
    try:
        {"work": work, "serve": serve, "run": run, "check": check}[request["do"]](*request["arguments"])
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1 if end.code else 0)
    except BaseException:  # noqa: BLE001 - the end of a forked process: its log tells
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def reap(folder: Path) -> None:
    """Write down how each child ended."""
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return
        draft = folder / f"{pid}.draft"
        draft.write_text(str(os.waitstatus_to_exitcode(status)))
        draft.rename(folder / f"{pid}.exit")


def say(word: str) -> None:
    """Answer the drill."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Answer requests until the drill closes the pipe."""
    folder = Path(sys.argv[1])
    django.setup()
    import ordos_cadres.celery  # noqa: PLC0415 - loaded once, here
    import ordos_cadres.urls  # noqa: F401, PLC0415 - as above

    say("ready")
    for line in sys.stdin:
        pid = fork(json.loads(line), folder)
        say(str(pid))
        Thread(target=reap, args=(folder,), daemon=True).start()


if __name__ == "__main__":
    main()
