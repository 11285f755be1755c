"""A ranking leaves the house as a sheet: all that the reader may see, and a record that it left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.scope import Scope
from evaluation.models import Run
from evaluation.selectors.proofs import Proof, proof_of
from evaluation.selectors.rankings import RankedRow, RankingPage, RankingQuery, ranking_of
from evaluation.selectors.shown import ShownRun
from evaluation.selectors.unranked import UnrankedRow
from foundation.actor import Actor
from foundation.audit.use_case import found_done, record, use_case
from foundation.tabular.writing import SheetColumn, Written

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Sheet:
    """A sheet to be written: its name, its columns, its rows."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterator[Sequence[Written]]


@use_case
def export_ranking(*, scope: Scope, shown: ShownRun, query: RankingQuery, actor: Actor) -> Sheet:
    """Give the whole filtered ranking as a sheet, and write down who took it."""
    name = f"{shown.scheme.code} {shown.basis.period.code} {query.group or ''} {query.unit}".strip()
    record("ranking.exported", shown.run, after={"group": query.group, "unit": query.unit, "text": query.text})
    first = ranking_of(scope, shown, replace(query, most=ROWS_AT_ONCE, most_unranked=None))
    return Sheet(name, _columns(shown, first), _rows(scope, shown, query, first))


def _columns(shown: ShownRun, first: RankingPage | None) -> list[SheetColumn]:
    personal, show = shown.basis.is_personal, shown.scheme.output.show
    dimensions = [d.name for d in first.dimensions] if first else []
    return [
        SheetColumn(_("名次"), 8),
        SheetColumn(_("工号") if personal else _("单位代码")),
        SheetColumn(_("姓名") if personal else _("单位"), 18),
        SheetColumn(_("单位与职务"), 32),
        SheetColumn(_("得分"), 12, 6),
        SheetColumn(_("指数档次"), 10),
        SheetColumn(_("名次变动"), 10),
        *(SheetColumn(name, 12, show) for name in dimensions),
        SheetColumn(_("数据完整（%）"), 14, 2),
        SheetColumn(_("标记"), 16),
        *(SheetColumn(quota.label, 12) for quota in (first.quotas if first else ())),
        SheetColumn(_("没有名次的原因"), 40),
        SheetColumn(_("怎样参加"), 40),
        *([SheetColumn(_("应参加人数"), 18)] if shown.scheme.quota else []),
    ]


def _rows(scope: Scope, shown: ShownRun, query: RankingQuery, page: RankingPage | None) -> Iterator[Sequence[Written]]:
    first = page
    while page is not None:
        yield from (_ranked(row, page) for row in page.rows)
        onward = replace(query, after=page.next_after, most=ROWS_AT_ONCE, most_unranked=0)
        page = ranking_of(scope, shown, onward, quotas=page.quotas) if page.next_after else None
    yield from (_unranked(row, first) for row in (first.unranked if first else ()))


def _ranked(row: RankedRow, page: RankingPage) -> Sequence[Written]:
    subject = row.who.subject
    return [
        row.rank,
        row.who.number,
        row.who.name,
        row.who.place,
        _micro(row.total),
        row.band_label,
        row.change,
        *(_micro(d.points) if d.points is not None else None for d in row.dimensions),
        _micro(row.coverage),
        "、".join(tag.label for tag in row.tags),
        *(quota.told(subject) for quota in page.quotas),
        "",
        "",
        *([_("计入")] if page.quotas else []),
    ]


def _unranked(row: UnrankedRow, page: RankingPage | None) -> Sequence[Written]:
    dimensions, quotas = (len(page.dimensions), page.quotas) if page else (0, ())
    return [
        None,
        row.who.number,
        row.who.name,
        row.who.place,
        None,
        "",
        None,
        *[None] * dimensions,
        _micro(row.coverage),
        "",
        *[""] * len(quotas),
        row.reason_text,
        row.remedy,
        *([_("计入") if row.is_in_base else _("不计入")] if quotas else []),
    ]


@use_case
def export_proof(*, scope: Scope, scheme_code: str, period_code: str, subject: int, actor: Actor) -> Proof | None:
    """Give the proof of a total that the reader may see, and write down who took it; None where there is none."""
    proof = proof_of(scope, scheme_code=scheme_code, period_code=period_code, subject=subject)
    if proof is None:
        found_done()
        return None
    run = Run.objects.get(ref=proof["run"]["ref"])
    record("proof.exported", run, after={"subject": proof["subject"]["number"]})
    return proof


def _micro(value: int) -> Decimal:
    return Decimal(value).scaleb(-6)
