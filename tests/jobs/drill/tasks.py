"""Bodies whose effects can be counted: a line in a file a call, a row with a unique mark an effect."""

import os
import time

from django.conf import settings

from foundation.actor import SYSTEM
from foundation.jobs.context import ChildJob, Children, JobContext
from foundation.jobs.registry import DueJob, register_due, register_kind
from foundation.jobs.services import request_job


def say(word: str) -> None:
    """Note a call in the city's folder; one write, so that two workers do not mix their lines."""
    path = settings.VAR_DIR / "drill.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{word}\n".encode())
    os.close(descriptor)


def mark(name: str) -> None:
    """Have an effect that the database allows a single time."""
    request_job(kind="drill.mark", key=name, once=name, actor=SYSTEM)


def work_leaf(context: JobContext) -> dict[str, int]:
    """Take a while, have one effect, give a number back."""
    number = int(context.args["n"])
    say(f"leaf {number}")
    for step in range(5):
        context.progress(step, 5)
        time.sleep(float(context.args.get("seconds", 0)) / 5)
    mark(f"{context.args['name']}:leaf:{number}")
    return {"n": number}


def work_tree(context: JobContext) -> Children:
    """Send out the leaves."""
    say("tree")
    return Children([ChildJob("drill.leaf", {**context.args, "n": n}) for n in range(int(context.args["leaves"]))])


def close_tree(context: JobContext) -> dict[str, int]:
    """Add up what the leaves gave."""
    say("close")
    mark(f"{context.args['name']}:close")
    return {"sum": sum(child.result["n"] for child in context.children())}


def work_mark(context: JobContext) -> None:
    """Be there, and no more."""


def work_night(context: JobContext) -> None:
    """Stand for the nightly run."""
    say("night")


register_kind("drill.leaf", work=work_leaf, title="叶")
register_kind("drill.tree", work=work_tree, close=close_tree, title="树")
register_kind("drill.mark", work=work_mark, title="记号")
register_kind("drill.night", work=work_night, title="夜间")
register_due(lambda now: [DueJob("drill.night", key="drill:night", once="drill:night:1")])
