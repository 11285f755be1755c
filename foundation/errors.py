"""Refusals: what is wrong, with which facts; the sentence is rendered late from the code."""

from typing import Any, ClassVar

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal that a person can act on; every other exception is a bug.

    ``code`` is stable English snake_case, ``facts`` fill the named placeholders of the
    sentence in ``texts``. A subclass per app holds its own ``texts``.
    """

    texts: ClassVar[dict[str, str | Promise]] = {}

    def __init__(self, code: str, **facts: Any) -> None:
        if code not in self.texts:
            raise KeyError(f"{type(self).__name__} has no text for {code!r}")
        self.code = code
        self.facts = facts
        super().__init__(code)

    @property
    def message(self) -> str:
        """The sentence in the language of the reader."""
        return str(self.texts[self.code]) % self.facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
