"""A list is a declaration: a selector, an order, columns; page, fragment and Excel read the same rows.

A subclass says which rows (``queryset``), how a row reads (``present``) and what a sheet of
them holds (``columns``). The page is cut by keyset and never counts; the Excel file holds all
that is filtered, not the page that is open.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.generic import View

from foundation.permissions import Permission
from foundation.tabular.table import FileKind
from foundation.tabular.writing import SheetColumn, Written, write_xlsx
from foundation.web.keyset import Keyset, KeysetPage
from foundation.web.page import PageRequest, page
from foundation.web.parts import Pager

M = TypeVar("M", bound=Model)
R = TypeVar("R")

PRESENTED_AT_ONCE = 500


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of the sheet that a list exports."""

    heading: str | Promise
    value: Callable[[R], Written]
    width: int = 14
    places: int | None = None


class ListPage(View, Generic[M, R]):
    """One list of the product; see the module's words."""

    permissions: ClassVar[tuple[Permission, ...]]
    template_name: ClassVar[str]
    fragment_name: ClassVar[str]
    keyset: ClassVar[Keyset]
    columns: ClassVar[tuple[Column[Any], ...]] = ()
    export_name: ClassVar[str] = ""
    page_size: ClassVar[int] = 25
    request: PageRequest

    def queryset(self) -> QuerySet[M]:
        """Rows that the reader may see, filtered, in no order."""
        raise NotImplementedError

    def present(self, rows: Sequence[M]) -> list[R]:
        """Turn rows into what the page shows, with a number of queries that does not grow."""
        raise NotImplementedError

    def bound(self) -> str:
        """What a cursor of this list is tied to (a run); empty for lists that only grow."""
        return ""

    def summary(self, rows: list[R]) -> str:
        """What part of the list the page shows, in words."""
        return ""

    def context(self, rows: list[R], pager: Pager) -> dict[str, Any]:
        """What else the page needs."""
        return {}

    @classmethod
    def as_page(cls) -> Callable[..., HttpResponseBase]:
        """The view for urls.py, open to holders of ``permissions``."""
        return page(*cls.permissions)(cls.as_view())

    def get(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show one page; htmx gets the fragment alone."""
        cut: KeysetPage[M] = self.keyset.page(self.queryset(), request.GET, size=self.page_size, bound=self.bound())
        rows = self.present(cut.rows)
        pager = Pager(
            summary=self.summary(rows),
            previous_url=self._neighbour(before=cut.previous_cursor),
            next_url=self._neighbour(after=cut.next_cursor),
        )
        context = {"rows": rows, "pager": pager, **self.context(rows, pager)}
        return render(request, self.fragment_name if request.htmx else self.template_name, context)

    def export(self) -> HttpResponseBase:
        """Give an Excel file of all that is filtered."""
        ordered = self.queryset().order_by(*self.keyset.names)
        rows = ([column.value(row) for column in self.columns] for row in self._all(ordered))
        columns = [SheetColumn(str(c.heading), c.width, c.places) for c in self.columns]
        return sheet_answer(self.export_name, columns, rows)

    def _all(self, rows: QuerySet[M]) -> Iterator[R]:
        source = rows.iterator(chunk_size=PRESENTED_AT_ONCE)
        while chunk := list(islice(source, PRESENTED_AT_ONCE)):
            yield from self.present(chunk)

    def _neighbour(self, **cursor: str) -> str:
        if not any(cursor.values()):
            return ""
        query = self.request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(cursor)
        return f"?{query.urlencode()}"


def sheet_answer(name: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Written]]) -> FileResponse:
    """Answer with a sheet as an attachment; its name carries no path and no line break."""
    content = TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    write_xlsx(columns, rows, content, sheet=name[:31] or "1")
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=f"{name}.xlsx", content_type=FileKind.XLSX.media_type)
