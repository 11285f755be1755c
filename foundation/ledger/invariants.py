"""Receipts, rows and intervals: what the ledger says about itself."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from foundation.invariants import Place, places_of, register_invariant, rows_of
from foundation.ledger.models import Fact
from foundation.ledger.store import columns_named, row_digest
from foundation.ledger.withdrawing import fact_models


def _from_all(select: str) -> str:
    """One SELECT over every table of facts; ``{table}`` is its name."""
    return " UNION ALL ".join(select.format(table=model._meta.db_table) for model in fact_models())


def _missing_numbers(_: datetime) -> Iterator[Place]:
    return places_of(
        ("head", "receipts", "last"),
        "SELECT h.seq, e.n, e.last FROM ledger_ledgerhead h, "
        "(SELECT count(*) AS n, COALESCE(max(seq), 0) AS last FROM ledger_entry) e "
        "WHERE h.seq <> e.n OR h.seq <> e.last",
    )


def _wrong_counts(_: datetime) -> Iterator[Place]:
    """A store says its rows itself; a withdrawal opens again what others had said."""
    opened = _from_all(
        "SELECT seq_from AS seq, count(*) AS n, sum(CASE WHEN said_by = seq_from THEN 1 ELSE 0 END) AS own "
        "FROM {table} GROUP BY seq_from"
    )
    return places_of(
        ("seq", "expected", "found"),
        "SELECT e.seq, e.n_new + e.n_changed, COALESCE(f.n, 0) FROM ledger_entry e "
        f"LEFT JOIN (SELECT seq, sum(n) AS n, sum(own) AS own FROM ({opened}) s GROUP BY seq) f ON f.seq = e.seq "
        "WHERE COALESCE(f.n, 0) <> e.n_new + e.n_changed "
        "OR COALESCE(f.own, 0) <> CASE WHEN e.withdraws_id IS NULL THEN e.n_new + e.n_changed ELSE 0 END "
        "ORDER BY e.seq",
    )


def _wrong_closings(_: datetime) -> Iterator[Place]:
    closed = _from_all("SELECT seq_to AS seq, count(*) AS n FROM {table} WHERE seq_to IS NOT NULL GROUP BY seq_to")
    return places_of(
        ("seq", "expected", "found"),
        "SELECT e.seq, e.n_changed + e.n_removed, COALESCE(c.n, 0) FROM ledger_entry e "
        f"LEFT JOIN (SELECT seq, sum(n) AS n FROM ({closed}) s GROUP BY seq) c ON c.seq = e.seq "
        "WHERE COALESCE(c.n, 0) <> e.n_changed + e.n_removed ORDER BY e.seq",
    )


def _withdrawn_and_open(_: datetime) -> Iterator[Place]:
    standing = _from_all("SELECT '{table}' AS name, said_by AS seq FROM {table} WHERE seq_to IS NULL")
    return places_of(
        ("table", "seq"),
        f"SELECT DISTINCT s.name, s.seq FROM ({standing}) s JOIN ledger_entry e ON e.seq = s.seq "
        "WHERE e.withdrawn_by_id IS NOT NULL",
    )


def _wrong_digests(_: datetime) -> Iterator[Place]:
    for model in fact_models():
        width = len(model.CONTENT)
        for (seq, expected), rows in groupby(rows_of(_written(model)), key=lambda row: row[:2]):
            digest = hashlib.sha256()
            for _seq, _expected, seq_before, *rest in rows:
                key, before, after = rest[: -2 * width], rest[-2 * width : -width], rest[-width:]
                digest.update(row_digest(tuple(key), tuple(before) if seq_before else None, tuple(after)))
            if hashlib.sha256(digest.hexdigest().encode()).hexdigest() != expected:
                yield {"seq": seq, "table": model._meta.db_table}


def _written(model: type[Fact]) -> str:
    """What each entry wrote into a table: key, content before and content after, in the order of the receipt."""
    table, key, content = model._meta.db_table, columns_named(model, model.KEY), columns_named(model, model.CONTENT)
    same_key = " AND ".join(f"o.{c} = n.{c}" for c in key)
    keys = ", ".join(f"n.{c}" for c in key)
    return (
        f"SELECT n.seq_from, e.rows_sha256, o.seq_from, {keys}, {', '.join(f'o.{c}' for c in content)}, "
        f"{', '.join(f'n.{c}' for c in content)} FROM {table} n "
        f"JOIN ledger_entry e ON e.seq = n.seq_from AND e.withdraws_id IS NULL "
        f"LEFT JOIN {table} o ON {same_key} AND o.seq_to = n.seq_from "
        f"WHERE n.said_by = n.seq_from ORDER BY n.seq_from, {keys}"
    )


def _torn_intervals(_: datetime) -> Iterator[Place]:
    """One after the other without overlap; where one ends, the next begins or a withdrawal closed it."""
    for model in fact_models():
        table, keys = model._meta.db_table, ", ".join(columns_named(model, model.KEY))
        query = (
            f"SELECT '{table}', r.seq_from, r.seq_to, r.next_from FROM (SELECT seq_from, seq_to, "
            f"LEAD(seq_from) OVER (PARTITION BY {keys} ORDER BY seq_from) AS next_from FROM {table}) r "
            "WHERE (r.next_from IS NOT NULL AND (r.seq_to IS NULL OR r.next_from < r.seq_to)) "
            "OR (r.seq_to IS NOT NULL AND (r.next_from IS NULL OR r.next_from > r.seq_to) AND NOT EXISTS "
            "(SELECT 1 FROM ledger_entry e WHERE e.seq = r.seq_to AND e.withdraws_id IS NOT NULL))"
        )
        for place in places_of(("table", "seq", "ends", "next"), query):
            yield {name: "—" if value is None else value for name, value in place.items()}


def _half_withdrawn(_: datetime) -> Iterator[Place]:
    return places_of(
        ("seq", "other"),
        "SELECT e.seq, o.seq FROM ledger_entry e JOIN ledger_entry o ON o.seq = e.withdraws_id "
        "WHERE o.withdrawn_by_id IS NULL OR o.withdrawn_by_id <> e.seq "
        "UNION ALL SELECT e.seq, o.seq FROM ledger_entry e JOIN ledger_entry o ON o.seq = e.withdrawn_by_id "
        "WHERE o.withdraws_id IS NULL OR o.withdraws_id <> e.seq",
    )


def _rows_without_receipt(_: datetime) -> Iterator[Place]:
    numbers = _from_all(
        "SELECT '{table}' AS name, seq_from AS seq FROM {table} UNION SELECT '{table}', said_by FROM {table} "
        "UNION SELECT '{table}', seq_to FROM {table} WHERE seq_to IS NOT NULL"
    ).replace(" UNION ALL ", " UNION ")
    return places_of(
        ("table", "seq"),
        f"SELECT n.name, n.seq FROM ({numbers}) n LEFT JOIN ledger_entry e ON e.seq = n.seq WHERE e.seq IS NULL",
    )


def _foreign_touches(_: datetime) -> Iterator[Place]:
    known = ", ".join(f"'{model._meta.model_name}'" for model in fact_models())
    return places_of(
        ("seq", "what"),
        "SELECT t.seq, t.what FROM ledger_touch t LEFT JOIN ledger_entry e ON e.seq = t.seq "
        f"WHERE e.seq IS NULL OR t.what NOT IN ({known})",
    )


register_invariant(
    "I1",
    "receipt_numbers",
    sentence=_("回执号从 1 起连续，没有缺号，与账头一致"),
    place=_("账头为 %(head)s，回执 %(receipts)s 张，最大号 %(last)s"),
    look=_missing_numbers,
)
register_invariant(
    "I1",
    "receipt_rows",
    sentence=_("每张回执的新增与更正行数（撤回的，恢复行数），与库中由它写入的行数相等"),
    place=_("回执 %(seq)s：应有 %(expected)s 行，库中 %(found)s 行"),
    look=_wrong_counts,
)
register_invariant(
    "I1",
    "receipt_closings",
    sentence=_("每张回执更正或撤去了多少行，就结束了多少行旧值"),
    place=_("回执 %(seq)s：应结束 %(expected)s 行旧值，库中 %(found)s 行"),
    look=_wrong_closings,
)
register_invariant(
    "I1",
    "receipt_digest",
    sentence=_("由库中各行重算的摘要，与回执上的摘要相同"),
    place=_("回执 %(seq)s：表 %(table)s 中的内容与回执的摘要不符"),
    look=_wrong_digests,
)
register_invariant(
    "I1",
    "fact_intervals",
    sentence=_("同一项事实的各段首尾相接，互不重叠；中断处必有一次撤回"),
    place=_("表 %(table)s：自回执 %(seq)s 起的一段止于 %(ends)s，下一段始于 %(next)s"),
    look=_torn_intervals,
)
register_invariant(
    "I1",
    "withdrawals",
    sentence=_("撤回与被撤回的回执互相指明"),
    place=_("回执 %(seq)s 与回执 %(other)s 没有互相指明"),
    look=_half_withdrawn,
)
register_invariant(
    "I1",
    "withdrawn_rows",
    sentence=_("已撤回的回执没有仍然有效的行"),
    place=_("表 %(table)s：回执 %(seq)s 已撤回，仍有有效的行"),
    look=_withdrawn_and_open,
)
register_invariant(
    "I2",
    "rows_have_receipt",
    sentence=_("库中每一行都有回执"),
    place=_("表 %(table)s：回执 %(seq)s 不存在"),
    look=_rows_without_receipt,
)
register_invariant(
    "I2",
    "touches",
    sentence=_("每条触及记录都属于一张回执和一种事实"),
    place=_("触及记录：回执 %(seq)s，事实 %(what)s"),
    look=_foreign_touches,
)
