"""Whether the trail is what it was: chain, head and anchors read together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.audit.anchors import Anchor, anchors
from foundation.audit.chain import chained_hash, chained_rows
from foundation.audit.models import AuditHead

FINDINGS: dict[str, str | Promise] = {
    "missing": _("第 %(seq)s 条不见了。"),
    "edited": _("第 %(seq)s 条的内容与它的指纹不符。"),
    "unlinked": _("第 %(seq)s 条与前一条接不上：其中一条被改过、插入或调换过。"),
    "rewritten": _("第 %(seq)s 条与锚点不符：它和它之后的指纹被重新算过。"),
    "behind_head": _("第 %(seq)s 条不是由系统写入的：链头只到前一条。"),
    "head": _("第 %(seq)s 条与链头的指纹不符。"),
}
TELL_EVERY = 5_000


@dataclass(frozen=True)
class Verdict:
    """What was found. ``code`` is empty when all fits; else ``seq`` is the first event that does not."""

    n: int
    n_anchored: int
    code: str = ""
    seq: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether everything fits."""
        return not self.code

    @property
    def text(self) -> str:
        """The finding as a sentence."""
        return str(FINDINGS[self.code]) % {"seq": self.seq} if self.code else ""


def verify_trail(tell: Callable[[int, int], None] = lambda done, total: None) -> Verdict:
    """Read the whole trail, in bounded memory; the first event that does not fit, if there is one.

    Events that are appended meanwhile are read too. ``tell`` hears how far the reading is.

    Raises
    ------
    AuditError
        ``anchor_unreadable``: the anchor file itself is broken.
    """
    walk = _Walk(_anchored())
    total = AuditHead.objects.get(pk=1).seq
    while True:
        begun = walk.n
        for row in chained_rows(after=walk.n):
            if code := walk.fault_of(row):
                return Verdict(walk.n, walk.n_anchored, code, walk.n + 1)
            if walk.n % TELL_EVERY == 0:
                tell(walk.n, max(total, walk.n))
        head = AuditHead.objects.get(pk=1)
        if head.seq <= walk.n or walk.n == begun:
            break
    return walk.ended(head)


class _Walk:
    """Where the reading is: how many events, the hash of the last one, the anchors that are still to come."""

    def __init__(self, anchored: Iterator[tuple[int, str]]) -> None:
        self.n, self.prev, self.n_anchored = 0, "", 0
        self.anchored = anchored

    def fault_of(self, row: dict[str, Any]) -> str:
        """Go on by one event; the code of what is wrong with it."""
        expected = self.n + 1
        if row["seq"] != expected:
            return "missing"
        seq_and_hash = next(self.anchored, None)
        if row["hash"] != chained_hash(row["prev_hash"], row):
            return "edited"
        if seq_and_hash is not None and seq_and_hash[1] != row["hash"]:
            return "rewritten"
        if row["prev_hash"] != self.prev:
            return "unlinked"
        self.n, self.prev = expected, row["hash"]
        self.n_anchored += seq_and_hash is not None
        return ""

    def ended(self, head: AuditHead) -> Verdict:
        """What head and anchors say when no event is left."""
        code, seq = "", 0
        if head.seq > self.n or next(self.anchored, None) is not None:
            code, seq = "missing", self.n + 1
        elif head.seq < self.n:
            code, seq = "behind_head", head.seq + 1
        elif head.hash != self.prev:
            code, seq = "head", self.n
        return Verdict(self.n, self.n_anchored, code, seq)


def _anchored() -> Iterator[tuple[int, str]]:
    """Number and hash of every anchored event, from the first."""
    anchor: Anchor
    for anchor in anchors():
        yield from enumerate(anchor.hashes, anchor.first)
