"""A value, and what it is held against: the target with its unit, or the group."""

from django.utils.translation import gettext as _

from evaluation.selectors.explained_lines import ExplainedLine
from evaluation.selectors.peer_facts import PeerFacts

UNITLESS = frozenset({"等次", "是否", ""})


def value_text(line: ExplainedLine) -> str:
    """The value; its unit stands behind the target where there is one."""
    if not line.value_text:
        return ""
    return line.value_text if line.target_text and line.measure != "%" else _with_unit(line.value_text, line.measure)


def target_text(line: ExplainedLine) -> str:
    """The target with its unit; empty where there is none."""
    return _with_unit(line.target_text, line.measure) if line.target_text else ""


def stated_text(line: ExplainedLine) -> str:
    """The value; where it is missing, that it is, and what counts in its place."""
    told = {"state": line.state_text, "reason": line.zero_reason, "median": value_text(line)}
    if line.substitute == "zero":
        return _("%(state)s，按方案计 0 分：%(reason)s") % told
    if line.substitute == "median":
        return _("%(state)s，以组内中位数 %(median)s 代替") % told
    return line.state_text or value_text(line)


def against_text(line: ExplainedLine) -> str:
    """What the value is held against: its target, or the group where it is compared with others."""
    if not line.value_text:
        return ""
    if line.peers is not None and line.method_used in GROUPS:
        return GROUPS[line.method_used](line, line.peers)
    return target_text(line)


def in_unit(line: ExplainedLine, text: str) -> str:
    """A number of the group with the unit of the line."""
    return _with_unit(text, line.measure)


def _ends(line: ExplainedLine, peers: PeerFacts) -> str:
    low = in_unit(line, peers.low) if line.measure == "%" else peers.low
    return _("组内 %(low)s 至 %(high)s") % {"low": low, "high": in_unit(line, peers.high)}


def _mean(line: ExplainedLine, peers: PeerFacts) -> str:
    return _("组内平均 %(mean)s") % {"mean": in_unit(line, peers.mean)}


def _number(line: ExplainedLine, peers: PeerFacts) -> str:
    return _("组内 %(n)s 个") % {"n": peers.size}


def _best(line: ExplainedLine, peers: PeerFacts) -> str:
    return _("组内最好 %(best)s") % {"best": in_unit(line, peers.low if line.less_is_better else peers.high)}


GROUPS = {"minmax": _ends, "zscore": _mean, "percentile": _number, "rank_step": _number, "ratio_to_best": _best}
"""By the kind of the rule: the group in a few words."""


def _with_unit(text: str, measure: str) -> str:
    if measure in UNITLESS:
        return text
    return f"{text}%" if measure == "%" else f"{text} {measure}"
