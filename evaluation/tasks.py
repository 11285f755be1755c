"""Kinds of jobs of appraisal."""

from django.utils.translation import gettext_lazy as _

from evaluation.services.full_checks import CHECK_PAIR, FULL_CHECK, check_pair, close_check, plan_check
from evaluation.services.run_jobs import close, may_start_runs, plan, score_batch
from evaluation.services.run_plan import SCORE_GROUPS
from evaluation.services.runs import RUN
from foundation.jobs.registry import register_kind

register_kind(RUN, work=plan, close=close, title=_("核算"), may=may_start_runs, runs_again=True)
register_kind(FULL_CHECK, work=plan_check, close=close_check, title=_("全量复核"), may=may_start_runs)
register_kind(CHECK_PAIR, work=check_pair, title=_("逐对复核"), may=may_start_runs)
register_kind(SCORE_GROUPS, work=score_batch, title=_("逐组计分"), may=may_start_runs)
