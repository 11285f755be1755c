"""Writes of schemes: a document of the rulebook, checked by the engine's own reader and against the database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as text_now

from evaluation.matrices.basis import indicator_defs
from evaluation.models import GroupSet
from evaluation.scheme_texts import fault_text
from evaluation.scoring import Scheme, SchemeError, parse
from evaluation.selectors.schemes import SCHEME
from foundation.actor import Actor
from foundation.rulebook.errors import RuleFault
from foundation.rulebook.models import RuleDocument, RuleVersion
from foundation.rulebook.services import approve_version, propose_version
from intake.models import Indicator


def propose_scheme(*, text: str, actor: Actor, in_force_from: date) -> RuleVersion:
    """Hand in a scheme document; ``in_force_from`` is the first day of the first period that it rules.

    Raises RuleError ``document_faults`` with every fault and its path.
    """
    return propose_version(kind=SCHEME, text=text, actor=actor, in_force_from=in_force_from)


def approve_scheme(*, version: RuleVersion, actor: Actor) -> RuleVersion:
    """Put into force what another person proposed."""
    return approve_version(version=version, actor=actor)


def scheme_faults(body: Mapping[str, Any]) -> Sequence[RuleFault]:
    """All that is wrong with a scheme: by the engine's reader, then by what the database knows."""
    indicators = indicator_defs(Indicator.objects.prefetch_related("options"))
    try:
        scheme = parse(body, indicators)
    except SchemeError as refused:
        return [RuleFault(fault.path, fault.code, fault_text(fault)) for fault in refused.faults]
    return list(_unknown_names(scheme))


def _unknown_names(scheme: Scheme) -> Iterator[RuleFault]:
    """Names that a document may use only if they stand in the database."""
    code = scheme.groups.set_code
    if code and not GroupSet.objects.filter(code=code).exists():
        yield RuleFault("groups.set", "unknown_group_set", text_now("没有同类组方案 %s，请先建立。") % code)
    known = _subjects_of_schemes()
    for leaf in scheme.leaves:
        for index in leaf.index:
            if known.get(index) != "unit":
                message = text_now("没有代码为 %s 的单位方案，请先提出该方案。") % index
                yield RuleFault(f"{leaf.path}.index", "unknown_index", message)


def _subjects_of_schemes() -> dict[str, str]:
    documents = RuleDocument.objects.filter(kind=SCHEME).prefetch_related("versions")
    return {d.code: str(v.body.get("subject")) for d in documents for v in d.versions.all()}
