"""Compile .po files to .mo beside them; a fuzzy entry is left out, as gettext would."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_texts(source: Path) -> Path:
    """Write the .mo of one .po file and return its path."""
    with source.open("rb") as stream:
        catalog = read_po(stream, locale=source.parents[1].name)
    target = source.with_suffix(".mo")
    with target.open("wb") as stream:
        write_mo(stream, catalog)
    return target


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_texts(Path(name))
