"""Rule documents as text, YAML (and so JSON), to nested dicts, lists and texts.

Every scalar stays the text that was written, so that no number passes through a float:
``100/3`` and ``0.800`` reach the rule's own reader. A plain YAML scalar that YAML itself
would read as a float, or as nothing (``null``, ``~``), is refused, because what a person
wrote and what is kept would differ. Refused as well: keys that stand twice, anchors and
aliases, tags, deep nesting, long texts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError

MOST_BYTES = 500_000
DEEPEST = 30
FLOAT_TAG = "tag:yaml.org,2002:float"
NULL_TAG = "tag:yaml.org,2002:null"
STANDARD_TAGS = "tag:yaml.org,2002:"


class DocumentError(DomainError):
    """A text that is no document; ``path``, ``line`` and ``column`` (from 1) say where."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "not_utf8": _("第 %(line)s 行附近不是 UTF-8 文字，请另存为 UTF-8 编码。"),
        "too_long": _("文件长 %(size)s，最多 %(most)s，请只保留规则文件本身。"),
        "no_document": _("文件中没有规则文件。"),
        "not_yaml": _("第 %(line)s 行第 %(column)s 列：无法按 YAML 读取，请检查缩进、冒号、括号和引号。"),
        "not_a_mapping": _("第 %(line)s 行：规则文件应由“键: 值”组成。"),
        "key_twice": _("第 %(line)s 行 %(path)s：这个键出现了两次，请只保留一个。"),
        "key_not_text": _("第 %(line)s 行 %(path)s：键应是文字，不能是列表或另一组键值。"),
        "plain_float": _(
            "第 %(line)s 行 %(path)s：“%(value)s”写成了小数，请加引号（'%(value)s'）或写成分数，例如 100/3。"
        ),
        "plain_null": _(
            "第 %(line)s 行 %(path)s：“%(value)s”在 YAML 中表示没有值，请写出内容，或删除这个键；确要这个词时加引号。"
        ),
        "alias": _("第 %(line)s 行 %(path)s：不能使用锚点（&）和引用（*），请写出全文。"),
        "tag": _("第 %(line)s 行 %(path)s：不能使用类型标记“%(value)s”，请删除。"),
        "bad_character": _("第 %(line)s 行 %(path)s：含有不可见的控制字符或残缺的文字，请删除后重新录入。"),
        "too_deep": _("第 %(line)s 行 %(path)s：嵌套超过 %(most)s 层。"),
        "no_such_code": _("文件中没有代码为“%(wanted)s”的规则文件，现有：%(codes)s。"),
        "code_needed": _("文件中有 %(count)s 个规则文件（%(codes)s），请用 --code 指定一个。"),
    }


@dataclass(slots=True)
class _Reader:
    """One pass over the events of a text; faults that do not stop the reading are collected."""

    events: Any  # a yaml.SafeLoader; its methods are untyped
    faults: list[DocumentError]

    def documents(self) -> Iterator[Any]:
        self.events.get_event()
        while not self.events.check_event(yaml.StreamEndEvent):
            self.events.get_event()
            yield self.value("", 1)
            self.events.get_event()

    def value(self, path: str, depth: int) -> Any:
        event = self.events.get_event()
        if depth > DEEPEST:
            raise _error("too_deep", event, path, most=DEEPEST)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _error("alias", event, path)
        if event.tag and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            raise _error("tag", event, path, value=event.tag.replace(STANDARD_TAGS, "!!"))
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        if any(is_unkept(char) for char in event.value):
            raise _error("bad_character", event, path)
        read_as = self.events.resolve(yaml.ScalarNode, event.value, event.implicit)
        if read_as == FLOAT_TAG or (read_as == NULL_TAG and event.value):
            code = "plain_float" if read_as == FLOAT_TAG else "plain_null"
            self.faults.append(_error(code, event, path, value=event.value))
        return event.value

    def mapping(self, path: str, depth: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        while not self.events.check_event(yaml.MappingEndEvent):
            at = self.events.peek_event()
            if not isinstance(at, yaml.ScalarEvent):
                raise _error("key_not_text", at, path)
            key = self.value(path, depth + 1)
            below = f"{path}.{key}" if path else key
            if key in out:
                self.faults.append(_error("key_twice", at, below))
            out[key] = self.value(below, depth + 1)
        self.events.get_event()
        return out

    def sequence(self, path: str, depth: int) -> list[Any]:
        out: list[Any] = []
        while not self.events.check_event(yaml.SequenceEndEvent):
            out.append(self.value(f"{path}[{len(out)}]", depth + 1))
        self.events.get_event()
        return out


def is_unkept(char: str) -> bool:
    """Whether a database would refuse or lose it: control characters but line feed and tab, halves of pairs."""
    return (char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff"


def _error(code: str, event: Any, path: str, **facts: Any) -> DocumentError:
    mark = event.start_mark
    return DocumentError(code, line=mark.line + 1, column=mark.column + 1, path=path or "顶层", **facts)


class UnreadableDocumentError(Exception):
    """All that is wrong with the text of a document, in the order of its lines."""

    def __init__(self, faults: list[DocumentError]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def load_documents(content: bytes | str) -> list[dict[str, Any]]:
    r"""All documents of a file, divided by ``---``.

    Raises
    ------
    UnreadableDocumentError
        With every fault that could be found in one pass.

    >>> load_documents("code: A\nweight: 100/3\n")
    [{'code': 'A', 'weight': '100/3'}]
    """
    text = _decoded(content)
    faults: list[DocumentError] = []
    try:
        reader = _Reader(yaml.SafeLoader(text), faults)
        documents = [document for document in reader.documents() if document != ""]
    except DocumentError as error:
        raise UnreadableDocumentError([*faults, error]) from error
    except yaml.YAMLError as error:
        raise UnreadableDocumentError([*faults, _unreadable(error)]) from error
    if not documents:
        raise UnreadableDocumentError([DocumentError("no_document")])
    if not all(isinstance(document, dict) for document in documents):
        faults.append(DocumentError("not_a_mapping", line=1, column=1, path=""))
    if faults:
        raise UnreadableDocumentError(faults)
    return documents


def load_document(content: bytes | str, *, code: str = "") -> dict[str, Any]:
    """The one document of a file, or the one that says ``code: …`` where there are several."""
    documents = load_documents(content)
    codes = [str(document.get("code", "?")) for document in documents]
    if code and code not in codes:
        raise UnreadableDocumentError([DocumentError("no_such_code", wanted=code, codes="、".join(codes))])
    if not code and len(documents) > 1:
        raise UnreadableDocumentError([DocumentError("code_needed", count=len(documents), codes="、".join(codes))])
    return documents[codes.index(code) if code else 0]


def _decoded(content: bytes | str) -> str:
    if len(content) > MOST_BYTES:
        raise UnreadableDocumentError([DocumentError("too_long", size=len(content), most=MOST_BYTES)])
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableDocumentError([DocumentError("not_utf8", line=line, column=1, path="")]) from error


def _unreadable(error: yaml.YAMLError) -> DocumentError:
    """A reader error (a control character) has no mark; a parser error has one."""
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return DocumentError("not_yaml", line=line, column=column, path="")
