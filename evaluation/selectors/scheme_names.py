"""What a scheme is called, in the reader's language where its document says so."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language


def scheme_name(body: Mapping[str, Any]) -> str:
    """The English name to a reader of English if there is one, the Chinese name to everyone else."""
    name = body["name"]
    return str(name.get("en") or name["zh"]) if get_language() == "en" else str(name["zh"])
