"""Guards of the product, how each is taken away around one test, and the test that turns red.

Read by tests/guards/plugin.py only. The product knows no switch: a line of a function is taken out of
its compiled code, a trigger or an index dropped in the test's own database, a middleware left out of
the settings.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Barrier
from types import CodeType
from typing import Any

from django.conf import settings
from django.db import connection
from django.template import base as template_base

from accounts.services import approve_grant
from evaluation.selectors.shown import visible_scores
from foundation.files import content
from foundation.jobs.services import claims, endings
from foundation.ledger import store
from foundation.web.checks import patterns
from foundation.web.page import page
from intake.services import batches

Taking = Callable[[], Any]


@contextmanager
def without_line(function: Callable[..., Any], line: str, instead: str) -> Iterator[None]:
    """Put other text in place of a piece of a function, wherever it was imported to."""
    whole = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(whole))
    assert source.count(line) == 1, f"{whole.__qualname__} has {source.count(line)} times: {line}"
    changed = re.sub(r"\A(@.*\n)+", "", source.replace(line, instead))
    made: dict[str, Any] = {}
    exec(compile(changed, inspect.getfile(whole), "exec"), whole.__globals__, made)
    before, whole.__code__ = whole.__code__, made[whole.__name__].__code__
    yield
    whole.__code__ = before


@contextmanager
def without_rule(*statements: str) -> Iterator[None]:
    """Drop something of the database; the test's own transaction brings it back."""
    with connection.cursor() as cursor:
        for each in statements:
            cursor.execute(each)
    yield


@contextmanager
def without_csrf() -> Iterator[None]:
    """Leave the middleware out of the settings."""
    before = settings.MIDDLEWARE
    settings.MIDDLEWARE = [name for name in before if "csrf" not in name]
    yield
    settings.MIDDLEWARE = before


@contextmanager
def without_escape() -> Iterator[None]:
    """Let templates print what they are given."""
    before = template_base.conditional_escape
    template_base.conditional_escape = str
    yield
    template_base.conditional_escape = before


@contextmanager
def open_pages() -> Iterator[None]:
    """Let everybody who is logged in through every door."""
    source = inspect.getsource(page)
    line = "if not request.scope.permissions.intersection(permissions):"
    assert source.count(line) == 1
    compiled = compile(source.replace(line, "if not (permissions,):"), inspect.getfile(page), "exec")
    opened = next(code for code in codes_in(compiled) if code.co_name == "guarded")
    views = [pattern.callback for _route, pattern in patterns() if pattern.callback.__code__.co_name == "guarded"]
    before = [view.__code__ for view in views]
    for view in views:
        view.__code__ = opened
    yield
    for view, code in zip(views, before, strict=True):
        view.__code__ = code


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """The code of every function in a code, however deep."""
    for each in code.co_consts:
        if inspect.iscode(each):
            yield each
            yield from codes_in(each)


@contextmanager
def all_of(*takings: Taking) -> Iterator[None]:
    """Several at once: the same guard that stands in two places."""
    with ExitStack() as stack:
        for each in takings:
            stack.enter_context(each())
        yield


@dataclass(frozen=True)
class Removal:
    """A guard, how it is taken away, and the test that turns red."""

    test: str
    take: Taking
    database: str = "sqlite"


TOGETHER = Barrier(2)
"""Two who are let in at once meet here: without a lock it is chance alone that keeps them apart."""
MEET = f"__import__('{__name__}', fromlist=['x']).TOGETHER.wait(10)"

REMOVALS = {
    "ledger lock": Removal(
        "tests/intake/test_races.py::test_two_commits_about_one_key_store_one_and_send_the_other_back",
        lambda: all_of(
            lambda: without_line(store.writing, "LedgerHead.objects.select_for_update()", "LedgerHead.objects"),
            lambda: without_line(
                batches.store_batch, "plan = stage.classify()", f"plan = (stage.classify(), {MEET})[0]"
            ),
        ),
        database="postgresql",
    ),
    "row lock of the closing step": Removal(
        "tests/jobs/test_races.py::test_of_two_children_that_end_at_once_one_starts_the_closing_step",
        lambda: all_of(
            lambda: without_line(endings.lock_parent, '.select_for_update(of=("self",))', ""),
            # Counting the children in the parent's row locks it too.
            lambda: without_line(endings.after_child, 'waiting.update(progress_done=F("progress_done") + 1)', "..."),
        ),
        database="postgresql",
    ),
    "conditional update of the claim": Removal(
        "tests/jobs/services/test_claims.py::test_claim_of_a_held_job_gives_none",
        lambda: without_line(claims.claim_job, "free_at(now), ref=ref", "ref=ref"),
    ),
    "the holder's name in what it writes": Removal(
        "tests/jobs/services/test_claims.py::"
        "test_claim_after_the_lease_takes_over_and_the_first_holder_can_write_nothing",
        lambda: without_line(claims.held, ", worker=job.worker", ""),
    ),
    "plan digest": Removal(
        "tests/intake/services/test_batches.py::test_plan_that_changed_after_the_check_goes_back_to_checked",
        lambda: all_of(
            lambda: without_line(batches.commit_batch, " and seen.plan_sha256 == plan_sha256", ""),
            lambda: without_line(batches.store_batch, "confirmed_sha256(plan, batch.left_out) != plan_sha256 or ", ""),
        ),
    ),
    "rights read again under the lock": Removal(
        "tests/intake/services/test_batches.py::test_rights_are_read_again_under_the_lock",
        lambda: without_line(batches.store_batch, " or entry_rights_of(actor, on=today()) != rights", ""),
    ),
    "plan of the page": Removal(
        "tests/intake/services/test_batches.py::test_old_page_cannot_confirm_a_new_plan",
        lambda: without_line(batches.request_commit, "batch.plan_sha256 != plan_sha256", "False"),
    ),
    "scope filter": Removal(
        "tests/pages/test_scope.py::test_officer_of_one_banner_meets_nobody_of_another",
        lambda: without_line(visible_scores, "scores = scores.filter(unit__in=scope.units)", "pass"),
    ),
    "own file cut out": Removal(
        "tests/pages/test_scope.py::test_own_file_is_cut_out_of_everything",
        lambda: without_line(visible_scores, ".exclude(subject__in=scope.cut_out)", ""),
    ),
    "unique key": Removal(
        "tests/jobs/services/test_claims.py::test_two_open_jobs_of_one_key_are_refused_by_the_database",
        lambda: without_rule("DROP INDEX job_key_is_open_once"),
    ),
    "trigger": Removal(
        "tests/ledger/test_store.py::test_the_database_refuses_to_change_a_fact_or_a_receipt"
        "[DELETE FROM intake_observation]",
        lambda: without_rule("DROP TRIGGER guard_intake_observation_keep"),
    ),
    "CSRF": Removal(
        "tests/permissions/test_walk.py::test_a_form_from_elsewhere_changes_nothing[hr_officer]", without_csrf
    ),
    "escape": Removal(
        "tests/accounts/test_trail_pages.py::test_what_somebody_wrote_into_a_name_is_shown_as_text", without_escape
    ),
    "upload limit": Removal(
        "tests/intake/services/test_files.py::test_file_beyond_the_limit_is_refused_while_it_comes",
        lambda: all_of(
            lambda: without_line(batches._spooled, "size > limit", "False"),
            lambda: without_line(content.keep_content, "size > limit", "False"),
        ),
    ),
    "approval by another": Removal(
        "tests/accounts/test_services.py::test_nobody_approves_what_they_asked_for",
        lambda: without_line(approve_grant, "grant.asked_by == actor.key", "False"),
    ),
    "permission of a page": Removal(
        "tests/permissions/test_walk.py::test_each_role_is_let_in_where_the_view_says_so_and_nowhere_else[hr_officer]",
        open_pages,
    ),
}
