"""manage.py document: the pages of docs/ that are written from the code."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from ordos_cadres.data_model import data_model
from ordos_cadres.permission_table import permission_table
from ordos_cadres.problem_table import upload_page

PAGES = {"data-model.md": data_model, "permissions.md": permission_table, "upload.md": upload_page}


class Command(BaseCommand):
    """Write the pages of docs/ that come from code, in whole or in part, or say that they are stale."""

    help = "由代码生成 docs/ 中的数据模型、权限表与问题一览；不带 --write 时只比较。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="写入文件")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [name for name in PAGES if not self._settle(name, write=options["write"])]
        for name in stale:
            self.stderr.write(f"docs/{name} 与代码不一致，请运行 manage.py document --write")
        if stale:
            sys.exit(1)

    def _settle(self, name: str, *, write: bool) -> bool:
        path, content = Path(settings.BASE_DIR) / "docs" / name, PAGES[name]()
        if write:
            path.write_text(content, encoding="utf-8")
            return True
        return path.is_file() and path.read_text(encoding="utf-8") == content
