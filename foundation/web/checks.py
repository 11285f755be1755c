"""Looks at the start: no URL without a declared permission."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver


def patterns(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every URL of the product, with its full path as it is written in urls.py."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def every_url_says_who_may(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Stop the start when a view has neither ``@page`` nor ``@public``."""
    return [
        Error(f"{route}: its view says neither @page(…) nor @public", id="ordos.E002")
        for route, pattern in patterns()
        if not hasattr(pattern.callback, "ordos_permissions")
    ]
