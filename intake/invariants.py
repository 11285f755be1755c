"""Batches and observations."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.invariants import Place, places_of, register_invariant


def _without_parents(_: datetime) -> Iterator[Place]:
    return places_of(
        ("period", "subject", "indicator", "seq"),
        "SELECT o.period_id, o.subject_id, o.indicator_id, o.seq_from FROM intake_observation o "
        "LEFT JOIN intake_period p ON p.id = o.period_id LEFT JOIN units_subject s ON s.id = o.subject_id "
        "LEFT JOIN intake_indicator i ON i.id = o.indicator_id "
        "WHERE p.id IS NULL OR s.id IS NULL OR i.id IS NULL OR i.subject_kind <> s.kind",
    )


def _receipts_without_batch(_: datetime) -> Iterator[Place]:
    return places_of(
        ("seq",),
        "SELECT e.seq FROM ledger_entry e LEFT JOIN intake_batch b ON b.entry_id = e.seq "
        "WHERE e.kind = 'upload' AND b.id IS NULL",
    )


def _wrong_repeats(_: datetime) -> Iterator[Place]:
    return places_of(
        ("seq", "expected", "found"),
        "SELECT e.seq, e.n_same, COALESCE(r.n, 0) FROM ledger_entry e "
        "LEFT JOIN (SELECT seq, count(*) AS n FROM intake_repeat GROUP BY seq) r ON r.seq = e.seq "
        "WHERE e.kind = 'upload' AND COALESCE(r.n, 0) <> e.n_same ORDER BY e.seq",
    )


def _wrong_states(_: datetime) -> Iterator[Place]:
    return places_of(
        ("batch", "state"),
        "SELECT b.number, b.state FROM intake_batch b LEFT JOIN ledger_entry e ON e.seq = b.entry_id "
        "WHERE (b.state IN ('committed', 'withdrawn')) <> (e.seq IS NOT NULL) "
        "OR (b.state = 'committed' AND e.withdrawn_by_id IS NOT NULL) "
        "OR (b.state = 'withdrawn' AND e.withdrawn_by_id IS NULL)",
    )


def _not_audited(_: datetime) -> Iterator[Place]:
    return places_of(
        ("batch", "seq"),
        "SELECT b.number, b.entry_id FROM intake_batch b JOIN ledger_entry e ON e.seq = b.entry_id "
        "WHERE 1 <> (SELECT count(*) FROM audit_auditevent a WHERE a.object_kind = 'intake.batch' "
        "AND a.object_ref = b.ref AND a.action = 'batch.committed' AND a.rows_sha256 = e.rows_sha256)",
    )


def _foreign_touches(_: datetime) -> Iterator[Place]:
    return places_of(
        ("seq", "what"),
        "SELECT t.seq, t.what FROM ledger_touch t LEFT JOIN intake_period p ON p.id = t.period_id "
        "LEFT JOIN units_subject s ON s.id = t.subject_id "
        "WHERE (t.period_id IS NOT NULL AND p.id IS NULL) OR (t.subject_id IS NOT NULL AND s.id IS NULL)",
    )


register_invariant(
    "I1",
    "receipt_repeats",
    sentence=_("每张上传回执记为相同的行，都留有记录"),
    place=_("回执 %(seq)s：应有 %(expected)s 行相同，记录 %(found)s 行"),
    look=_wrong_repeats,
)
register_invariant(
    "I2",
    "observation_parents",
    sentence=_("每条考核数据的期间、对象、指标都存在，且对象种类相符"),
    place=_("考核数据（期间 %(period)s，对象 %(subject)s，指标 %(indicator)s，回执 %(seq)s）所指的至少一项不存在"),
    look=_without_parents,
)
register_invariant(
    "I2",
    "upload_receipts",
    sentence=_("每张上传回执都有批次和留存文件"),
    place=_("回执 %(seq)s 没有批次"),
    look=_receipts_without_batch,
)
register_invariant(
    "I2",
    "touched_things",
    sentence=_("触及记录所指的期间和对象都存在"),
    place=_("触及记录：回执 %(seq)s，事实 %(what)s"),
    look=_foreign_touches,
)
register_invariant(
    "I3",
    "whole_batches",
    sentence=_("批次要么全部入库并有回执，要么一行也没有；已撤回的，回执也已撤回"),
    place=_("批次 %(batch)s 的状态是 %(state)s，与其回执不符"),
    look=_wrong_states,
)
register_invariant(
    "I8",
    "batches_audited",
    sentence=_("每次入库恰有一条审计事件，摘要与回执相同"),
    place=_("批次 %(batch)s（回执 %(seq)s）的审计事件不是一条，或摘要不符"),
    look=_not_audited,
)
