"""A rule document keeps what was written; what YAML would change or hide is refused at its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.rulebook.documents import MOST_BYTES, UnreadableDocumentError, load_document, load_documents
from tests.evaluation.scoring.sample import SAMPLE

pytestmark = pytest.mark.pure


def faults_of(content: bytes | str, **options: str) -> list[tuple[str, int, str]]:
    with pytest.raises(UnreadableDocumentError) as refused:
        load_document(content, **options)
    assert all(fault.message for fault in refused.value.faults)
    return [(f.code, f.facts.get("line", 0), f.facts.get("path", "")) for f in refused.value.faults]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    text = "weight: 100/3\nfloor: 80%\nshare: '0.800'\nyes: yes\nday: 2026-04-01\ncount: 007\nquoted: 'null'\nempty:\n"

    assert load_document(text) == {
        "weight": "100/3",
        "floor": "80%",
        "share": "0.800",
        "yes": "yes",
        "day": "2026-04-01",
        "count": "007",
        "quoted": "null",
        "empty": "",
    }


@pytest.mark.parametrize("path", sorted((SAMPLE / "schemes").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sample_document_is_read(path: Any) -> None:
    assert load_document(path.read_bytes())["document"] == "scheme/1"


def test_json_is_read_as_well() -> None:
    body = {"code": "A", "bands": [{"from": "90"}, {"from": 0}], "clip": True}

    assert load_document(json.dumps(body)) == {"code": "A", "bands": [{"from": "90"}, {"from": "0"}], "clip": "true"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a:\n  b: [1, 33.3]", ("plain_float", 2, "a.b[1]")),
        ("a: .inf", ("plain_float", 1, "a")),
        ("a:\n  key: null", ("plain_null", 2, "a.key")),
        ("a: ~", ("plain_null", 1, "a")),
        ("Null: 1", ("plain_null", 1, "顶层")),
        ("1.5: a", ("plain_float", 1, "顶层")),
        ("a: 1\nb:\n  c: 1\n  c: 2", ("key_twice", 4, "b.c")),
        ("a: &x 1", ("alias", 1, "a")),
        ("a: *x", ("alias", 1, "a")),
        ("a: !!float '1'", ("tag", 1, "a")),
        ("a: !!python/object/apply:os.system [x]", ("tag", 1, "a")),
        ("? [1]\n: 2", ("key_not_text", 1, "顶层")),
        ('a: "\\0"', ("bad_character", 1, "a")),
        ('a: "\\ud800"', ("bad_character", 1, "a")),
        ("a: [1,", ("not_yaml", 1, "")),
        ("a: 1\n\tb: 2", ("not_yaml", 2, "")),
        ("a: \x00", ("not_yaml", 1, "")),
        ("- a", ("not_a_mapping", 1, "")),
        ("", ("no_document", 0, "")),
        ("# only a comment", ("no_document", 0, "")),
        ("好: 1\nb: 好".encode("gb18030"), ("not_utf8", 1, "")),
        (b"a: " + b"x" * MOST_BYTES, ("too_long", 0, "")),
    ],
)
def test_what_would_be_changed_or_hidden_is_refused_at_its_place(
    content: bytes | str, fault: tuple[str, int, str]
) -> None:
    assert faults_of(content) == [fault]


def test_all_faults_that_do_not_stop_the_reading_come_in_one_pass() -> None:
    assert faults_of("a: 1.5\nb: 2.5\na: 1\nc: !x 1") == [
        ("plain_float", 1, "a"),
        ("plain_float", 2, "b"),
        ("key_twice", 3, "a"),
        ("tag", 4, "c"),
    ]


def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack() -> None:
    assert [code for code, _, _ in faults_of("a: " + "[" * 20_000)] == ["too_deep"]


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))

    assert faults_of(bomb) == [("alias", 1, "a")]


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert load_document("\ufeffcode: A".encode()) == {"code": "A"}


def test_one_of_several_documents_is_named_by_its_code() -> None:
    several = "code: A\nn: 1\n---\ncode: B\nn: 2\n"

    assert load_document(several, code="B") == {"code": "B", "n": "2"}
    assert [document["code"] for document in load_documents(several)] == ["A", "B"]
    assert [code for code, _, _ in faults_of(several)] == ["code_needed"]
    assert [code for code, _, _ in faults_of(several, code="C")] == ["no_such_code"]


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_document_or_a_refusal(content: str | bytes) -> None:
    assert outcome(content) in ("documents", "refusal")


def outcome(content: str | bytes) -> str:
    try:
        documents = load_documents(content)
    except UnreadableDocumentError as error:
        return "refusal" if error.faults else "a refusal that says nothing"
    return "documents" if all(isinstance(document, dict) for document in documents) else "something else"
