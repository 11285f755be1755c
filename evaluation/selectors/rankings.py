"""The ranking of a peer group: ranked rows by keyset, and who is not ranked, with the reason."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils.translation import gettext as _

from accounts.scope import Scope
from evaluation.matrices.groups import NO_GROUP
from evaluation.matrices.members import attribution_of
from evaluation.models import Current, Exemption, RunGroup, Score
from evaluation.scoring import Scheme
from evaluation.scoring.quotas import Proposal
from evaluation.scoring.types import PART_MISSING, Leaf
from evaluation.selectors.dimensions import (
    Dimension,
    UnitPart,
    dimensions_of,
    parts_of,
    points_of,
    spread_of,
    with_units,
)
from evaluation.selectors.part_names import tie_break_names
from evaluation.selectors.people import Who, called, who_are
from evaluation.selectors.quotas import LEFT_OUT, GroupQuota, group_quotas
from evaluation.selectors.runs_compared import current_run_before
from evaluation.selectors.shown import ShownRun, shown_run, visible_scores
from evaluation.selectors.unranked import UnrankedRow, unranked_rows
from foundation.ledger.models import in_force
from foundation.web.figures import MICRO_PLACES, deciding_places, rounded
from units.models import Unit
from units.selectors import subtree_ids

PAGE_ROWS = 25
MOST_UNRANKED = 200


@dataclass(frozen=True)
class GroupChoice:
    """A peer group of the run; ``n`` and ``n_ranked`` count the reader's subjects in it."""

    key: str
    label: str
    n: int
    n_ranked: int
    is_shown: bool


@dataclass(frozen=True)
class UnitChoice:
    """A unit of the group in which the reader sees somebody; ``n`` counts them."""

    pk: int
    code: str
    name: str
    n: int
    is_shown: bool


@dataclass(frozen=True)
class DimensionPoints:
    """One dimension of one row."""

    key: str
    name: str
    points: int | None


@dataclass(frozen=True)
class RowTag:
    """A mark beside a row; ``kind`` is empty, watch, bad, good or accent."""

    label: str
    kind: str = ""


@dataclass(frozen=True)
class RankedRow:
    """A ranked subject; ``change`` is places gained since the period before, None where there is no such rank."""

    who: Who
    rank: int
    tie: bool
    change: int | None
    total: int
    extra_places: int
    band: str
    band_label: str
    dimensions: tuple[DimensionPoints, ...]
    coverage: int
    tags: tuple[RowTag, ...]
    proposal: Proposal | None
    """Where the row stands to the first quota of the document; None where there is none."""


@dataclass(frozen=True)
class RankingPage:
    """指数榜 of one group: ``after`` of the next page is (rank, subject), None on the last."""

    shown: ShownRun
    groups: tuple[GroupChoice, ...]
    group: str
    units: tuple[UnitChoice, ...]
    quotas: tuple[GroupQuota, ...]
    dimensions: tuple[Dimension, ...]
    rows: tuple[RankedRow, ...]
    n_ranked: int
    unranked: tuple[UnrankedRow, ...]
    n_unranked: int
    n_unranked_in_base: int
    """Those of them whom the base of a quota counts."""
    tie_break: tuple[str, ...]
    """What is compared where totals are equal, in words."""
    has_change: bool
    compared_ref: str
    """The run of the period before, with whose ranks ``change`` compares; empty where nothing was compared."""
    next_after: tuple[int, int] | None
    next_rank: int
    """Rank of the first row of the next page, 0 on the last."""

    @property
    def show(self) -> int:
        """Decimals of a shown total."""
        return self.shown.scheme.output.show


@dataclass(frozen=True)
class RankingQuery:
    """What a reader asks of a ranking; without a group it is the first that holds one of theirs."""

    group: str | None = None
    """The empty group is of those who have none."""
    unit: str = ""
    text: str = ""
    after: tuple[int, int] | None = None
    most: int = PAGE_ROWS
    most_unranked: int | None = MOST_UNRANKED
    """How many of those without a rank come along; None for all of them."""


def ranking_rows(scope: Scope, *, scheme_code: str, period_code: str, query: RankingQuery) -> RankingPage | None:
    """A page of a ranking; None where there is no run, or nothing in it is the reader's to see."""
    shown = shown_run(scheme_code=scheme_code, period_code=period_code)
    return ranking_of(scope, shown, query) if shown else None


def ranking_of(
    scope: Scope, shown: ShownRun, query: RankingQuery, *, quotas: tuple[GroupQuota, ...] | None = None
) -> RankingPage | None:
    """A page of the ranking of one run; ``quotas`` are those of a page before of the same query."""
    visible = visible_scores(scope, shown)
    # Whoever searches looks for somebody, not for a group: the first group with a hit is shown.
    asked = query.group if query.group is not None else _group_of_unit(visible, shown, query)
    groups = _group_choices(_named(visible, query), shown, asked) or _group_choices(visible, shown, asked)
    group = next((choice.key for choice in groups if choice.is_shown), None)
    if group is None:
        return None
    members = visible.filter(result=shown.results[group])
    scores, units = _named(_in_unit(members, query), query), _unit_choices(members, query)
    if quotas is None:
        quotas = group_quotas(shown, group, [unit.pk for unit in units if unit.is_shown])
    page = _ranked_page(scores, query)
    unranked = list(scores.filter(rank__isnull=True).order_by("reason", "subject")[: query.most_unranked])
    people = who_are([*page.scores, *unranked], shown.basis, cut_seq=shown.run.cut_seq)
    rows = _rows(_Context(shown, group, quotas, _equal_totals(members, shown)), page, people)
    counts = _counts(scores)
    has_change = any(row.change is not None for row in rows)
    compared = current_run_before(shown.run) if has_change else None
    return RankingPage(
        shown=shown,
        groups=groups,
        group=group,
        units=units,
        quotas=quotas,
        dimensions=_dimensions(shown),
        rows=rows,
        n_ranked=counts["ranked"],
        unranked=unranked_rows(shown, unranked, people),
        n_unranked=counts["all"] - counts["ranked"],
        n_unranked_in_base=counts["in_base"],
        tie_break=tie_break_names(shown.basis),
        has_change=has_change,
        compared_ref=compared.ref if compared else "",
        next_after=(page.scores[-1].rank or 0, page.scores[-1].subject_id) if page.following else None,
        next_rank=(page.following.rank or 0) if page.following else 0,
    )


def _group_choices(visible: QuerySet[Score], shown: ShownRun, asked: str | None) -> tuple[GroupChoice, ...]:
    counted = visible.values("result_id").annotate(n=Count("subject"), ranked=Count("rank")).order_by()
    sizes = {row["result_id"]: (row["n"], row["ranked"]) for row in counted}
    held = [(key, *sizes[result]) for key, result in shown.results.items() if result in sizes]
    held.sort(key=lambda each: (each[0] == NO_GROUP, each[0]))
    keys = [key for key, *_counts in held]
    chosen = asked if asked in keys else next(iter(keys), None)
    return tuple(GroupChoice(key, key or _("未分组"), n, ranked, key == chosen) for key, n, ranked in held)


def _unit_choices(members: QuerySet[Score], query: RankingQuery) -> tuple[UnitChoice, ...]:
    """Units of the group by code; those of the asked subtree, or all, are shown."""
    counted = members.order_by("unit__code").values_list("unit_id", "unit__code", "unit__name")
    found = list(counted.annotate(n=Count("subject")))
    shown = {pk for pk, *_rest in found}
    if query.unit:
        shown &= set(subtree_ids(Unit.objects.filter(code=query.unit).values_list("pk", flat=True)))
    return tuple(UnitChoice(pk, code, name, n, pk in shown) for pk, code, name, n in found)


def _equal_totals(members: QuerySet[Score], shown: ShownRun) -> frozenset[int]:
    """Totals, as the document ranks them, that several of the reader's subjects have and other parts tell apart."""
    if not shown.scheme.output.tie_break:
        return frozenset()
    totals = members.filter(rank__isnull=False).values_list("total", flat=True)
    counted = Counter(_as_ranked(total or 0, shown) for total in totals)
    return frozenset(total for total, n in counted.items() if n > 1)


def _as_ranked(total: int, shown: ShownRun) -> int:
    output = shown.scheme.output
    return rounded(total, places=MICRO_PLACES, shown=output.show) if output.rank_on_shown else total


def _counts(scores: QuerySet[Score]) -> dict[str, int]:
    in_base = Count("subject", filter=Q(rank__isnull=True) & ~Q(reason__in=LEFT_OUT))
    return scores.aggregate(ranked=Count("rank"), all=Count("subject"), in_base=in_base)


def _group_of_unit(visible: QuerySet[Score], shown: ShownRun, query: RankingQuery) -> str | None:
    """The group that holds the asked unit, None where no unit is asked for."""
    found = _in_unit(visible, query).values_list("result_id", flat=True).first() if query.unit else None
    return next((key for key, result in shown.results.items() if result == found), None)


def _in_unit(scores: QuerySet[Score], query: RankingQuery) -> QuerySet[Score]:
    if not query.unit:
        return scores
    return scores.filter(unit__in=subtree_ids(Unit.objects.filter(code=query.unit).values_list("pk", flat=True)))


def _named(scores: QuerySet[Score], query: RankingQuery) -> QuerySet[Score]:
    text = query.text.strip()
    return scores.filter(called(text)) if text else scores


@dataclass(frozen=True)
class _Page:
    """Ranked scores of one page, and their neighbours on the pages before and after."""

    before: Score | None
    scores: Sequence[Score]
    following: Score | None

    def extra_places(self, scheme: Scheme) -> Sequence[int]:
        """How many further digits each score needs to differ from its neighbours, also across the page's edges."""
        if scheme.output.rank_on_shown:
            # Where the law ranks by the shown digits, no further digit decides anything.
            return [0] * len(self.scores)
        before = [self.before] if self.before else []
        around = [*before, *self.scores, *([self.following] if self.following else [])]
        extra = deciding_places([score.total or 0 for score in around], scheme.output.show)
        return extra[len(before) : len(before) + len(self.scores)]


def _ranked_page(scores: QuerySet[Score], query: RankingQuery) -> _Page:
    ranked = scores.filter(rank__isnull=False).order_by("rank", "subject")
    before = None
    if query.after is not None:
        before = ranked.filter(subject=query.after[1]).first()
        ranked = ranked.filter(TupleGreaterThan(Tuple(F("rank"), F("subject")), query.after))
    found = list(ranked[: query.most + 1])
    return _Page(before, found[: query.most], found[query.most] if len(found) > query.most else None)


def _dimensions(shown: ShownRun) -> tuple[Dimension, ...]:
    return dimensions_of(shown.scheme, {code: each.scheme for code, each in shown.upstreams.items()})


def _ranks_before(shown: ShownRun, group: str, subjects: Collection[int]) -> dict[int, int]:
    """Ranks in the same group one period earlier, as far as there were any."""
    earlier = Current.objects.filter(
        scheme=shown.run.scheme_id,
        period__kind=shown.basis.period.kind,
        period__ends_on__lt=shown.basis.period.starts_on,
    ).order_by("-period__ends_on")
    result = RunGroup.objects.filter(run__in=earlier.values("run_id")[:1], group_key=group).values("result_id")
    rows = Score.objects.filter(result__in=result, subject__in=list(subjects), rank__isnull=False)
    ranks = dict(rows.values_list("subject_id", "rank"))
    return {subject: rank for subject, rank in ranks.items() if rank is not None}


@dataclass(frozen=True)
class _Context:
    """What a row must know of its group."""

    shown: ShownRun
    group: str
    quotas: tuple[GroupQuota, ...]
    equal_totals: frozenset[int]


def _rows(context: _Context, found: _Page, people: Mapping[int, Who]) -> tuple[RankedRow, ...]:
    shown, page = context.shown, found.scores
    scheme, bands = shown.scheme, {band.key: band.zh for band in shown.scheme.bands} | {"hidden": _("暂不显示")}
    before = _ranks_before(shown, context.group, [score.subject_id for score in page])
    extra = found.extra_places(scheme)
    dimensions, exempt = _page_dimensions(shown, page), _exempt_subjects(shown, page)
    rows = []
    for score, places in zip(page, extra, strict=True):
        rank, was = score.rank or 0, before.get(score.subject_id)
        rows.append(
            RankedRow(
                who=people[score.subject_id],
                rank=rank,
                tie=score.is_tied,
                change=None if was is None else was - rank,
                total=score.total or 0,
                extra_places=places,
                band=score.band,
                band_label=bands.get(score.band, ""),
                dimensions=dimensions[score.subject_id],
                coverage=score.coverage,
                tags=_tags(score, context, is_exempt=score.subject_id in exempt),
                proposal=context.quotas[0].proposals.get(score.subject_id) if context.quotas else None,
            )
        )
    return tuple(rows)


def _page_dimensions(shown: ShownRun, page: Sequence[Score]) -> dict[int, tuple[DimensionPoints, ...]]:
    dimensions = _dimensions(shown)
    spreads = {score.subject_id: spread_of(shown.scheme, score) for score in page}
    units = _unit_parts(shown, page)
    found = {}
    for score in page:
        tags = with_units(spreads[score.subject_id], units.get(score.subject_id, ()))
        found[score.subject_id] = tuple(DimensionPoints(d.key, d.name, points_of(tags.get(d.name))) for d in dimensions)
    return found


def _unit_parts(shown: ShownRun, page: Sequence[Score]) -> dict[int, list[UnitPart]]:
    leaf = next((leaf for leaf in shown.scheme.leaves if leaf.index), None)
    if leaf is None or not page:
        return {}
    subjects = sorted(score.subject_id for score in page)
    given = attribution_of(shown.basis, cut_seq=shown.run.cut_seq, subjects=subjects)
    scores = shown.unit_scores({unit for held in given.values() for unit, _months in held})
    spreads = {
        unit: (score, spread_of(shown.upstreams[code].scheme, score))
        for code in reversed(leaf.index)
        if code in shown.upstreams
        for unit, score in scores[code].items()
    }
    return {
        subject: [
            UnitPart(months, spreads[unit][0].total or 0, spreads[unit][1]) for unit, months in held if unit in spreads
        ]
        for subject, held in given.items()
    }


def _exempt_subjects(shown: ShownRun, page: Sequence[Score]) -> frozenset[int]:
    rows = Exemption.objects.filter(
        period=shown.basis.period.pk, subject__in=[score.subject_id for score in page], is_void=False
    )
    return frozenset(in_force(rows, shown.run.cut_seq).values_list("subject_id", flat=True))


def _tags(score: Score, context: _Context, *, is_exempt: bool) -> tuple[RowTag, ...]:
    shown = context.shown
    parts = parts_of(score)
    missing = sum(1 for part in shown.scheme.parts if isinstance(part, Leaf) and parts[part.position] == PART_MISSING)
    tags = [RowTag(_("并列"))] if score.is_tied else []
    if not score.is_tied and _as_ranked(score.total or 0, shown) in context.equal_totals:
        tags.append(RowTag(_("同分")))
    tags += [tag for quota in context.quotas[:1] for tag in _quota_tags(score, quota)]
    if is_exempt:
        tags.append(RowTag(_("容错")))
    if missing:
        tags.append(RowTag(_("缺 %(n)s 项") % {"n": missing}, "watch"))
    if score.band == "hidden":
        tags.append(RowTag(_("等次暂不显示"), "watch"))
    return tuple(tags)


def _quota_tags(score: Score, quota: GroupQuota) -> list[RowTag]:
    """One body's line says by itself who is inside; of several bodies each row says it."""
    proposal, rank = quota.proposals.get(score.subject_id), score.rank or 0
    if proposal is Proposal.UNDECIDED or score.subject_id in quota.waiting:
        return [RowTag(quota.told(score.subject_id), "watch")]
    if proposal is Proposal.PROPOSED and len(quota.bodies) > 1:
        return [RowTag(_("线内"), "accent")]
    if score.subject_id in quota.barred and rank <= quota.last_rank:
        return [RowTag(_("不列入"), "watch")]
    return []
