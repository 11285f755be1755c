"""`manage.py check_invariants`: what it prints, how it ends."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.invariants import invariants


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("check_invariants", *arguments, stdout=out)
    return out.getvalue()


def test_whole_city_is_told_line_by_line(computed_city: Any) -> None:
    lines = said().splitlines()

    assert [line.split()[0] for line in lines if line.startswith("I")] == [each.code for each in invariants()]
    assert any("尚无" in line for line in lines)
    assert not any("不成立  " in line for line in lines)


def test_json_holds_what_a_machine_asks_for(computed_city: Any) -> None:
    told = json.loads(said("--json", "--only", "I9, audit_chain"))

    assert told["is_whole"] is True
    assert {each["code"] for each in told["findings"]} == {"I8", "I9"}
    assert [each["name"] for each in told["findings"] if each["code"] == "I8"] == ["audit_chain"]
    assert {each["verdict"] for each in told["findings"]} == {"holds"}


def test_broken_city_ends_with_1_and_names_the_places(unguarded: Any) -> None:
    unguarded("INSERT INTO ledger_touch (seq, what) SELECT 900000 + seq, 'x' FROM ledger_entry WHERE seq <= 7")
    out = StringIO()

    with pytest.raises(CommandError) as end:
        call_command("check_invariants", "--only", "touches", stdout=out)

    assert end.value.returncode == 1
    assert "不成立" in out.getvalue()
    assert "回执 900001，事实 x" in out.getvalue()
    assert "共 7 处" in out.getvalue()


def test_what_nobody_knows_is_refused(computed_city: Any) -> None:
    with pytest.raises(CommandError, match="I99") as end:
        said("--only", "I99")

    assert end.value.returncode == 2


def test_damage_that_breaks_the_reader_is_told_and_the_others_are_looked_at(unguarded: Any) -> None:
    unguarded("UPDATE evaluation_manifest SET body = '{'")
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("check_invariants", "--json", stdout=out)

    verdicts = {each["name"]: each["verdict"] for each in json.loads(out.getvalue())["findings"]}
    assert (verdicts["weights"], verdicts["ranks"], verdicts["manifests"]) == ("unreadable", "unreadable", "broken")
    assert verdicts["receipt_digest"] == "holds"


def test_looking_takes_no_lock_and_writes_nothing(computed_city: Any) -> None:
    written = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).lstrip().upper().startswith(("SELECT", "BEGIN DEFERRED", "ROLLBACK", "SET TRANSACTION")):
            written.append(sql)
        if "FOR UPDATE" in str(sql).upper():
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        said()

    assert written == []
