"""The quota line in words: where it stands, its arithmetic, and what people must decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import floor

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluation.scoring.quotas import PoolSeats
from evaluation.scoring.types import QuotaLine, Scheme
from evaluation.selectors.quotas import BodyLine, GroupQuota
from foundation.web.figures import DASH

SHOWN_PLACES = 2

ARITHMETIC: dict[str, str | Promise] = {
    "floor": gettext_lazy("应参加 %(n)s × %(share)s = %(exact)s，取整 %(seats)s 名"),
    "half_up": gettext_lazy("应参加 %(n)s × %(share)s = %(exact)s，四舍五入，取 %(seats)s 名"),
    "largest_remainder": gettext_lazy(
        "应参加 %(n)s × %(share)s = %(exact)s；%(all)s 个小机关合并取整 %(pool)s 名，本机关分得 %(seats)s 名"
    ),
}
ROUNDING: dict[str, str | Promise] = {
    "floor": gettext_lazy("每个机关单独计算，小数舍去。"),
    "half_up": gettext_lazy("每个机关单独计算，小数四舍五入。"),
    "largest_remainder": gettext_lazy(
        "不足 %(under)s 人的机关合并计算：先取各自的整数，余下的名额按小数从大到小分。其他机关单独计算，小数舍去。"
    ),
}
"""By the word of the document."""
LEAVE_OUT: dict[str, str | Promise] = {
    "probation": gettext_lazy("试用期内"),
    "absent_over_half": gettext_lazy("离岗超过半数天数"),
}
"""Who is not counted, by the word of the document."""


@dataclass(frozen=True)
class ShownRule:
    """The row of the line in the table of a ranking."""

    label: str
    arithmetic: str
    notes: tuple[str, ...]
    last_rank: int


@dataclass(frozen=True)
class ShownBody:
    """A body in the table of the arithmetic."""

    name: str
    size: int
    unranked: int
    exact: str
    how: str
    seats: int
    proposed: int
    undecided: str
    line: str


@dataclass(frozen=True)
class ShownQuota:
    """What evaluation/_quota_panel.html reads: a sentence with the result, how it was worked out, each body."""

    key: str
    heading: str
    rule: str
    pool: str
    left: str
    bodies: tuple[ShownBody, ...]
    share: str


def quota_rules(quotas: Sequence[GroupQuota], *, is_personal: bool) -> tuple[ShownRule, ...]:
    """The line of each quota, as a row of the table."""
    return tuple(
        ShownRule(each.label, _arithmetic(each, is_personal=is_personal), tuple(_notes(each)), each.last_rank)
        for each in quotas
    )


def quota_panels(quotas: Sequence[GroupQuota], scheme: Scheme) -> tuple[ShownQuota, ...]:
    """How each line was worked out, body by body."""
    return tuple(
        ShownQuota(
            key=each.line.band,
            heading=_panel_heading(each, is_personal=scheme.subject == "cadre"),
            rule=_rule(each, scheme),
            pool=_pool(each.pool, each.line) if each.pool else "",
            left=_left(each.pool) if each.pool and each.pool.unassigned else "",
            bodies=tuple(_body(body, each.line) for body in each.bodies),
            share=percent_of(each.line.at_most),
        )
        for each in quotas
    )


def quota_finding(quota: GroupQuota) -> str:
    """Where the line stands, as the first sentence of the page."""
    facts: dict[str, object] = {
        "label": quota.label,
        "rank": quota.last_rank,
        "n": quota.n_proposed,
        "bodies": len(quota.bodies),
    }
    if not quota.bodies:
        return ""
    if not quota.last_rank and quota.waiting:
        facts |= {"waiting": len(quota.waiting)}
        return _("%(label)s没有划出线内人选：机关之间的小数相同、名额不够分，%(waiting)s 人待定。") % facts
    if not quota.last_rank:
        return _("%(label)s没有划出线内人选，原因见算法。") % facts
    if len(quota.bodies) == 1:
        return _("%(label)s划在第 %(rank)s 名。") % facts
    return _("%(label)s按 %(bodies)s 个机关分别划，线内 %(n)s 人，最后一名在第 %(rank)s 名。") % facts


def in_a_row(sentences: Sequence[str]) -> str:
    """Sentences one after the other, apart as the language sets them."""
    said = [sentence for sentence in sentences if sentence]
    return reduce(lambda one, following: _("%(one)s%(next)s") % {"one": one, "next": following}, said) if said else ""


def percent_of(share: Fraction) -> str:
    """A share in percent, or as the fraction it is: ``20%``, ``12.5%``, ``1/3``."""
    percent = exact_text(100 * share)
    return str(share) if percent.startswith("≈") else f"{percent}%"


def exact_text(number: Fraction) -> str:
    """A number to the last digit where two decimals hold it, else about two decimals."""
    hundredths = floor(number * 10**SHOWN_PLACES + Fraction(1, 2))
    whole, rest = divmod(hundredths, 10**SHOWN_PLACES)
    text = f"{whole}.{rest:0{SHOWN_PLACES}d}".rstrip("0").rstrip(".")
    return text if Fraction(hundredths, 10**SHOWN_PLACES) == number else f"≈ {text}"


def _arithmetic(quota: GroupQuota, *, is_personal: bool) -> str:
    facts: dict[str, object] = {
        "n": _counted(quota.size, is_personal=is_personal),
        "bodies": len(quota.bodies),
        "seats": quota.n_seats,
        "share": percent_of(quota.line.at_most),
    }
    if len(quota.bodies) != 1:
        return _("%(bodies)s 个机关分别划线，应参加 %(n)s，上限 %(share)s，共取 %(seats)s 名") % facts
    (body,) = quota.bodies
    facts |= {"exact": exact_text(body.seats.exact)}
    if body.seats.is_pooled and quota.pool:
        facts |= {"pool": quota.pool.seats, "all": quota.pool.bodies}
        return str(ARITHMETIC["largest_remainder"]) % facts
    return str(ARITHMETIC["half_up" if quota.line.rounding == "half_up" else "floor"]) % facts


def _notes(quota: GroupQuota) -> list[str]:
    """What people must decide, and that they do."""
    notes: list[str] = []
    if len(quota.bodies) > 1 and quota.n_proposed:
        notes.append(_("标“线内”的是各机关的线内人选，本行以下没有"))
    ties = [body.tie for body in quota.bodies if body.tie]
    if len(quota.bodies) == 1 and ties:
        facts: dict[str, object] = {"rank": ties[0].rank, "n": ties[0].n}
        notes.append(_("第 %(rank)s 名 %(n)s 人并列，名额不够，列为未定，由人决定") % facts)
    elif ties:
        notes.append(_("并列而名额不够的 %(n)s 人，列为未定，由人决定") % {"n": quota.n_undecided})
    if quota.pool and quota.waiting:
        facts = {"n": quota.pool.unassigned, "waiting": len(quota.waiting)}
        notes.append(_("合并的名额有 %(n)s 名因小数相同没有分出，%(waiting)s 人待定") % facts)
    if quota.n_below_band:
        facts = {"n": quota.n_below_band, "band": quota.band}
        notes.append(_("线内 %(n)s 人的指数档次未到“%(band)s”") % facts)
    return [*notes, _("等次由考核委员会决定，名额不必用满")]


def _panel_heading(quota: GroupQuota, *, is_personal: bool) -> str:
    facts = {
        "label": quota.label,
        "n": _counted(quota.size, is_personal=is_personal),
        "seats": quota.n_seats,
        "in": quota.n_proposed,
    }
    return _("%(label)s：应参加 %(n)s，取 %(seats)s 名，线内 %(in)s 人") % facts


def _rule(quota: GroupQuota, scheme: Scheme) -> str:
    line = quota.line
    facts = {"band": quota.band, "share": percent_of(line.at_most), "under": line.pool_bodies_under}
    told = [_("“%(band)s”不超过本机关应参加人数的 %(share)s。") % facts, str(ROUNDING[line.rounding]) % facts]
    told.append(_("应参加的是方案范围内的全部人员，缺数据、任职时间不满、指数作废的也计入。"))
    left_out = [str(words) for key, words in LEAVE_OUT.items() if key in scheme.population.leave_out]
    told.append(_("不计入：%(who)s的。") % {"who": "、".join([*left_out, _("由挂职单位考核")])})
    return in_a_row(told)


def _pool(pool: PoolSeats, line: QuotaLine) -> str:
    facts = {
        "under": line.pool_bodies_under,
        "bodies": pool.bodies,
        "n": pool.size,
        "share": percent_of(line.at_most),
        "exact": exact_text(pool.exact),
        "seats": pool.seats,
    }
    return (
        _(
            "合并计算的是本方案全部可比组里不足 %(under)s 人的 %(bodies)s 个机关："
            "共 %(n)s 人 × %(share)s = %(exact)s，取整 %(seats)s 名。"
        )
        % facts
    )


def _left(pool: PoolSeats) -> str:
    facts = {"left": pool.unassigned, "n": pool.seats}
    return (
        _("%(n)s 名中有 %(left)s 名没有分出：小数相同的机关比余下的名额多，系统不代为取舍，给谁、是否用，由人决定。")
        % facts
    )


def _body(body: BodyLine, line: QuotaLine) -> ShownBody:
    return ShownBody(
        name=body.name,
        size=body.seats.size,
        unranked=body.n_unranked,
        exact=exact_text(body.seats.exact),
        how=_("合并") if body.seats.is_pooled else _("四舍五入") if line.rounding == "half_up" else _("取整"),
        seats=body.seats.seats,
        proposed=body.n_proposed,
        undecided=_undecided(body),
        line=_("第 %(rank)s 名") % {"rank": body.last_rank} if body.last_rank else DASH,
    )


def _undecided(body: BodyLine) -> str:
    if body.tie:
        return _("第 %(rank)s 名 %(n)s 人并列") % {"rank": body.tie.rank, "n": body.tie.n}
    return _("多一名时为第 %(rank)s 名") % {"rank": body.next_rank} if body.next_rank else DASH


def _counted(n: int, *, is_personal: bool) -> str:
    """So many people, or so many units."""
    if is_personal:
        return ngettext("%(n)s 人", "%(n)s 人", n) % {"n": n}
    return ngettext("%(n)s 个单位", "%(n)s 个单位", n) % {"n": n}
