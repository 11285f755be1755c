"""Refusals of the rulebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


@dataclass(frozen=True)
class RuleFault:
    """One thing that is wrong with a document: where (``tree.parts[1].weight``) and what would be right."""

    path: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}：{self.message}" if self.path else self.message


class RuleError(DomainError):
    """A rule document that cannot be proposed or approved; ``faults`` hold all that is wrong with its text."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "kind_unknown": _("没有名为“%(kind)s”的规则类别。"),
        "document_faults": _("规则文件有 %(count)s 处问题，没有保存。第一处：%(first)s"),
        "unchanged": _("与 %(document)s 的第 %(number)s 版完全相同，没有另存。请修改后再提出。"),
        "same_person": _("%(document)s 第 %(number)s 版是您提出的，须由另一人批准。"),
        "approved_already": _("%(document)s 第 %(number)s 版已经批准。"),
    }

    def __init__(self, code: str, *, faults: Sequence[RuleFault] = (), **facts: object) -> None:
        self.faults = tuple(faults)
        if self.faults:
            facts = {"count": len(self.faults), "first": str(self.faults[0]), **facts}
        super().__init__(code, **facts)
