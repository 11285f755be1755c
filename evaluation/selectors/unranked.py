"""Who is not ranked: why, what is missing, who can bring it, and whether a quota counts them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluation.models import Score
from evaluation.scoring import Reason
from evaluation.scoring.types import PART_MISSING, Leaf
from evaluation.selectors.dimensions import parts_of
from evaluation.selectors.people import Who
from evaluation.selectors.quotas import is_in_base
from evaluation.selectors.reasons import reason_text, remedy_text
from evaluation.selectors.shown import ShownRun
from foundation.web.figures import coverage_text
from intake.models import Indicator, IndicatorOwner

MOST_NAMED = 3


@dataclass(frozen=True)
class UnrankedRow:
    """A subject without a rank: why, the way back, and whether the base of a quota counts them."""

    who: Who
    coverage: int
    reason: str
    reason_text: str
    remedy: str
    needs_data: bool
    """Whether data of their own are missing, which somebody can enter."""
    is_in_base: bool


@dataclass(frozen=True)
class _Named:
    """What the missing indicators are called, and who enters them, by code."""

    names: Mapping[str, str]
    owners: Mapping[str, Sequence[str]]


def unranked_rows(shown: ShownRun, scores: Sequence[Score], people: Mapping[int, Who]) -> tuple[UnrankedRow, ...]:
    """These scores, none of which has a rank, as rows of the page or of a sheet."""
    missing = {score.subject_id: _missing(shown, score) for score in scores}
    named = _named({leaf.indicator.code for leaves in missing.values() for leaf in leaves if leaf.indicator})
    return tuple(_row(shown, score, people[score.subject_id], missing[score.subject_id], named) for score in scores)


def _missing(shown: ShownRun, score: Score) -> list[Leaf]:
    """The leaves without which there is no total; none where data are not the reason."""
    if score.reason not in (Reason.REQUIRED_MISSING, Reason.LOW_COVERAGE):
        return []
    parts, needed = parts_of(score), score.reason == Reason.REQUIRED_MISSING
    leaves = [leaf for leaf in shown.scheme.leaves if parts[leaf.position] == PART_MISSING]
    return [leaf for leaf in leaves if leaf.is_required] if needed else leaves


def _named(codes: Collection[str]) -> _Named:
    names = dict(Indicator.objects.filter(code__in=codes).values_list("code", "name_zh"))
    owners = defaultdict[str, list[str]](list)
    rows = IndicatorOwner.objects.filter(indicator__code__in=codes).order_by("indicator__code", "unit__code")
    for code, unit in rows.values_list("indicator__code", "unit__name"):
        owners[code].append(unit)
    return _Named(names, owners)


def _row(shown: ShownRun, score: Score, who: Who, missing: Sequence[Leaf], named: _Named) -> UnrankedRow:
    return UnrankedRow(
        who=who,
        coverage=score.coverage,
        reason=score.reason,
        reason_text=_why(shown, score, missing, named),
        remedy=_way_back(score.reason, missing, named),
        needs_data=bool(missing) and not any(leaf.index for leaf in missing),
        is_in_base=is_in_base(score.reason),
    )


def _why(shown: ShownRun, score: Score, missing: Sequence[Leaf], named: _Named) -> str:
    told = reason_text(score.reason, shown.scheme)
    if score.reason == Reason.LOW_COVERAGE:
        floor = f"{float(100 * shown.scheme.coverage_floor):g}%"
        facts = {"coverage": coverage_text(score.coverage), "floor": floor}
        told = _("数据完整 %(coverage)s，低于 %(floor)s") % facts
    elif any(leaf.index for leaf in missing):
        return _("所在单位本期没有指数")
    names = [named.names.get(leaf.indicator.code, leaf.key) for leaf in missing if leaf.indicator]
    return _("%(told)s：缺%(what)s") % {"told": told, "what": _listed(names)} if names else told


def _way_back(reason: str, missing: Sequence[Leaf], named: _Named) -> str:
    if any(leaf.index for leaf in missing) and reason == Reason.REQUIRED_MISSING:
        return _("所在单位的数据补齐、有了指数以后，下一次核算自动参加")
    codes = [leaf.indicator.code for leaf in missing if leaf.indicator]
    owners = list(dict.fromkeys(unit for code in codes for unit in named.owners.get(code, ())))
    if not owners:
        return remedy_text(reason)
    return _("请%(owners)s补报，下一次核算自动参加") % {"owners": _listed(owners)}


def _listed(words: Sequence[str]) -> str:
    """The first few, and how many there are."""
    told = "、".join(words[:MOST_NAMED])
    if len(words) <= MOST_NAMED:
        return told
    return _("%(first)s等 %(n)s 项") % {"first": told, "n": len(words)}
