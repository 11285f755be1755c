"""Writes of rule documents: proposed by one person, in force once another has approved."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.clock import now
from foundation.rulebook.documents import UnreadableDocumentError, load_document
from foundation.rulebook.errors import RuleError, RuleFault
from foundation.rulebook.models import RuleDocument, RuleVersion
from foundation.rulebook.schemas import RuleKind, faults_of, rule_kind


@use_case
def propose_version(*, kind: str, text: str, actor: Actor, in_force_from: date) -> RuleVersion:
    """Hand in a document as the next version of its code; it rules nothing until it is approved.

    Raises RuleError ``document_faults`` with every fault and its path.
    """
    rules = rule_kind(kind)
    body = _read(rules, text)
    document, _made = RuleDocument.objects.get_or_create(kind=kind, code=body["code"])
    RuleDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    latest = RuleVersion.objects.filter(document=document).order_by("-number").first()
    sha256 = body_digest(body)
    if latest is not None and (latest.sha256, latest.in_force_from) == (sha256, in_force_from):
        raise RuleError("unchanged", document=document.code, number=latest.number)
    version = RuleVersion.objects.create(
        document=document,
        number=latest.number + 1 if latest else 1,
        body=body,
        sha256=sha256,
        source=text,
        in_force_from=in_force_from,
        proposed_by=actor.key,
        proposed_at=now(),
    )
    after = {"kind": kind, "number": version.number, "sha256": sha256, "in_force_from": in_force_from.isoformat()}
    record("rule.proposed", document, after=after)
    return version


@use_case
def approve_version(*, version: RuleVersion, actor: Actor) -> RuleVersion:
    """Put into force what another person proposed; the document is checked again as things stand now."""
    version = RuleVersion.objects.select_for_update(of=("self",)).select_related("document").get(pk=version.pk)
    document = version.document
    if version.approved_by is not None:
        raise RuleError("approved_already", document=document.code, number=version.number)
    if version.proposed_by == actor.key:
        raise RuleError("same_person", document=document.code, number=version.number)
    faults = faults_of(rule_kind(document.kind), version.body)
    if faults:
        raise RuleError("document_faults", faults=faults)
    version.approved_by = actor.key
    version.approved_at = now()
    version.save(update_fields=["approved_by", "approved_at"])
    record("rule.approved", document, after={"number": version.number, "sha256": version.sha256})
    return version


def body_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of a body, however its text was laid out: sorted keys, no spaces."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _read(kind: RuleKind, text: str) -> dict[str, Any]:
    try:
        body = load_document(text)
    except UnreadableDocumentError as refused:
        faults = [RuleFault(str(fault.facts.get("path", "")), fault.code, fault.message) for fault in refused.faults]
        raise RuleError("document_faults", faults=faults) from refused
    found = faults_of(kind, body)
    if found:
        raise RuleError("document_faults", faults=found)
    return kind.kept(body)
