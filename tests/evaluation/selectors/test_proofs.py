"""The proof of a score: whoever downloads it recomputes the score without this program."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.selectors.proofs import Proof, proof_of
from tests.evaluation.factories import GOLDEN, Town, make_golden_town
from tests.evaluation.recompute import PERIOD, WHOLE_CITY, recompute_golden, stored_score
from tools.verify_score import verify

VERIFY = Path(__file__).resolve().parents[3] / "tools" / "verify_score.py"
CASES = sorted({(row["document"], row["subject"]) for row in GOLDEN if row["row"] in {"total", "reason"}})

pytestmark = pytest.mark.django_db


def taken(town: Town, document: str, subject: str) -> Proof:
    """A proof as it is after its way through a file."""
    proof = proof_of(WHOLE_CITY, scheme_code=document, period_code=PERIOD, subject=town.subject(subject))
    assert proof is not None
    found: Proof = json.loads(json.dumps(proof))
    return found


@pytest.fixture
def golden(db: None) -> Town:
    """The golden city, computed."""
    town = make_golden_town()
    recompute_golden()
    return town


def test_every_golden_score_is_recomputed_from_its_proof(golden: Town) -> None:
    proofs = {case: taken(golden, *case) for case in CASES}

    assert {case: found for case, proof in proofs.items() if (found := verify(proof))} == {}
    totals = {case: proof["result"]["total"] for case, proof in proofs.items()}
    assert totals == {case: stored_score(golden, *case).total for case in CASES}
    assert None in totals.values()
    assert len(CASES) >= 20


def first_leaf(proof: Proof) -> dict[str, Any]:
    """A leaf of the subject's own that has a value."""
    found: dict[str, Any] = next(
        leaf for key, leaf in proof["leaves"].items() if leaf["value"] and key not in proof["units"]
    )
    return found


def _other_value(proof: Proof) -> None:
    first_leaf(proof)["value"] = "1"


def _other_weight(proof: Proof) -> None:
    parts = proof["document"]["tree"]["parts"]
    parts[0]["weight"], parts[1]["weight"] = "10", str(int(parts[0]["weight"]) + int(parts[1]["weight"]) - 10)


def _better_unit(proof: Proof) -> None:
    unit = next(each["proof"] for held in proof["units"].values() for each in held)
    unit["result"]["total"] += 1


def _more_months(proof: Proof) -> None:
    next(held for held in proof["units"].values() if len(held) > 1)[0]["held"] += 1


def _no_gate(proof: Proof) -> None:
    proof["gates"] = []


def _more_points(proof: Proof) -> None:
    code = next(iter(proof["occurrences"]))
    proof["occurrences"][code] += 1_000_000


def _other_line(proof: Proof) -> None:
    proof["result"]["lines"][0][2] += 1


def _other_total(proof: Proof) -> None:
    proof["result"]["total"] += 1


def _other_band(proof: Proof) -> None:
    proof["result"]["band"] = "excellent!"


def _other_coverage(proof: Proof) -> None:
    proof["result"]["coverage"] -= 1


LIES = (_other_value, _other_weight, _better_unit, _other_line, _other_total, _other_band, _other_coverage)
RARE_LIES = (_more_months, _no_gate, _more_points)
"""What only some subjects have: two units, a gate, an occurrence."""


def subject_of(case: str) -> tuple[str, str]:
    """Document and subject of a golden case."""
    return next((row["document"], row["subject"]) for row in GOLDEN if row["case"] == case and row["row"] == "total")


def noticed(lie: Callable[[Proof], None], proof: Proof) -> bool:
    """Whether a lie can be told of this proof, and is found out."""
    changed = copy.deepcopy(proof)
    try:
        lie(changed)
    except StopIteration:
        return False
    return verify(changed) != []


def test_a_proof_that_was_changed_is_found_out(golden: Town) -> None:
    proof = taken(golden, *subject_of("P01"))
    all_proofs = [taken(golden, *case) for case in CASES]

    assert verify(proof) == []
    assert [lie.__name__ for lie in LIES if not noticed(lie, proof)] == []
    assert [lie.__name__ for lie in RARE_LIES if not any(noticed(lie, each) for each in all_proofs)] == []


def test_the_command_says_what_it_found_and_exits_by_it(golden: Town, tmp_path: Path) -> None:
    document, subject = subject_of("P01")
    proof = taken(golden, document, subject)
    others = {row["subject"] for row in GOLDEN if row["row"] == "posting"} - {subject}
    assert [number for number in others if number in json.dumps(proof)] == []
    good, bad, other = (tmp_path / name for name in ("good.json", "bad.json", "other.json"))
    good.write_text(json.dumps(proof), "utf-8")
    _other_total(proof)
    bad.write_text(json.dumps(proof), "utf-8")
    other.write_text("[]", "utf-8")

    def run(*files: Path) -> tuple[int, str]:
        command = [sys.executable, "-I", str(VERIFY), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    assert run(good)[0] == 0
    status, text = run(good, bad)
    assert (status, "不一致" in text, "total: 证明写" in text) == (1, True, True)
    assert run(other)[0] == 2
    assert run()[0] == 2
