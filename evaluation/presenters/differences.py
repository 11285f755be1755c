"""What moved one subject between two runs, in words: line by line, with the cause, the batch and the row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.presenters.addresses import difference_url, subject_difference_url
from evaluation.presenters.methods import METHODS
from evaluation.selectors.difference_causes import Because, Cause
from evaluation.selectors.differences import ChangedLine, Half, SubjectDifference
from evaluation.selectors.entries_between import Deed
from evaluation.selectors.lines import shown_changes
from evaluation.selectors.runs_compared import RunChoice, TwoRuns
from foundation.web.figures import period_text, points_text, rounded, signed_text
from foundation.web.parts import BigFact, Chip, Note, Option, Stop

PLAIN: dict[Cause, str | Promise] = {
    Cause.GROUP_DATA: gettext_lazy("同组数据变动"),
    Cause.SMALL_GROUP: gettext_lazy("组内有数的对象个数变化，改按另一种办法计分"),
    Cause.RULE: gettext_lazy("方案的计分办法改变"),
    Cause.DEFINITION: gettext_lazy("指标定义修改"),
    Cause.EXEMPTED: gettext_lazy("经容错认定"),
    Cause.NOT_EXEMPTED: gettext_lazy("撤销容错认定"),
    Cause.CLIPPED: gettext_lazy("其他各行变动后的限幅"),
    Cause.SIBLINGS: gettext_lazy("同一合成项中其他指标变动"),
    Cause.TAIL: gettext_lazy("尾数"),
}
PAIRS: dict[Cause, str | Promise] = {
    Cause.OTHER_GROUP: gettext_lazy("换组：%(before)s → %(after)s"),
    Cause.WEIGHT: gettext_lazy("方案权重 %(before)s → %(after)s"),
    Cause.REWEIGHTED: gettext_lazy("同级指标有无数据改变，权重 %(before)s → %(after)s"),
    Cause.MONTHS: gettext_lazy("任职月数 %(before)s → %(after)s"),
    Cause.CARRIED: gettext_lazy("沿用以前数据的期数 %(before)s → %(after)s"),
    Cause.BOOKED: gettext_lazy("登记 %(after)s"),
    Cause.UNBOOKED: gettext_lazy("不再计入 %(before)s"),
}
LARGEST = 3


@dataclass(frozen=True)
class ShownCause:
    """One cause in words."""

    text: str
    source: str
    """The batch and the row, empty where no file said it."""


@dataclass(frozen=True)
class ShownChange:
    """A line of evaluation/_difference_lines.html; ``change`` is None without totals, else micro-points as shown."""

    code: str
    name: str
    method: str
    unit: str
    unit_url: str
    causes: tuple[ShownCause, ...]
    change: int | None
    evidence_url: str
    anchor: str


@dataclass(frozen=True)
class ShownDifference:
    """What evaluation/difference_detail.html reads as ``difference``."""

    finding: str
    note: str
    lines: tuple[ShownChange, ...]
    change: int | None
    before: str
    after: str
    total_label: str
    foot: str
    show: int


def difference(found: SubjectDifference, *, here: str) -> ShownDifference:
    """The lines that moved, so that in the shown digits they still sum to the change of the total."""
    show = found.runs.newer.scheme.output.show
    amounts = _shown(found, show)
    lines = [_line(line, amount, here) for line, amount in zip(found.lines, amounts, strict=True)]
    twice = Counter((line.unit, line.code) for line in lines)
    lines = [line if twice[line.unit, line.code] > 1 else replace(line, method="") for line in lines]
    change = None if found.change is None else sum(amount or 0 for amount in amounts)
    return ShownDifference(
        finding=_finding(found, change, show),
        note=_largest(lines, show),
        lines=tuple(lines),
        change=change,
        before=_half_text(found.older, show),
        after=_half_text(found.newer, show),
        total_label=_("合计"),
        foot=_("其余 %(n)s 行没有变动") % {"n": found.n_unmoved} if found.n_unmoved else _("所有的行都有变动"),
        show=show,
    )


def _shown(found: SubjectDifference, show: int) -> Sequence[int | None]:
    if found.older.total is None or found.newer.total is None:
        return [None] * len(found.lines)
    changes = [line.change or 0 for line in found.lines]
    return shown_changes(changes, before=found.older.total, after=found.newer.total, show=show)


def _line(line: ChangedLine, amount: int | None, here: str) -> ShownChange:
    told, is_event = line.line, line.line.kind == "occurrence"
    has_cell = line.is_new_side and any(cell.batch_number and not cell.is_target for cell in told.cells)
    return ShownChange(
        code=told.code,
        name=_("加减分事项") if is_event and told.facts else told.name,
        method=str(METHODS.get(told.method, "")),
        unit=told.unit_name,
        unit_url=reverse("evaluation:difference-unit", args=[*line.unit_runs, told.unit_code])
        if line.unit_runs
        else "",
        causes=tuple(_cause(each) for each in line.causes),
        change=amount,
        evidence_url=f"{here}?line={told.anchor}" if has_cell else "",
        anchor=told.anchor,
    )


def _cause(because: Because) -> ShownCause:
    if because.cause in PLAIN:
        return ShownCause(str(PLAIN[because.cause]), "")
    if because.cause in PAIRS:
        return ShownCause(str(PAIRS[because.cause]) % {"before": because.before, "after": because.after}, "")
    return ShownCause(_value(because), _source(because))


def _value(because: Because) -> str:
    """A value or target that came, changed or went: what was, and what is."""
    is_target = because.cause is Cause.TARGET
    facts = {"before": because.before, "after": because.after}
    if not because.before:
        text = (_("补报目标值 %(after)s") if is_target else _("补报 %(after)s")) % facts
    elif not because.after:
        text = (_("目标值 %(before)s 取消") if is_target else _("原报 %(before)s 取消")) % facts
    else:
        text = (_("目标值 %(before)s → %(after)s") if is_target else _("%(before)s → %(after)s")) % facts
    told = {"period": period_text(because.period), "text": text}
    return _("%(period)s：%(text)s") % told if because.period else text


def _source(because: Because) -> str:
    source, cell = because.source, because.cell
    if source is None:
        if cell is None or not cell.batch_number:
            return ""
        return _("批次 %(number)s，%(address)s") % {"number": cell.batch_number, "address": cell.address}
    if source.deed is Deed.WITHDRAWN:
        return _("批次 %(number)s 撤回") % {"number": source.batch_number} if source.batch_number else _("已撤回")
    if not source.batch_number:
        return ""
    return _("批次 %(number)s，行 %(row)s") % {"number": source.batch_number, "row": source.row}


def _finding(found: SubjectDifference, change: int | None, show: int) -> str:
    told = {"before": _half_text(found.older, show), "after": _half_text(found.newer, show)}
    if change is None:
        return _("%(before)s → %(after)s") % told
    if not found.change:
        return _("得分没有变动，仍为 %(after)s") % told
    return _("得分 %(before)s → %(after)s，变动 %(change)s") % {**told, "change": signed_text(change, show)}


def _half_text(half: Half, show: int) -> str:
    if half.group is None:
        return _("不在该次核算中")
    if half.total is None:
        return _("没有得分（%(reason)s）") % {"reason": half.reason_text}
    return points_text(half.total, show)


def _largest(lines: Sequence[ShownChange], show: int) -> str:
    """The largest changes in one sentence, with their first cause."""
    moved = [line for line in lines if line.change][:LARGEST]
    told = "；".join(
        _("%(code)s %(cause)s %(change)s")
        % {"code": line.code, "cause": _said(line), "change": signed_text(line.change or 0, show)}
        for line in moved
    )
    return _("变动最大的是：%(lines)s") % {"lines": told} if told else ""


def _said(line: ShownChange) -> str:
    if not line.causes:
        return line.name
    first = line.causes[0]
    return _("%(cause)s（%(source)s）") % {"cause": first.text, "source": first.source} if first.source else first.text


def difference_facts(found: SubjectDifference) -> list[BigFact]:
    """The strip: both totals, the change, both ranks."""
    show = found.runs.newer.scheme.output.show
    facts = [
        BigFact(_run_name(found.runs, newer=False), _figure(found.older, show), note=found.older.reason_text),
        BigFact(_run_name(found.runs, newer=True), _figure(found.newer, show), note=found.newer.reason_text),
    ]
    if found.change is not None and found.older.total is not None and found.newer.total is not None:
        shown = _to_places(found.newer.total, show) - _to_places(found.older.total, show)
        facts.append(BigFact(_("变动"), signed_text(shown, show)))
    if found.older.rank or found.newer.rank:
        facts.append(
            BigFact(_("组内名次"), f"{found.older.rank or '—'} → {found.newer.rank or '—'}", note=_group(found))
        )
    return facts


def _figure(half: Half, show: int) -> str:
    return "—" if half.total is None else points_text(half.total, show)


def _group(found: SubjectDifference) -> str:
    old, new = found.older.group, found.newer.group
    names = {"before": old or _("未分组"), "after": new or _("未分组")}
    if old is not None and new is not None and old != new:
        return _("换组：%(before)s → %(after)s") % names
    return names["after"] if new is not None else names["before"]


def _run_name(runs: TwoRuns, *, newer: bool) -> str:
    shown = runs.newer if newer else runs.older
    told = {"number": shown.run.number, "period": period_text(shown.basis.period.code)}
    return _("核算 %(number)s") % told if runs.is_same_period else _("%(period)s，核算 %(number)s") % told


def difference_notes(found: SubjectDifference) -> list[Note]:
    """What a reader must know of the comparison as a whole."""
    runs, notes = found.runs, []
    versions = {"before": runs.older.run.scheme_version.number, "after": runs.newer.run.scheme_version.number}
    if not runs.is_explicable:
        text = _("两次核算中有一次由另一版本的计分引擎计算，只比较得分和名次，不逐项说明。")
        notes.append(Note(text, "watch"))
    if versions["before"] != versions["after"]:
        notes.append(Note(_("方案由第 %(before)s 版改为第 %(after)s 版。") % versions))
    if not runs.is_same_period:
        notes.append(Note(_("两次核算属于两个期间，数据本来就不同；下面比较的是各期的数据。")))
    return notes


def compare_chip(found: TwoRuns, choices: Sequence[RunChoice], *, address: str) -> Chip:
    """With which other run the newer one is compared; ``address`` has the other run's reference to be filled in."""
    older = found.older.run
    options = [
        Option(
            _("%(period)s 核算 %(number)s") % {"period": each.period_code, "number": each.number},
            address.replace(older.ref, each.ref),
            each.ref == older.ref,
        )
        for each in choices
    ]
    value = _("核算 %(number)s") % {"number": older.number}
    return Chip(_("与哪次比较"), value, options)


def difference_trail(found: SubjectDifference, *, may_see_list: bool) -> list[Stop]:
    """The way up."""
    runs = found.runs
    name = _("核算 %(older)s → %(newer)s") % {"older": runs.older.run.number, "newer": runs.newer.run.number}
    above = [Stop(name, difference_url(runs.newer.run.ref, runs.older.run.ref))] if may_see_list else []
    return [*above, Stop(found.who.name)]


def here_of(found: SubjectDifference) -> str:
    """The address of the page."""
    return subject_difference_url(found.who, found.runs.newer.run.ref, found.runs.older.run.ref)


def _to_places(micro: int, show: int) -> int:
    return rounded(micro, places=6, shown=show) * int(10 ** (6 - show))
