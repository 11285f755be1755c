"""Runs."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from evaluation.enums import RunState
from evaluation.models.results import GroupResult
from foundation.constraints import choices_check, keep_columns, keep_rows, keep_unchanged
from foundation.jobs.models import Job
from foundation.refs import new_ref
from foundation.rulebook.models import RuleDocument, RuleVersion
from intake.models import Period

GROUP_CHANGE = "group_change"
"""The warning that speaks of the whole run: which units changed their group; every other is about one group."""


class Manifest(models.Model):
    """核算依据: all that a run reads and is not a fact (documents, indicator definitions, periods, unit kinds)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    body = models.TextField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Run(models.Model):
    """核算: one scheme in one period, computed from the ledger as it stood at ``cut_seq``."""

    ref = models.CharField(max_length=12, unique=True, default=new_ref)
    number = models.PositiveIntegerField(unique=True)
    scheme = models.ForeignKey(RuleDocument, models.PROTECT, related_name="runs")
    scheme_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="runs")
    period = models.ForeignKey(Period, models.PROTECT, related_name="runs")
    cut_seq = models.BigIntegerField()
    engine = models.CharField(max_length=20)
    manifest = models.ForeignKey(Manifest, models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.RUNNING)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="runs")
    by_key = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    n_subjects = models.IntegerField(default=0)
    n_ranked = models.IntegerField(default=0)
    warnings = models.JSONField(default=list)

    class Meta:
        constraints = [
            choices_check("state", RunState, "run_state_is_known"),
            models.CheckConstraint(
                condition=(Q(state=RunState.RUNNING) & Q(ended_at__isnull=True))
                | (~Q(state=RunState.RUNNING) & Q(ended_at__isnull=False)),
                name="run_ended_at_fits_state",
            ),
        ]
        indexes = [models.Index(fields=["scheme", "period", "-number"], name="run_by_scheme")]

    def __str__(self) -> str:
        return f"核算 {self.number}"

    @property
    def own_warnings(self) -> list[dict[str, Any]]:
        """Warnings about single groups, each with its ``group``."""
        return [each for each in self.warnings if each["code"] != GROUP_CHANGE]


class RunUpstream(models.Model):
    """上游核算: a unit run whose totals a person run read; explanations follow it, not ``Current``."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="upstreams")
    upstream = models.ForeignKey(Run, models.PROTECT, related_name="downstreams")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "upstream"], name="runupstream_once"),
            models.CheckConstraint(condition=~Q(run=F("upstream")), name="runupstream_two_runs"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} ← {self.upstream_id}"


class RunGroup(models.Model):
    """核算分组: which result a run has for one peer group; runs with the same inputs share it."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="groups")
    group_key = models.CharField(max_length=40)
    result = models.ForeignKey(GroupResult, models.PROTECT, related_name="run_groups")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "group_key"], name="rungroup_one_result")]

    def __str__(self) -> str:
        return self.group_key


keep_unchanged(Manifest)
keep_unchanged(RunUpstream)
keep_unchanged(RunGroup)
keep_rows(Run)
keep_columns(
    Run,
    ["ref", "number", "scheme_id", "scheme_version_id", "period_id", "cut_seq", "engine", "manifest_id", "by_key"],
    "inputs",
    why="the inputs of a run never change",
)
keep_columns(Run, ["state", "ended_at"], "end", unless="OLD.state = 'running'", why="a run ends once")
