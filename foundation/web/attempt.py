"""A view calls a service and lets a refusal land where the person can read it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import Form

from foundation.errors import DomainError

R = TypeVar("R")


def attempt(form: Form, service: Callable[..., R], *, at: str | None = None, **arguments: Any) -> R | None:
    """Call a service; a refusal becomes the error of field ``at`` (or of the form), and None is given."""
    try:
        return service(**arguments)
    except DomainError as refusal:
        form.add_error(at, refusal.message)
        return None
