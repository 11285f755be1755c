"""The English texts: each text of the source has one, with the same placeholders, and the compiled file says it."""

import gettext
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools.compile_texts import compile_texts
from tools.messages import all_texts, english, merged, read, waiting

PLACEHOLDER = re.compile(r"%\(\w+\)[-+ #0]*\d*(?:\.\d+)?[a-z]|%%|\{\{.*?\}\}|</?\w+[^>]*>")


@pytest.fixture(scope="module")
def kept() -> Catalog:
    """Locale/en as it stands in the tree."""
    return read(english())


def keys(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, str(message.id)) for message in catalog if message.id}


def as_list(text: object) -> list[str]:
    return [text] if isinstance(text, str) else [str(part) for part in text]  # type: ignore[attr-defined]  # a tuple


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def test_catalogue_holds_the_texts_of_the_source_and_no_others(kept: Catalog) -> None:
    source = all_texts()

    assert keys(source) - keys(kept) == set(), "new texts: run tools/messages.py and translate them"
    assert keys(kept) - keys(source) == set(), "texts that nothing says: run tools/messages.py"


def test_every_text_has_english(kept: Catalog) -> None:
    assert waiting(kept) == []


def test_a_new_text_waits_and_is_never_guessed() -> None:
    source, known = Catalog(), Catalog(locale="en")
    known.add("回首页", "go home")
    source.add("回首页")
    source.add("回到首页")

    assert waiting(merged(source, known)) == ["回到首页"]


def test_english_keeps_the_placeholders_of_the_chinese(kept: Catalog) -> None:
    pairs = [("".join(as_list(message.id)), text) for message in kept if message.id for text in as_list(message.string)]

    assert [text for source, text in pairs if placeholders(source) != placeholders(text)] == []
    assert [text for _source, text in pairs if text != text.strip()] == []


def test_compiled_catalogue_loads_and_speaks_english(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    compiled = compile_texts(Path(shutil.copy(english(), folder)))

    with compiled.open("rb") as stream:
        texts = gettext.GNUTranslations(stream)
    assert texts.gettext("登录") == "Log in"
    assert texts.ngettext("失分最多的 %(n)s 项", "失分最多的 %(n)s 项", 1) == "%(n)s item with most points lost"
    assert texts.ngettext("失分最多的 %(n)s 项", "失分最多的 %(n)s 项", 3) == "%(n)s items with most points lost"
