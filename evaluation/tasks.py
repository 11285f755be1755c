"""Kinds of jobs of appraisal."""

from django.utils.translation import gettext_lazy as _

from evaluation.services.run_jobs import close, may_start_runs, plan, score_batch
from evaluation.services.run_plan import SCORE_GROUPS
from evaluation.services.runs import RUN
from foundation.jobs.registry import register_kind

register_kind(RUN, work=plan, close=close, title=_("核算"), may=may_start_runs, runs_again=True)
register_kind(SCORE_GROUPS, work=score_batch, title=_("逐组计分"), may=may_start_runs)
