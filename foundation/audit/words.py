"""What an action and the kind of an object are called: filled by the apps that record them, in ``audit_words``."""

from collections.abc import Mapping

from django.utils.functional import Promise

_actions: dict[str, str | Promise] = {}
_objects: dict[str, str | Promise] = {}


def register_words(*, actions: Mapping[str, str | Promise], objects: Mapping[str, str | Promise]) -> None:
    """Let an app name its actions (``batch.committed``) and its objects (``intake.batch``)."""
    _actions.update(actions)
    _objects.update(objects)


def action_word(action: str) -> str:
    """Give the words of an action; one that this version no longer knows stands for itself."""
    return str(_actions.get(action, action))


def object_word(kind: str) -> str:
    """Give the word of a kind of object; an unknown one stands for itself."""
    return str(_objects.get(kind, kind))


def objects_named() -> dict[str, str]:
    """All kinds of objects with their words."""
    return {kind: str(words) for kind, words in _objects.items()}


def has_words(action: str) -> bool:
    """Whether an app named this action."""
    return action in _actions
