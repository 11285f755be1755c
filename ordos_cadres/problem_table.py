"""The table of problems in docs/upload.md, written from the reading policy; the rest of the page is kept."""

import re
from pathlib import Path

from django.conf import settings

from intake.problems import KINDS, Kind, Severity

HEADING = "## 问题一览"
_BEFORE = """
由 `manage.py document --write` 按 `intake/problems.py` 写成，不要手改。
错误使整个文件不入库；提醒只是告知。〈〉中是当时的内容。

| 代码 | 级别 | 问题 | 报告中的话 | 怎样改 | 在哪里判断 |
|---|---|---|---|---|---|
"""
_LEVELS = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def upload_page() -> str:
    """The page for officers with the table as the policy has it now."""
    page = (Path(settings.BASE_DIR) / "docs" / "upload.md").read_text(encoding="utf-8")
    rows = "\n".join(map(_row, KINDS.values()))
    return f"{page.partition(HEADING)[0]}{HEADING}\n{_BEFORE.lstrip()}{rows}\n"


def _row(kind: Kind) -> str:
    sentence = _PLACEHOLDER.sub(lambda found: f"〈{found[1]}〉", str(kind.sentence))
    level = _LEVELS[kind.severity]
    return f"| `{kind.code}` | {level} | {kind.title} | {sentence} | {kind.remedy} | `{kind.decided_in}` |"
