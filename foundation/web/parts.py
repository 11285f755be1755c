"""Small parts that several pages show; each is what one template of components/ reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Stop:
    """A stop of the breadcrumb; the last one is here."""

    label: Words
    url: str = ""


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    label: Words
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Chip:
    """A filter: what it is called, what is chosen, what else there is."""

    label: Words
    value: Words
    options: Sequence[Option]
    main: bool = False


@dataclass(frozen=True)
class Search:
    """A search field that keeps the other filters."""

    action: str
    query: str
    placeholder: Words
    keep: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Pager:
    """The neighbours of a page."""

    summary: Words = ""
    previous_url: str = ""
    next_url: str = ""
    previous_label: Words = ""
    next_label: Words = ""


@dataclass(frozen=True)
class Tag:
    """A state in one word."""

    label: Words
    kind: str = ""
    title: Words = ""


@dataclass(frozen=True)
class Note:
    """A sentence beside the content."""

    text: Words
    kind: str = ""


@dataclass(frozen=True)
class Said:
    """A pair of label and words: an input of a run, a fact of an empty state."""

    label: Words
    text: Words
    url: str = ""


@dataclass(frozen=True)
class BigFact:
    """One figure of the strip."""

    label: Words
    value: Words
    unit: Words = ""
    note: Words = ""
    kind: str = ""
    tail: str = ""


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, and the one thing to do."""

    title: Words
    lead: Words
    icon: str = "info"
    facts: Sequence[Said] = ()
    action_label: Words = ""
    action_url: str = ""


@dataclass(frozen=True)
class Accept:
    """A box that must be ticked before a button works; ``value`` is what the tick says."""

    name: str
    value: str
    label: Words


@dataclass(frozen=True)
class Confirm:
    """A button that says its consequence."""

    url: str
    label: Words
    consequence: Words = ""
    fields: Sequence[tuple[str, str]] = ()
    disabled_reason: Words = ""
    main: bool = True
    accept: Accept | None = None


@dataclass(frozen=True)
class Step:
    """A step of several, with what it found."""

    label: Words
    result: Words = ""
    state: str = "todo"


@dataclass(frozen=True)
class Tab:
    """One face of an object."""

    label: Words
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Action:
    """A link that looks like a button."""

    label: Words
    url: str
    icon: str = ""
    main: bool = False


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader."""

    title: Words
    url: str
    note: Words = ""
    due: Words = ""
