"""The proof as a workbook that computes: change a value, and the score changes with it.

One sheet for the subject and one for each unit behind it. A row is a part of the rule document, from
the root down; its formula is the rule. What the workbook gives is compared in a cell with the stored
total. Excel and WPS compute in binary floats, so the comparison allows for 0.00001 points; the exact
recomputation is ``tools/verify_score.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from evaluation.presenters.proof_formulas import (
    COUNTS,
    GROUP,
    GROUP2,
    KEY,
    MEANS,
    NAME,
    POINTS,
    RULE,
    RULES,
    SHARE,
    TARGET,
    USED,
    VALUE,
    WEIGHT,
    Place,
    any_present,
    clipped,
    half_up,
    literal,
    share,
    weighted,
)
from foundation.web.figures import points_text

Proof = Mapping[str, Any]

FIRST_ROW = 6
PEER_CELLS = {
    "minmax": ("low", "high"),
    "zscore": ("mean", "variance"),
    "percentile": ("better", "equal"),
    "rank_step": ("better", "equal"),
    "ratio_to_best": ("best", ""),
}
HEAD = PatternFill("solid", fgColor="F1F3F6")
MINE = PatternFill("solid", fgColor="FBF1E1")


def write_proof_book(proof: Proof, stream: IO[bytes]) -> None:
    """Write the workbook of a proof: the subject's sheet first, then a sheet a unit."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _("得分")
    _Sheet(book, sheet, proof, {}).write()
    book.save(stream)


@dataclass
class _Sheet:
    """One subject's sheet while it is written; ``total`` is the address of its total, once there is one."""

    book: Workbook
    sheet: Worksheet
    proof: Proof
    totals: dict[str, str]
    """Addresses of the totals of the units' sheets, by their titles; shared by all sheets of the book."""
    row: int = FIRST_ROW
    total: str = ""
    units: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    @property
    def document(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.proof["document"]
        return found

    def write(self) -> str:
        """Write all of it; give the address of the total as other sheets name it."""
        self._units()
        self._head()
        root = self._part(self.document["tree"], depth=0)
        self._events(root)
        return f"'{self.sheet.title}'!${POINTS}${self.total}" if self.total else ""

    def _units(self) -> None:
        for key, held in self.proof["units"].items():
            self.units[key] = []
            for each in held:
                if each["proof"] is None:
                    continue
                title = each["code"][:31]
                if title not in self.book.sheetnames:
                    sheet = self.book.create_sheet(title)
                    address = _Sheet(self.book, sheet, each["proof"], self.totals).write()
                    self.totals[title] = address
                self.units[key].append((each["held"], self.totals[title]))

    def _head(self) -> None:
        subject, result = self.proof["subject"], self.proof["result"]
        self._text("A1", f"{subject['name']} {subject['number']}", bold=True)
        self._text("A2", subject["place"])
        told = _("%(scheme)s，%(period)s，核算 %(run)s；%(basis)s")
        facts = {
            "scheme": self.document["name"]["zh"],
            "period": self.proof["period"],
            "run": self.proof["run"]["number"],
            "basis": self.document["basis"],
        }
        self._text("A3", told % facts)
        self._text("A4", _("橙底的格子可以改动，得分随之重算；本表用浮点数，精确复算用 verify_score.py。"))
        heads = [_("键"), _("名称"), _("规则"), _("计入"), _("权重"), _("数值"), _("目标值")]
        heads += [_("组统计"), _("组统计 2"), _("得分"), _("容错后"), _("贡献")]
        for column, text in zip("ABCDEFGHIJKL", heads, strict=True):
            self._text(f"{column}{FIRST_ROW - 1}", text, bold=True).fill = HEAD
        widths = (14, 30, 18, 6, 10, 14, 12, 14, 14, 12, 12, 12)
        for column, width in zip("ABCDEFGHIJKL", widths, strict=True):
            self.sheet.column_dimensions[column].width = width
        self.sheet.freeze_panes = f"C{FIRST_ROW}"
        if result["total"] is None:
            self._text("D1", _("没有总分，原因：%(reason)s") % {"reason": result["reason"]})

    # ---- the tree ----------------------------------------------------------------------------------------------

    def _part(self, part: Mapping[str, Any], *, depth: int) -> int:
        at = self.row
        self.row += 1
        self._text(f"{KEY}{at}", part["key"])
        self._put(f"{WEIGHT}{at}", literal(Fraction(str(part.get("weight", "100")))), formula=True)
        if "parts" in part:
            self._node(part, at, depth=depth)
        else:
            self._leaf(part, at, depth=depth)
        return at

    def _node(self, node: Mapping[str, Any], at: int, *, depth: int) -> None:
        self._text(f"{NAME}{at}", f"{'　' * depth}{node.get('tag', '') or node['key']}", bold=True)
        self._text(f"{RULE}{at}", node.get("how", "mean"))
        children = [self._part(part, depth=depth + 1) for part in node["parts"]]
        for child in children:
            self._formula(f"{USED}{child}", self._lifted(node, child, children))
            self._formula(f"{SHARE}{child}", share(at, child, children))
        present = any_present(children)
        self._formula(f"{COUNTS}{at}", f"IF({present},1,0)")
        self._formula(f"{POINTS}{at}", f"IF({present},{half_up(MEANS[node.get('how', 'mean')](children))},0)")
        self._formula(f"{USED}{at}", f"{POINTS}{at}")

    def _lifted(self, node: Mapping[str, Any], child: int, children: Sequence[int]) -> str:
        """An exempt leaf takes the mean of its siblings where that is better."""
        part = node["parts"][children.index(child)]
        others = [each for each in children if each != child]
        if "parts" in part or not self.proof["leaves"][part["key"]]["exempt"] or not others:
            return f"{POINTS}{child}"
        mean = half_up(weighted(others, POINTS))
        return f"IF({any_present(others)},MAX({POINTS}{child},{mean}),{POINTS}{child})"

    def _leaf(self, leaf: Mapping[str, Any], at: int, *, depth: int) -> None:
        known = self.proof["leaves"][leaf["key"]]
        indicator = self.proof["indicators"].get(leaf.get("indicator"))
        name = indicator["name"] if indicator else _("单位得分")
        self._text(f"{NAME}{at}", f"{'　' * depth}{name}")
        points = self.proof["result"]["parts"][leaf["key"]]
        self._put(f"{COUNTS}{at}", 0 if points is None else 1)
        if "index" in leaf:
            self._index(leaf, at, counts=points is not None)
            return
        rule = self._rule(leaf)
        ((kind, body),) = rule.items()
        self._text(f"{RULE}{at}", kind)
        value = known["value"] if known["value"] is not None else (known["peers"] or {}).get("median")
        if points is None or value is None:
            # What is missing counts for nothing, or for zero where the document says so.
            self._put(f"{POINTS}{at}", 0)
            return
        self._put(f"{VALUE}{at}", literal(Fraction(value)), formula=True, mine=True)
        if known["target"] is not None:
            self._put(f"{TARGET}{at}", literal(Fraction(known["target"])), formula=True, mine=True)
        self._peers(kind, known["peers"] or {}, at, more=indicator["direction"] == "+")
        formula = RULES[kind](Place(at, body, indicator, (known["peers"] or {}).get("size", 0)))
        self._formula(f"{POINTS}{at}", half_up(formula))

    def _rule(self, leaf: Mapping[str, Any]) -> Mapping[str, Any]:
        peers = self.proof["leaves"][leaf["key"]]["peers"]
        smallest = int(self.document.get("groups", {}).get("min_size", 5))
        small = "in_small_group" in leaf and peers is not None and peers["count"] < smallest
        found: Mapping[str, Any] = leaf["in_small_group"] if small else leaf["score"]
        return found

    def _index(self, leaf: Mapping[str, Any], at: int, *, counts: bool) -> None:
        codes = leaf["index"] if isinstance(leaf["index"], list) else [leaf["index"]]
        self._text(f"{RULE}{at}", "index: " + ", ".join(codes))
        held = [(months, total) for months, total in self.units[leaf["key"]] if total]
        if not counts or not held:
            self._put(f"{POINTS}{at}", 0)
            return
        months = sum(each for each, _total in held)
        self._formula(f"{VALUE}{at}", f"({'+'.join(f'{each}*{total}' for each, total in held)})/{months}")
        self._formula(f"{POINTS}{at}", half_up(f"{VALUE}{at}"))

    def _peers(self, kind: str, peers: Mapping[str, Any], at: int, *, more: bool) -> None:
        if kind not in PEER_CELLS or "size" not in peers:
            return
        known: dict[str, Any] = dict(peers)
        known["best"] = peers.get("high" if more else "low")
        if "below" in peers:
            known["better"] = peers["size"] - peers["below"] - peers["equal"] if more else peers["below"]
        for column, name in zip((GROUP, GROUP2), PEER_CELLS[kind], strict=True):
            if known.get(name) is not None:
                self._put(f"{column}{at}", literal(Fraction(str(known[name]))), formula=True)

    # ---- events and the total ----------------------------------------------------------------------------------

    def _events(self, root: int) -> None:
        top = Fraction(str(self.document["output"]["max"]))
        at = self.row + 1
        self._line(at, _("折算到满分 %(max)s") % {"max": top}, half_up(f"{USED}{root}*{literal(top)}/100"))
        self._formula(f"{SHARE}{root}", f"{POINTS}{at}")
        scaled, at = at, at + 1
        items = dict(self.document["adjust"]["items"]) if "adjust" in self.document else {}
        first = at
        for code, limits in items.items():
            self._text(f"{KEY}{at}", code)
            booked = Fraction(self.proof["occurrences"].get(code, 0), 1_000_000)
            self._put(f"{VALUE}{at}", literal(booked), formula=True, mine=True)
            self._line(at, _("加减分事项"), clipped(f"{VALUE}{at}", limits))
            at += 1
        net = "0"
        if items:
            limits = self.document["adjust"]["total"]
            self._line(at, _("加减分合计限幅"), clipped(f"SUM({POINTS}{first}:{POINTS}{at - 1})", limits))
            net, at = f"{POINTS}{at}", at + 1
        self._line(at, _("总分"), f"MAX(0,MIN({literal(top)},{POINTS}{scaled}+{net}))", bold=True)
        self.total = str(at)
        self._verdict(at + 1)

    def _verdict(self, at: int) -> None:
        stored = self.proof["result"]["total"]
        if stored is None:
            self._text(f"{NAME}{at}", _("系统没有给出总分，上面的数只供参考。"))
            return
        self._text(f"{NAME}{at}", _("系统给出的总分"))
        self._put(f"{POINTS}{at}", literal(Fraction(stored, 1_000_000)), formula=True)
        self._text(f"{NAME}{at + 1}", _("核对"))
        same, differs = _("一致"), _("不一致（改动过数值）")
        self._formula(f"{POINTS}{at + 1}", f'IF(ABS({POINTS}{at}-{POINTS}{at - 1})<0.00001,"{same}","{differs}")')
        shown = points_text(stored, int(self.document["output"]["show"]))
        self._text(f"{RULE}{at}", _("显示为 %(total)s") % {"total": shown})

    def _line(self, at: int, name: str, formula: str, *, bold: bool = False) -> None:
        self._text(f"{NAME}{at}", name, bold=bold)
        self._formula(f"{POINTS}{at}", formula, bold=bold)

    # ---- cells -------------------------------------------------------------------------------------------------

    def _text(self, address: str, text: str, *, bold: bool = False) -> Cell:
        cell = self.sheet[address]
        cell.value = str(text)
        # A name that begins with = stays a name.
        cell.data_type = "s"
        cell.font = Font(bold=bold)
        cell.alignment = Alignment(wrap_text=False)
        found: Cell = cell
        return found

    def _put(self, address: str, value: int | str, *, formula: bool = False, mine: bool = False) -> None:
        cell = self.sheet[address]
        cell.value = f"={value}" if formula and "/" in str(value) else (_plain(value) if formula else value)
        if mine:
            cell.fill = MINE

    def _formula(self, address: str, formula: str, *, bold: bool = False) -> None:
        cell = self.sheet[address]
        cell.value = f"={formula}"
        cell.number_format = "0.000000"
        cell.font = Font(bold=bold)


def _plain(literal: int | str) -> int | str:
    text = str(literal).strip("()")
    return int(text) if text.lstrip("-").isdigit() else text
