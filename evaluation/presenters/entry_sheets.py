"""The page of 填报模板 in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from evaluation.enums import EntryForm
from evaluation.selectors.entry_sheets import Asked, AskingScheme
from foundation.web.figures import decimal_text, period_text
from foundation.web.parts import Chip, Empty, Option
from intake.entry_sheets import AskedIndicator
from intake.models import Period


@dataclass(frozen=True)
class AskedRow:
    """One indicator as the page lists it."""

    code: str
    name: str
    measure: str
    takes: str
    basis: str


def entry_url(scheme: str, period: str = "", unit: str = "") -> str:
    """The page with these choices made."""
    chosen = {name: value for name, value in (("scheme", scheme), ("period", period), ("unit", unit)) if value}
    return f"{reverse('evaluation:entry-sheet')}?{urlencode(chosen)}"


def blank_page() -> dict[str, Any]:
    """The page of a reader of whom no scheme asks anything."""
    empty = Empty(
        _("没有需要您填报的指标"),
        _("已批准的方案中，没有由您所在单位提供、也没有由您管理范围内对象填报的指标。"),
        action_label=_("去上传"),
        action_url=reverse("intake:batch-upload"),
    )
    return {"page": {"chips": (), "finding": "", "empty": empty}}


def entry_page(
    asked: Asked | None, schemes: Sequence[AskingScheme], periods: Sequence[Period], chosen: str
) -> dict[str, Any]:
    """What evaluation/entry_sheet.html reads."""
    page: dict[str, Any] = {"chips": _chips(asked, schemes, periods, chosen), "finding": "", "empty": None}
    if asked is None:
        page["empty"] = Empty(
            _("这个方案还没有到期的期间"), _("期间结束后即可填报；也可以在上面选一个正在进行的期间。")
        )
        return {"page": page}
    page["finding"] = _finding(asked)
    fields = [
        ("scheme", asked.scheme.code),
        ("period", asked.period.code),
        *([("unit", asked.unit.code)] if asked.unit else []),
    ]
    return {
        "page": page,
        "rows": [_row(each) for each in asked.indicators],
        "download": {
            "url": reverse("evaluation:entry-sheet-download"),
            "fields": fields,
            "wide": EntryForm.WIDE.value,
            "long": EntryForm.LONG.value,
        },
        "upload_url": reverse("intake:batch-upload"),
    }


def _chips(asked: Asked | None, schemes: Sequence[AskingScheme], periods: Sequence[Period], chosen: str) -> list[Chip]:
    name = next((each.name for each in schemes if each.code == chosen), chosen)
    now = asked.period.code if asked else ""
    chips = [
        Chip(_("方案"), name, [Option(s.name, entry_url(s.code), s.code == chosen) for s in schemes], main=True),
        Chip(
            _("期间"),
            period_text(now) if now else _("未选"),
            [Option(period_text(p.code), entry_url(chosen, p.code), p.code == now) for p in periods],
        ),
    ]
    if asked and len(asked.units) > 1:
        every = Option(_("全部"), entry_url(chosen, now), asked.unit is None)
        units = [Option(u.name, entry_url(chosen, now, u.code), u == asked.unit) for u in asked.units]
        chips.append(Chip(_("单位"), asked.unit.name if asked.unit else _("全部"), [every, *units]))
    return chips


def _finding(asked: Asked) -> str:
    facts = {"figures": len(asked.indicators), "n": f"{len(asked.subjects):,}"}
    if asked.is_blank:
        told = _("由您填报 %(figures)s 项指标。名册不在您的管理范围内，模板不预填对象，请按工号填写。")
    elif asked.of_cadres:
        told = _("由您填报 %(n)s 人的 %(figures)s 项指标。对象和期间已经填好，只填数。")
    else:
        told = _("由您填报 %(n)s 个单位的 %(figures)s 项指标。对象和期间已经填好，只填数。")
    return told % facts


def _row(asked: AskedIndicator) -> AskedRow:
    row = asked.indicator
    facts = {
        "low": decimal_text(row.low, row.places),
        "high": decimal_text(row.high, row.places),
        "places": row.places,
        "options": "、".join(asked.options),
    }
    if asked.options:
        told = _("%(options)s，另填目标值") if asked.with_target else "%(options)s"
    elif asked.with_target:
        told = _("%(low)s–%(high)s，%(places)s 位小数，另填目标值")
    else:
        told = _("%(low)s–%(high)s，%(places)s 位小数")
    takes = told % facts
    return AskedRow(row.code, asked.name, row.measure, takes, row.basis)
