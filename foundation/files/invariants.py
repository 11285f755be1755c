"""Kept files are there as they came, and nothing lies about that nobody knows."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from foundation.files.content import path_of
from foundation.files.leftovers import leftovers
from foundation.files.models import StoredFile
from foundation.invariants import Place, register_invariant

PATIENCE = timedelta(minutes=10)
"""An upload on its way may take that long."""

_BLOCK = 1 << 20


def _damaged(_: datetime) -> Iterator[Place]:
    rows = StoredFile.objects.order_by("sha256").values_list("sha256", "ref", "size").distinct()
    seen = ""
    for sha256, ref, size in rows.iterator():
        if sha256 != seen and not _is_whole(sha256, size):
            yield {"ref": ref, "sha256": sha256[:12]}
        seen = sha256


def _is_whole(sha256: str, size: int) -> bool:
    path = path_of(sha256)
    if not path.is_file() or path.stat().st_size != size:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == sha256


def _left_over(now: datetime) -> Iterator[Place]:
    return ({"name": path.name[:40]} for path in leftovers(before=now - PATIENCE))


register_invariant(
    "I2",
    "kept_files",
    sentence=_("每个留存文件都在原处，内容与其 SHA-256 相符"),
    place=_("留存文件 %(ref)s（SHA-256 %(sha256)s…）不在原处或内容已变"),
    look=_damaged,
)
register_invariant(
    "I11",
    "no_leftovers",
    sentence=_("没有无主文件，也没有 10 分钟前的临时文件"),
    place=_("无主文件 %(name)s"),
    look=_left_over,
)
