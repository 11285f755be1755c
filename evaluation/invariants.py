"""Pointers, results, weights, ranks, and scores computed once more."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from evaluation.matrices.basis import basis_of
from evaluation.models import Current, GroupResult, Manifest, Run, RunGroup, Score
from evaluation.scoring import (
    ENGINE_VERSION,
    Placed,
    Scheme,
    Scored,
    ScoringError,
    band_keys,
    digest,
    place,
    reason_texts,
)
from evaluation.scoring.engine import FIRST_GATE_REASON, REASONS
from evaluation.scoring.types import HIDDEN_BAND, NO_BAND, NO_TOTAL
from evaluation.selectors.replays import Replayer
from evaluation.services.runs import run_digest
from foundation.audit.models import AuditEvent
from foundation.invariants import Place, places_of, register_invariant, register_not_yet
from foundation.ledger.models import last_committed_seq

SAMPLED_RUNS = 5
"""By another seed each time the ledger grows, so that all come by."""
SAMPLED_RESULTS = 50
"""Of results that no reader sees now so many are looked at each time."""
UNKNOWN = 9_999
WHOLE = 100


def _bad_pointers(_: datetime) -> Iterator[Place]:
    return places_of(
        ("scheme", "period", "run"),
        "SELECT d.code, p.code, r.number FROM evaluation_current c JOIN evaluation_run r ON r.id = c.run_id "
        "JOIN rulebook_ruledocument d ON d.id = c.scheme_id JOIN intake_period p ON p.id = c.period_id "
        "CROSS JOIN ledger_ledgerhead h WHERE r.state <> 'done' OR r.scheme_id <> c.scheme_id "
        "OR r.period_id <> c.period_id OR c.checked_seq > h.seq OR r.cut_seq > c.checked_seq",
    )


def _wrong_manifests(_: datetime) -> Iterator[Place]:
    for sha256, body in Manifest.objects.values_list("sha256", "body").iterator(chunk_size=10):
        if hashlib.sha256(body.encode()).hexdigest() != sha256:
            yield {"manifest": sha256[:12]}


def _torn_results(_: datetime) -> Iterator[Place]:
    return places_of(
        ("result", "expected", "found"),
        "SELECT r.id, r.n_subjects, COALESCE(s.n, 0) FROM evaluation_groupresult r LEFT JOIN "
        "(SELECT result_id, count(*) AS n, count(rank) AS ranked FROM evaluation_score GROUP BY result_id) s "
        "ON s.result_id = r.id WHERE COALESCE(s.n, 0) <> r.n_subjects OR COALESCE(s.ranked, 0) <> r.n_ranked",
    )


def _scores_without_parents(_: datetime) -> Iterator[Place]:
    return places_of(
        ("result", "subject"),
        "SELECT s.result_id, s.subject_id FROM evaluation_score s "
        "LEFT JOIN evaluation_groupresult r ON r.id = s.result_id LEFT JOIN units_subject j ON j.id = s.subject_id "
        "LEFT JOIN units_unit u ON u.subject_id = s.unit_id "
        "WHERE r.id IS NULL OR j.id IS NULL OR u.subject_id IS NULL",
    )


def _twice_in_a_run(_: datetime) -> Iterator[Place]:
    return places_of(
        ("run", "subject", "n"),
        "SELECT r.number, s.subject_id, count(*) FROM evaluation_current c JOIN evaluation_run r ON r.id = c.run_id "
        "JOIN evaluation_rungroup g ON g.run_id = r.id JOIN evaluation_score s ON s.result_id = g.result_id "
        "GROUP BY r.number, s.subject_id HAVING count(*) > 1",
    )


def _wrong_digests(_: datetime) -> Iterator[Place]:
    for run, group, result in _looked_at():
        scored, placed = _stored(result, basis_of(run.manifest).scheme)
        if digest(scored, placed) != result.output_sha256:
            yield {"run": run.number, "group": group}


def _looked_at() -> Iterator[tuple[Run, str, GroupResult]]:
    """Results that readers see, and some of all others."""
    known = RunGroup.objects.filter(run__engine=ENGINE_VERSION)
    shown = known.filter(run__in=Current.objects.values("run_id"))
    others = list(known.exclude(result__in=shown.values("result_id")).values_list("pk", flat=True))
    sample = Random(last_committed_seq()).sample(others, min(SAMPLED_RESULTS, len(others)))  # noqa: S311 - no secret
    for rows in (shown, known.filter(pk__in=sample)):
        for row in rows.select_related("run__manifest", "result").order_by("pk").iterator(chunk_size=20):
            yield row.run, row.group_key, row.result


def _stored(result: GroupResult, scheme: Scheme) -> tuple[Scored, Placed]:
    """A result as the engine gave it, read back from its scores."""
    names = ("subject_id", "total", "rank", "band", "coverage", "reason", "parts")
    rows = list(Score.objects.filter(result=result).order_by("subject_id").values_list(*names))
    subjects, totals, ranks, bands, coverage, reasons, parts = zip(*rows, strict=True) if rows else ((),) * 7
    scored = _scored(
        subjects=np.array(subjects, np.int64),
        totals=np.array([NO_TOTAL if total is None else total for total in totals], np.int64),
        parts=np.array([np.frombuffer(bytes(part), ">i8") for part in parts], np.int64).reshape(len(rows), -1),
        coverage=np.array(coverage, np.int64),
        bands=_codes(bands, band_keys, scheme, [*range(len(scheme.bands)), HIDDEN_BAND, NO_BAND], "bands"),
        reasons=_codes(reasons, reason_texts, scheme, _reason_codes(scheme), "reasons"),
    )
    return scored, Placed(np.array([rank or 0 for rank in ranks], np.int64))


def _scored(**known: Any) -> Scored:
    """What the engine gives, with nothing in what no digest and no rank reads."""
    return Scored(**{each.name: np.zeros(0, np.int64) for each in fields(Scored)} | known)


def _codes(
    words: Sequence[str], words_of: Callable[[Scored, Scheme], list[str]], scheme: Scheme, codes: list[int], name: str
) -> NDArray[np.int16]:
    """Words as the engine's codes, by its own table; what it does not name becomes a code that fits no digest."""
    told = words_of(_scored(**{name: np.array(codes, np.int16)}), scheme)
    code_of = dict(zip(told, codes, strict=True))
    return np.array([code_of.get(word, UNKNOWN) for word in words], np.int16)


def _reason_codes(scheme: Scheme) -> list[int]:
    return [*range(len(REASONS) + 1), *(FIRST_GATE_REASON + at for at in range(len(scheme.gates)))]


def _wrong_ranks(_: datetime) -> Iterator[Place]:
    for run, group, result in _looked_at():
        scheme = basis_of(run.manifest).scheme
        scored, stored = _stored(result, scheme)
        if not np.array_equal(place(scored, scheme).ranks, stored.ranks):
            yield {"run": run.number, "group": group}


def _wrong_weights(_: datetime) -> Iterator[Place]:
    """Read off the document itself, without the parser that once accepted it."""
    runs = Run.objects.filter(pk__in=Current.objects.values("run_id")).order_by("number")
    for number, body in runs.values_list("number", "manifest__body").iterator(chunk_size=10):
        for path, weights in _siblings(json.loads(body)["scheme"]["body"]["tree"], "tree"):
            if sum(map(Fraction, weights)) != WHOLE:
                yield {"run": number, "part": path}


def _siblings(node: Mapping[str, Any], path: str) -> Iterator[tuple[str, list[str]]]:
    parts = node.get("parts", [])
    if parts:
        yield path, [str(part["weight"]) for part in parts]
    for part in parts:
        yield from _siblings(part, f"{path}.{part.get('key', '')}")


def _differing_scores(_: datetime) -> Iterator[Place]:
    """Some runs that readers see, computed once more from manifest and cut with all that stands behind them."""
    shown = Run.objects.filter(pk__in=Current.objects.values("run_id"), engine=ENGINE_VERSION)
    numbers = sorted(shown.values_list("number", flat=True))
    chance, replayer = Random(last_committed_seq()), Replayer()  # noqa: S311 - a sample, no secret
    for number in sorted(chance.sample(numbers, min(SAMPLED_RUNS, len(numbers)))):
        try:
            replayer.replay(shown.select_related("manifest").get(number=number))
        except ScoringError as refusal:
            yield {"run": number, "group": "", "what": refusal.code}
    for replayed in replayer.done.values():
        differ = [("", each) for each in replayed.compared]
        differ += [(group.key, each) for group in replayed.groups for each in group.compared]
        for group, compared in differ:
            if not compared.is_same:
                yield {"run": replayed.run.number, "group": group, "what": compared.what}


def _not_audited(_: datetime) -> Iterator[Place]:
    runs = Run.objects.filter(pk__in=Current.objects.values("run_id")).select_related("job").order_by("number")
    for run in runs.iterator(chunk_size=100):
        events = AuditEvent.objects.filter(
            object_kind="jobs.job", object_ref=run.job.ref if run.job else "", action="run.finished"
        )
        told = [each for event in events for each in (event.after or {}).get("runs", {}).values()]
        if [each["sha256"] for each in told if each["run"] == run.ref] != [run_digest(run)]:
            yield {"run": run.number}


register_invariant(
    "I4",
    "current_runs",
    sentence=_("当前结果都指向本方案、本期间一次完成的核算"),
    place=_("方案 %(scheme)s 期间 %(period)s 的当前结果指向核算 %(run)s，它未完成或不属于这里"),
    look=_bad_pointers,
)
register_invariant(
    "I4",
    "manifests",
    sentence=_("每份核算依据的内容与其 SHA-256 相符"),
    place=_("核算依据 %(manifest)s… 的内容已变"),
    look=_wrong_manifests,
)
register_not_yet(
    "I5",
    "published_runs",
    sentence=_("已公布的核算与首次公布时逐字节相同"),
    why=_("本系统还没有公布功能"),
)
register_invariant(
    "I5",
    "whole_results",
    sentence=_("组结果记录的人数、排名人数与得分行数相等"),
    place=_("组结果 %(result)s：应有 %(expected)s 行得分，库中 %(found)s 行，或排名人数不符"),
    look=_torn_results,
)
register_invariant(
    "I5",
    "result_digests",
    sentence=_("由得分行重算的组结果摘要相同（当前结果全部，其余抽查）"),
    place=_("核算 %(run)s 组 %(group)s：得分行与组结果的摘要不符"),
    look=_wrong_digests,
)
register_invariant(
    "I5",
    "score_parents",
    sentence=_("每行得分的组结果、对象、单位都存在"),
    place=_("得分行（组结果 %(result)s，对象 %(subject)s）所指的至少一项不存在"),
    look=_scores_without_parents,
)
register_invariant(
    "I6",
    "weights",
    sentence=_("方案中每一层的权重之和恰为 100"),
    place=_("核算 %(run)s 的方案：%(part)s 之下的权重之和不是 100"),
    look=_wrong_weights,
)
register_invariant(
    "I6",
    "ranks",
    sentence=_("名次与方案的排序规则相符"),
    place=_("核算 %(run)s 组 %(group)s：名次与得分不符"),
    look=_wrong_ranks,
)
register_invariant(
    "I6",
    "everyone_once",
    sentence=_("每个对象在一次核算中只出现一次"),
    place=_("核算 %(run)s：对象 %(subject)s 出现 %(n)s 次"),
    look=_twice_in_a_run,
)
register_invariant(
    "I7",
    "recomputed_scores",
    sentence=_("抽查的核算按原依据重算：人员、输入、统计、得分、名次都相同"),
    place=_("核算 %(run)s 组 %(group)s：重算不同（%(what)s）"),
    look=_differing_scores,
)
register_invariant(
    "I8",
    "runs_audited",
    sentence=_("每个当前结果恰有一条审计事件，摘要相同"),
    place=_("核算 %(run)s 的审计事件不是一条，或摘要不符"),
    look=_not_audited,
)
