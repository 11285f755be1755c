"""The one door for files: which kind a file is, by name and by content, and its Table."""

from collections.abc import Collection
from pathlib import Path, PurePath

from foundation.tabular.csv_file import read_csv
from foundation.tabular.errors import TableError
from foundation.tabular.table import MEGABYTE, FileKind, Progress, Table, TableLimits
from foundation.tabular.xlsx_file import read_xlsx

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_MACRO_SUFFIXES = {".xlsm", ".xlsb", ".xltm", ".xlam"}
_OLD_SUFFIXES = {".xls", ".xlt", ".et"}
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def read_table(
    path: Path,
    *,
    name: str,
    limits: TableLimits | None = None,
    progress: Progress | None = None,
    words: Collection[str] = (),
    without: Collection[int] = (),
) -> Table:
    """Read an uploaded file.

    Parameters
    ----------
    path : Path
        The kept file.
    name : str
        The name that the sender gave it; its suffix says what the content must be.
    limits : TableLimits, optional
        How much is read.
    progress : callable, optional
        Called with (rows done, rows in all).
    words : collection of str, optional
        Folded headings (`headings.heading_words`) by which the heading row is found within the
        first rows; without them, and where none fits, the first row with content is the heading.
    without : collection of int, optional
        Rows that are not data: they stand in ``Table.without`` and nothing in them is a problem.

    Raises
    ------
    TableError
        The file as a whole cannot be read. What is wrong with single cells stands in
        ``Table.problems``.
    """
    limits = limits or TableLimits()
    if file_kind(path, name=name, limits=limits) is FileKind.CSV:
        return read_csv(path, limits=limits, progress=progress, words=words, without=without)
    return read_xlsx(path, name=name, limits=limits, progress=progress, words=words, without=without)


def file_kind(path: Path, *, name: str, limits: TableLimits) -> FileKind:
    """The kind of a file whose name, content and size agree; else a refusal that says what to do."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _OLD_SUFFIXES:
        raise TableError("xls_file", name=name)
    if suffix in _MACRO_SUFFIXES:
        raise TableError("macro_file", name=name)
    if suffix not in {".csv", ".xlsx"}:
        raise TableError("unknown_type", name=name)
    kind = FileKind(suffix[1:])
    size, most = path.stat().st_size, limits.csv_bytes if kind is FileKind.CSV else limits.xlsx_bytes
    if size == 0:
        raise TableError("no_data")
    if size > most:
        raise TableError("too_big", size=-(-size // MEGABYTE), most=most // MEGABYTE)
    _check_content(path, kind, name)
    return kind


def _check_content(path: Path, kind: FileKind, name: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(8)
        if head == _OLE and kind is FileKind.XLSX and _ENCRYPTED_STREAM in stream.read():
            raise TableError("encrypted_file", name=name)
    looks = "xls" if head == _OLE else "xlsx" if head.startswith(_ZIP) else "csv"
    if looks != kind:
        raise TableError("renamed_file", name=name, looks=looks if looks != "csv" else "文本")
