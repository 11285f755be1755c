"""A proof: everything that one total was computed from, so that it can be recomputed without this program.

``tools/verify_score.py`` reads it; the workbook of ``presenters/proof_books.py`` is made of it. It holds the
rule document, the subject's own values, what the peer group gives as statistics (never another subject's
value), and, for a person, the proof of every unit in which the person served.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from accounts.scope import Scope
from evaluation.matrices.basis import Basis
from evaluation.matrices.rows import unit_total
from evaluation.scoring import LeafState, Rows, Standing
from evaluation.scoring.peers import LeafStats
from evaluation.scoring.types import PART_NOT_APPLICABLE, Leaf, Scheme
from evaluation.selectors.dimensions import parts_of
from evaluation.selectors.explanations import may_see
from evaluation.selectors.people import Who, who_are
from evaluation.selectors.shown import ShownRun, shown_run, totals_in
from evaluation.selectors.waterfalls import Waterfall, waterfall_of

FORMAT = "ordos-proof/1"

Proof = dict[str, Any]


def proof_of(scope: Scope, *, scheme_code: str, period_code: str, subject: int) -> Proof | None:
    """The proof of a total that the reader may see; None where there is none, or only an older engine's."""
    shown = shown_run(scheme_code=scheme_code, period_code=period_code)
    if shown is None or not may_see(scope, shown, subject):
        return None
    waterfall = waterfall_of(shown, subject)
    return _proof(waterfall) if waterfall and not waterfall.is_outdated else None


def _proof(waterfall: Waterfall) -> Proof:
    shown, score = waterfall.shown, waterfall.score
    who = who_are([score], shown.basis, cut_seq=shown.run.cut_seq)[score.subject_id]
    units = {leaf.key: _units(waterfall, leaf) for leaf in shown.scheme.leaves if leaf.index}
    return {
        "format": FORMAT,
        "subject": _who(who),
        "period": shown.basis.period.code,
        "run": {"number": shown.run.number, "ref": shown.run.ref, "cut": shown.run.cut_seq, "engine": shown.run.engine},
        "manifest": shown.run.manifest_id,
        "document": _document(shown),
        "indicators": _indicators(shown.basis),
        "group": {"key": waterfall.group, "size": waterfall.stats.size},
        "standing": Standing(int(waterfall.row.standings[0])).name,
        "leaves": {leaf.key: _leaf(waterfall, leaf) for leaf in shown.scheme.leaves},
        "units": units,
        "occurrences": _occurrences(waterfall.row, shown.scheme),
        "gates": [gate.code for at, gate in enumerate(shown.scheme.gates) if waterfall.row.gates[0, at]],
        "result": _result(waterfall, {each["id"]: each["code"] for held in units.values() for each in held}),
    }


def _who(who: Who) -> dict[str, str]:
    return {"number": who.number, "name": who.name, "place": who.place}


def _document(shown: ShownRun) -> dict[str, Any]:
    """The rule document as the manifest holds it: codes of events and gates in pairs, in the order of the document."""
    body: dict[str, Any] = json.loads(shown.run.manifest.body)["scheme"]["body"]
    return body


def _indicators(basis: Basis) -> dict[str, Any]:
    used = {leaf.indicator.code: leaf.indicator for leaf in basis.scheme.leaves if leaf.indicator}
    return {
        code: {
            "name": basis.names[code].name,
            "measure": basis.names[code].measure,
            "places": each.places,
            "direction": each.direction,
            "options": [[label, _exact(stored, 10**each.places)] for label, stored in each.options],
        }
        for code, each in used.items()
    }


def _leaf(waterfall: Waterfall, leaf: Leaf) -> dict[str, Any]:
    row, at, unit = waterfall.row, leaf.column, 10**leaf.places
    state = LeafState(int(row.states[0, at]))
    value = Fraction(int(row.values[0, at]), int(row.counts[0, at]) * unit)
    is_present = state is LeafState.PRESENT
    target = int(row.target_counts[0, at])
    return {
        "state": state.name,
        "value": str(value) if is_present else None,
        "target": _exact(int(row.targets[0, at]), target * unit) if target else None,
        "carried": int(row.carried[0, at]),
        "exempt": bool(row.exempt[0, at]),
        "peers": _peers(waterfall.stats.leaves[at], value if is_present else None),
    }


def _peers(stats: LeafStats | None, value: Fraction | None) -> dict[str, Any] | None:
    """The group as statistics; of a spread only how many lie below the own value and how many are equal."""
    if stats is None:
        return None
    known: dict[str, Any] = {
        "count": stats.count,
        "size": stats.size,
        "low": _text(stats.low),
        "high": _text(stats.high),
        "median": _text(stats.median),
        "mean": _text(stats.mean),
        "variance": _text(stats.variance),
    }
    own = stats.median if value is None else value
    if stats.spread is not None and own is not None:
        pairs = list(zip(stats.spread.values, stats.spread.members, strict=True))
        known["below"] = sum(members for number, members in pairs if Fraction(number, stats.unit) < own)
        known["equal"] = sum(members for number, members in pairs if Fraction(number, stats.unit) == own)
    return {name: each for name, each in known.items() if each is not None}


def _units(waterfall: Waterfall, leaf: Leaf) -> list[dict[str, Any]]:
    shown = waterfall.shown
    totals = totals_in(shown.unit_scores({unit for unit, _held in waterfall.held}))
    found = []
    for unit, held in waterfall.held:
        total = unit_total(leaf.index, unit, totals)
        inside = waterfall_of(shown.upstreams[total.scheme], unit) if total else None
        proof = _proof(inside) if inside else None
        found.append({"id": unit, "code": proof["subject"]["number"] if proof else "", "held": held, "proof": proof})
    return found


def _occurrences(row: Rows, scheme: Scheme) -> Mapping[str, int]:
    return {code: int(row.occurrences[0, at]) for at, (code, _clip) in enumerate(scheme.adjust.items)}


def _result(waterfall: Waterfall, codes: Mapping[int, str]) -> dict[str, Any]:
    score = waterfall.score
    parts = parts_of(score)
    keys = [part.key for part in waterfall.shown.scheme.parts]
    return {
        "total": score.total,
        "rank": score.rank,
        "band": score.band,
        "coverage": score.coverage,
        "reason": score.reason,
        "parts": {key: _part(int(points)) for key, points in zip(keys, parts, strict=True)},
        "lines": [[own.line.key, codes.get(own.line.unit, ""), own.line.contribution] for own in waterfall.lines],
    }


def _part(points: int) -> int | None:
    return points if points > PART_NOT_APPLICABLE else None


def _exact(over: int, under: int) -> str:
    return str(Fraction(over, under))


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)
