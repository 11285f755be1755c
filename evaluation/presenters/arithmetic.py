"""How a value came to its points, in a sentence for each rule that looks at the group."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from evaluation.presenters.methods import METHODS
from evaluation.presenters.values import in_unit, stated_text, target_text, value_text
from evaluation.selectors.explained_lines import ExplainedLine
from evaluation.selectors.peer_facts import PeerFacts
from foundation.web.figures import MINUS


def arithmetic_text(line: ExplainedLine) -> str:
    """From what was written to points: the value, what it was held against, and by which rule."""
    if line.substitute == "zero":
        return stated_text(line)
    if line.peers is not None and line.method_used in SENTENCES:
        told = {"value": _value(line), "rule": SENTENCES[line.method_used](line, line.peers)}
        return _("%(value)s；%(rule)s") % told
    given = {"value": value_text(line), "target": target_text(line)}
    told_ = (_("原始值 %(value)s，目标 %(target)s") if line.target_text else _("原始值 %(value)s")) % given
    told_ = _median(line) or told_
    return f"{told_}，{METHODS[line.method_used]}" if line.method_used in METHODS else told_


def _value(line: ExplainedLine) -> str:
    return _median(line) or _("原始值 %(value)s") % {"value": in_unit(line, line.value_text)}


def _median(line: ExplainedLine) -> str:
    if line.substitute != "median":
        return ""
    return _("%(state)s，取组内中位数 %(value)s") % {"state": line.state_text, "value": in_unit(line, line.value_text)}


def _minmax(line: ExplainedLine, peers: PeerFacts) -> str:
    worst, best = (peers.high, peers.low) if line.less_is_better else (peers.low, peers.high)
    if peers.low == peers.high:
        return _("组内都是 %(value)s，一律 %(points)s 分") % {
            "value": in_unit(line, peers.low),
            "points": peers.number("all_equal"),
        }
    return _("组内最差 %(worst)s 得 %(low)s 分，最好 %(best)s 得 %(high)s 分，其间按比例") % {
        "worst": in_unit(line, worst),
        "best": in_unit(line, best),
        "low": peers.number("low"),
        "high": peers.number("high"),
    }


def _zscore(line: ExplainedLine, peers: PeerFacts) -> str:
    facts = {
        "mean": in_unit(line, peers.mean),
        "deviation": in_unit(line, peers.deviation),
        "distance": peers.distance.removeprefix(MINUS),
        "centre": peers.number("centre"),
        "per_sd": peers.number("per_sd"),
    }
    if not any(digit in "123456789" for digit in peers.deviation):
        return _("组内都相同，一律 %(centre)s 分") % facts
    if peers.distance.startswith(MINUS):
        return (
            _(
                "组内平均 %(mean)s 得 %(centre)s 分，标准差 %(deviation)s；"
                "比平均差 %(distance)s 个标准差，每个减 %(per_sd)s 分"
            )
            % facts
        )
    return (
        _(
            "组内平均 %(mean)s 得 %(centre)s 分，标准差 %(deviation)s；"
            "比平均好 %(distance)s 个标准差，每个加 %(per_sd)s 分"
        )
        % facts
    )


def _percentile(line: ExplainedLine, peers: PeerFacts) -> str:
    worse = peers.size - (peers.better or 0) - (peers.equal or 0)
    facts = {"n": peers.size, "worse": worse, "equal": peers.equal}
    return _("组内 %(n)s 个：%(worse)s 个不如它，%(equal)s 个相同（含它自己），相同的计一半") % facts


def _rank_step(line: ExplainedLine, peers: PeerFacts) -> str:
    better, equal = peers.better or 0, max(peers.equal or 0, 1)
    facts = {
        "n": peers.size,
        "rank": _half_text(2 * better + equal + 1),
        "first": peers.number("first"),
        "step": peers.number("step"),
        "floor": peers.number("floor"),
    }
    if equal > 1:
        return (
            _(
                "组内 %(n)s 个中并列，取平均名次 %(rank)s；第 1 名 %(first)s 分，"
                "每退一名减 %(step)s 分，不低于 %(floor)s 分"
            )
            % facts
        )
    return _("组内 %(n)s 个中第 %(rank)s 名；第 1 名 %(first)s 分，每退一名减 %(step)s 分，不低于 %(floor)s 分") % facts


def _ratio_to_best(line: ExplainedLine, peers: PeerFacts) -> str:
    if line.less_is_better:
        return _("组内最好 %(best)s，得分是最好值与它之比") % {"best": in_unit(line, peers.low)}
    return _("组内最好 %(best)s，得分是它与最好值之比") % {"best": in_unit(line, peers.high)}


def _half_text(twice: int) -> str:
    return f"{twice // 2}.5" if twice % 2 else str(twice // 2)


SENTENCES: dict[str, Callable[[ExplainedLine, PeerFacts], str]] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "percentile": _percentile,
    "rank_step": _rank_step,
    "ratio_to_best": _ratio_to_best,
}
"""By the kind of the rule."""
