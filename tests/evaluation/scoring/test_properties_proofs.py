"""What the standard library alone recomputes from a proof is what the engine gave, for random documents."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from evaluation.scoring import Standing, band_keys, explain, kept_form, reason_texts, score, stats
from evaluation.scoring.types import NO_TOTAL
from evaluation.selectors import proofs
from tests.evaluation.scoring.random_documents import Case, cases
from tests.evaluation.scoring.test_properties_documents import SOME, is_exact
from tools.verify_score import verify

pytestmark = pytest.mark.pure


@given(cases())
@SOME
def test_a_proof_of_any_document_is_recomputed_without_a_difference(case: Case) -> None:
    # Of a logarithm or a geometric mean sixty digits may round otherwise than a float, once in a million.
    if is_exact(case.document):
        for at in range(len(case.people)):
            assert verify(proof(case, at)) == []


def proof(case: Case, at: int) -> dict[str, Any]:
    """What ``proof_of`` gives, without a database around it."""
    of, rows = case.scheme, case.rows()
    group, row = stats(rows, of), rows.take([at])
    scored = score(row, group, of)
    given = SimpleNamespace(row=row, stats=group)
    total = int(scored.totals[0])
    return {
        "document": kept_form(case.document),
        "subject": {"number": "1", "name": ""},
        "indicators": {code: {"direction": sign, "options": []} for code, sign in case.directions.items()},
        "standing": Standing(int(row.standings[0])).name,
        "leaves": {leaf.key: proofs._leaf(given, leaf) for leaf in of.leaves},  # type: ignore[arg-type]  # reads row and stats only
        "units": {},
        "occurrences": proofs._occurrences(row, of),
        "gates": [gate.code for column, gate in enumerate(of.gates) if row.gates[0, column]],
        "result": {
            "total": None if total == NO_TOTAL else total,
            "rank": None,
            "band": band_keys(scored, of)[0],
            "coverage": int(scored.coverage[0]),
            "reason": reason_texts(scored, of)[0],
            "parts": {
                part.key: proofs._part(int(points)) for part, points in zip(of.parts, scored.parts[0], strict=True)
            },
            "lines": [[line.key, "", line.contribution] for line in explain(row, group, of)],
        },
    }
