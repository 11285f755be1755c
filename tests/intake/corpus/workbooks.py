"""Workbooks written part by part, so that every oddity can be made; nothing is taken from a library that mends it."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.tabular.table import column_letter
from tests.intake.corpus.outcomes import HEADING, row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@dataclass(frozen=True)
class Xml:
    """A cell as XML; ``{}`` stands for its address."""

    text: str


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def number(value: str, *, style: int = 0, kind: str = "") -> Xml:
    """A stored number with a style."""
    attributes = (f' s="{style}"' if style else "") + (f' t="{kind}"' if kind else "")
    return Xml(f'<c r="{{}}"{attributes}><v>{value}</v></c>')


def formula(text: str, value: str | None = None, *, kind: str = "", style: int = 0) -> Xml:
    """A formula, with the value that was kept of it or none."""
    attributes = (f' s="{style}"' if style else "") + (f' t="{kind}"' if kind else "")
    kept = "" if value is None else f"<v>{value}</v>"
    return Xml(f'<c r="{{}}"{attributes}><f>{escaped(text)}</f>{kept}</c>')


def cell_xml(address: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Xml):
        return value.text.replace("{}", address)
    if isinstance(value, int | float):
        return f'<c r="{address}"><v>{value}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escaped(str(value))}</t></is></c>'


def row_xml(at: int, cells: Sequence[Any], attributes: str = "") -> str:
    inner = "".join(cell_xml(f"{column_letter(place)}{at}", cell) for place, cell in enumerate(cells, 1))
    return f'<row r="{at}"{attributes}>{inner}</row>'


def rows_xml(rows: Iterable[Sequence[Any]], attributes: Mapping[int, str] | None = None, first: int = 1) -> str:
    return "".join(row_xml(at, cells, (attributes or {}).get(at, "")) for at, cells in enumerate(rows, first))


@dataclass(frozen=True)
class Sheet:
    """A worksheet: the XML of its rows, what stands before and after them."""

    rows: str
    name: str = "数据"
    before: str = ""
    after: str = ""
    state: str = ""
    root: str = f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'

    @property
    def xml(self) -> str:
        end = "</" + self.root[1:].split()[0].rstrip(">") + ">"
        return f"{DECLARATION}{self.root}{self.before}<sheetData>{self.rows}</sheetData>{self.after}{end}"


@dataclass(frozen=True)
class Book:
    """A workbook; ``parts`` replaces or adds parts, None leaves one out."""

    sheets: Sequence[Sheet]
    styles: str = ""
    strings: str = ""
    book_properties: str = ""
    main: str = MAIN
    relations: str = RELATIONS
    parts: Mapping[str, bytes | str | None] = field(default_factory=dict)
    packing: int = zipfile.ZIP_DEFLATED

    def __call__(self) -> bytes:
        named: dict[str, bytes | str | None] = {
            "[Content_Types].xml": self._types(),
            "_rels/.rels": self._rels([("rId1", f"{self.relations}/officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": self._workbook(),
            "xl/_rels/workbook.xml.rels": self._rels(self._related()),
            **{f"xl/worksheets/sheet{place}.xml": sheet.xml for place, sheet in enumerate(self.sheets, 1)},
            "xl/styles.xml": self.styles or None,
            "xl/sharedStrings.xml": self.strings or None,
            **self.parts,
        }
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", self.packing) as archive:
            for name, content in named.items():
                if content is not None:
                    archive.writestr(name, content)
        return stream.getvalue()

    def _types(self) -> str:
        return f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types"/>'

    def _rels(self, related: Iterable[tuple[str, str, str]]) -> str:
        inner = "".join(f'<Relationship Id="{ref}" Type="{kind}" Target="{to}"/>' for ref, kind, to in related)
        return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'

    def _related(self) -> list[tuple[str, str, str]]:
        count = range(1, len(self.sheets) + 1)
        return [
            *[(f"rId{place}", f"{self.relations}/worksheet", f"worksheets/sheet{place}.xml") for place in count],
            ("rIdStyles", f"{self.relations}/styles", "styles.xml"),
            ("rIdStrings", f"{self.relations}/sharedStrings", "sharedStrings.xml"),
        ]

    def _workbook(self) -> str:
        listed = "".join(
            f'<sheet name="{sheet.name}" sheetId="{place}" r:id="rId{place}"'
            + (f' state="{sheet.state}"' if sheet.state else "")
            + "/>"
            for place, sheet in enumerate(self.sheets, 1)
        )
        head = f'<workbook xmlns="{self.main}" xmlns:r="{self.relations}">{self.book_properties}'
        return f"{DECLARATION}{head}<sheets>{listed}</sheets></workbook>"


def book(rows: Iterable[Sequence[Any]], **more: Any) -> Book:
    """A workbook of one plain sheet; keywords of `Sheet` and `Book`, and ``attributes`` of rows."""
    attributes = more.pop("attributes", None)
    of_sheet = {key: more.pop(key) for key in ("name", "before", "after", "state", "root") if key in more}
    return Book([Sheet(rows_xml(rows, attributes), **of_sheet)], **more)


def plain(*rows: Sequence[Any], **more: Any) -> Book:
    """The usual heading with these rows under it, the one good row if none is given."""
    return book([HEADING, *(rows or [row()])], **more)


def styles(*formats: str | int) -> str:
    """Cell styles 1, 2, …: a number is a built-in format, a text a format code."""
    custom = [(165 + place, code) for place, code in enumerate(formats) if isinstance(code, str)]
    ids = [165 + place if isinstance(code, str) else code for place, code in enumerate(formats)]
    listed = "".join(f'<numFmt numFmtId="{ref}" formatCode="{quoted(code)}"/>' for ref, code in custom)
    cells = "".join(f'<xf numFmtId="{ref}"/>' for ref in (0, *ids))
    return (
        f'{DECLARATION}<styleSheet xmlns="{MAIN}"><numFmts count="{len(custom)}">{listed}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{cells}</cellXfs>'
        f'<dxfs><dxf><numFmt numFmtId="165" formatCode="0%"/></dxf></dxfs></styleSheet>'
    )


def quoted(text: str) -> str:
    return escaped(text).replace('"', "&quot;")


def strings(*items: str) -> str:
    """The part with the shared strings; an item that begins with ``<`` is XML."""
    inner = "".join(f"<si>{item if item.startswith('<') else f'<t>{escaped(item)}</t>'}</si>" for item in items)
    return f'{DECLARATION}<sst xmlns="{MAIN}">{inner}</sst>'


def shared(place: int | str) -> Xml:
    """A cell that names a shared string."""
    return Xml(f'<c r="{{}}" t="s"><v>{place}</v></c>')


def merges(*ranges: str) -> str:
    return "<mergeCells>" + "".join(f'<mergeCell ref="{each}"/>' for each in ranges) + "</mergeCells>"
