"""Kinds of rule document that this app reads; the rulebook looks for this module when it starts."""

import json
from pathlib import Path

from evaluation.scoring import kept_form
from evaluation.selectors.schemes import SCHEME
from evaluation.services.schemes import scheme_faults
from foundation.rulebook.schemas import RuleKind, register_rule_kind

SCHEME_SCHEMA = Path(__file__).parent / "schemas" / "scheme.schema.json"

register_rule_kind(
    RuleKind(
        name=SCHEME,
        schema=json.loads(SCHEME_SCHEMA.read_text(encoding="utf-8")),
        check=scheme_faults,
        kept=kept_form,
    )
)
