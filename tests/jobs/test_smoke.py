import pytest
from foundation.actor import SYSTEM
from foundation.jobs.context import ChildJob, Children
from foundation.jobs.registry import register_kind
from foundation.jobs.services import request_job, work_inline


def leaf(ctx):
    ctx.progress(1, 2, "x")
    return {"n": ctx.args["n"]}


def tree(ctx):
    return Children([ChildJob("t.leaf", {"n": i}) for i in range(5)], note="等")


def close(ctx):
    if ctx.stage == 1:
        return Children([ChildJob("t.leaf", {"n": 10})])
    return {"sum": sum(c.result["n"] for c in ctx.children())}


register_kind("t.leaf", work=leaf, title="leaf")
register_kind("t.tree", work=tree, close=close, title="tree")


@pytest.mark.django_db
def test_a():
    job = request_job(kind="t.tree", key="k", actor=SYSTEM)
    assert request_job(kind="t.tree", key="k", actor=SYSTEM).pk == job.pk
    done = work_inline(job)
    assert (done.state, done.result) == ("done", {"sum": 20}), done.error
    assert done.progress_done == 1
