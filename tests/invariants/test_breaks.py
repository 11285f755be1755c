"""Each invariant is broken behind the product's back, and 自检 names it."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from foundation import clock
from foundation.invariants import invariants
from foundation.jobs.services.checkup import Verdict, check_up

ONE_ROW = (
    "subject_id = (SELECT min(subject_id) FROM intake_observation) AND seq_to IS NULL AND indicator_id = "
    "(SELECT min(indicator_id) FROM intake_observation WHERE subject_id = "
    "(SELECT min(subject_id) FROM intake_observation) AND seq_to IS NULL)"
)
CLOSE_ONE = f"UPDATE intake_observation SET seq_to = (SELECT seq - 1 FROM ledger_ledgerhead) WHERE {ONE_ROW}"
SHOWN_RESULT = (
    "(SELECT min(g.result_id) FROM evaluation_rungroup g JOIN evaluation_current c ON c.run_id = g.run_id "
    "JOIN evaluation_groupresult r ON r.id = g.result_id WHERE r.n_ranked > 1)"
)
ONE_SCORE = (
    f"result_id = {SHOWN_RESULT} AND subject_id = "
    f"(SELECT min(subject_id) FROM evaluation_score WHERE rank IS NOT NULL AND result_id = {SHOWN_RESULT})"
)
WIDE_RUN = "(SELECT run_id FROM evaluation_rungroup GROUP BY run_id ORDER BY count(*) DESC, run_id LIMIT 1)"
JOB = (
    "INSERT INTO jobs_job (ref, kind, key, owner_key, args, state, stage, stage_of_parent, worker, attempt, "
    "cancel_asked, again_by, progress_done, progress_all, note, created_at, lease_until, parent_id) VALUES "
    "('{ref}', 'k', '{key}', 'system', '{{}}', '{state}', 0, 0, '{worker}', {attempt}, "
    "{false}, '', 0, 0, '', '2026-01-01 00:00:00+00:00', {until}, {parent})"
)


def job(ref: str = "broken", **facts: object) -> str:
    given = {"key": ref, "state": "queued", "worker": "", "attempt": 0, "until": "NULL", "parent": "NULL"}
    return JOB.format(ref=ref, **(given | facts), false="FALSE")


BREAKS: dict[str, tuple[str, ...]] = {
    "receipt_numbers": ("UPDATE ledger_ledgerhead SET seq = seq + 1",),
    "receipt_rows": (f"DELETE FROM intake_observation WHERE {ONE_ROW}",),
    "receipt_closings": (CLOSE_ONE,),
    "receipt_digest": (f"UPDATE intake_observation SET value = value + 1 WHERE {ONE_ROW}",),
    "fact_intervals": (
        f"UPDATE intake_observation SET seq_to = (SELECT seq - 1 FROM ledger_ledgerhead) WHERE {ONE_ROW}",
    ),
    "withdrawals": ("UPDATE ledger_entry SET withdrawn_by_id = 2 WHERE seq = 1",),
    "withdrawn_rows": (
        "UPDATE ledger_entry SET withdrawn_by_id = 1 "
        "WHERE seq = (SELECT min(said_by) FROM intake_observation WHERE seq_to IS NULL)",
    ),
    "receipt_repeats": ("DELETE FROM intake_repeat",),
    "main_postings": (
        "UPDATE cadres_posting SET cadre_id = (SELECT min(cadre_id) FROM cadres_posting), "
        "starts_on = '2001-01-01', ends_on = NULL WHERE kind = 'main'",
    ),
    "rows_have_receipt": (f"UPDATE intake_observation SET said_by = 0 WHERE {ONE_ROW}",),
    "touches": ("INSERT INTO ledger_touch (seq, what) VALUES (999999, 'observation')",),
    "touched_things": ("INSERT INTO ledger_touch (seq, what, subject_id) VALUES (1, 'observation', 999999)",),
    "observation_parents": (f"UPDATE intake_observation SET indicator_id = 999999 WHERE {ONE_ROW}",),
    "upload_receipts": (
        "UPDATE intake_batch SET entry_id = NULL, state = 'checked' "
        "WHERE entry_id = (SELECT min(entry_id) FROM intake_batch)",
    ),
    "whole_batches": ("UPDATE intake_batch SET state = 'checked' WHERE state = 'committed'",),
    "batches_audited": ("UPDATE ledger_entry SET rows_sha256 = 'x' WHERE kind = 'upload'",),
    "current_runs": ("UPDATE evaluation_run SET state = 'failed'",),
    "manifests": ("UPDATE evaluation_manifest SET body = body || ' '",),
    "whole_results": (f"DELETE FROM evaluation_score WHERE {ONE_SCORE}",),
    "result_digests": (f"UPDATE evaluation_score SET total = total + 1 WHERE {ONE_SCORE}",),
    "score_parents": (f"UPDATE evaluation_score SET unit_id = 999999 WHERE {ONE_SCORE}",),
    "weights": ("""UPDATE evaluation_manifest SET body = replace(body, '"weight":"65"', '"weight":"64"')""",),
    "ranks": (f"UPDATE evaluation_score SET rank = rank + 1 WHERE {ONE_SCORE}",),
    "everyone_once": (
        "INSERT INTO evaluation_score (result_id, subject_id, unit_id, level, total, rank, is_tied, band, coverage, "
        f"reason, parts) SELECT (SELECT max(result_id) FROM evaluation_rungroup WHERE run_id = {WIDE_RUN}), "
        "subject_id, unit_id, level, total, rank, is_tied, band, coverage, reason, parts FROM evaluation_score "
        f"WHERE result_id = (SELECT min(result_id) FROM evaluation_rungroup WHERE run_id = {WIDE_RUN})",
    ),
    "recomputed_scores": ("UPDATE intake_observation SET value = value - 1 WHERE flag = 'value'",),
    "audit_chain": ("UPDATE audit_auditevent SET actor_name = 'x' WHERE seq = 5",),
    "guards": (),
    "runs_audited": ("UPDATE evaluation_groupresult SET output_sha256 = 'x'",),
    "job_leases": (job(state="running", worker="w", until="'2026-01-01 00:00:00+00:00'"),),
    "job_trees_move": (job(state="running"),),
    "job_trees_end_together": (job(parent="(SELECT min(id) FROM jobs_job WHERE state = 'done')"),),
    "job_attempts": (job(attempt=6),),
    "job_keys": ("DROP INDEX job_key_is_open_once", job("one", key="same"), job("two", key="same")),
    "rules_by_two": ("UPDATE rulebook_ruleversion SET approved_by = proposed_by",),
    "grants_by_two": ("UPDATE accounts_grant SET approved_by = asked_by",),
}
ON_DISK = {"kept_files", "no_leftovers"}


def test_nothing_is_broken_in_a_city_that_nobody_touched(computed_city: Path) -> None:
    checkup = check_up(now=clock.now())

    assert [finding for finding in checkup.findings if finding.verdict not in {Verdict.HOLDS, Verdict.NOT_YET}] == []


def test_every_invariant_that_is_looked_at_is_broken_here() -> None:
    assert {each.name for each in invariants() if not each.not_yet} == set(BREAKS) | ON_DISK


@pytest.mark.parametrize("name", BREAKS)
def test_what_was_broken_behind_the_back_is_named(unguarded, name: str) -> None:
    unguarded(*BREAKS[name])

    (finding,) = check_up(now=clock.now(), only=[name]).findings

    assert finding.verdict == Verdict.BROKEN
    assert all(each.told(facts) for each in invariants([name]) for facts in finding.places)


def test_kept_file_that_has_changed_or_is_gone_is_named(computed_city: Path) -> None:
    kept = sorted(path for path in computed_city.glob("*/*"))
    changed, gone = kept[0], kept[1]
    contents = [path.read_bytes() for path in (changed, gone)]
    changed.write_bytes(bytes([contents[0][0] ^ 1]) + contents[0][1:])
    gone.unlink()
    try:
        (finding,) = check_up(now=clock.now(), only=["kept_files"]).findings
    finally:
        for path, content in zip((changed, gone), contents, strict=True):
            path.write_bytes(content)

    assert {place["sha256"] for place in finding.places} == {changed.name[:12], gone.name[:12]}


def test_what_nobody_knows_is_named_once_it_is_ten_minutes_old(computed_city: Path) -> None:
    now = clock.now()
    folders = (computed_city, computed_city / "ab", Path(settings.FILE_UPLOAD_TEMP_DIR))
    made = []
    for folder, name in zip(folders, ("incoming-x", "ab" * 32, "y.upload"), strict=True):
        folder.mkdir(exist_ok=True)
        for minutes in (9, 11):
            path = folder / f"{name}{minutes}"
            path.write_bytes(b"x")
            os.utime(path, (now.timestamp() - minutes * 60,) * 2)
            made.append(path)
    try:
        (finding,) = check_up(now=now, only=["no_leftovers"]).findings
    finally:
        for path in made:
            path.unlink()

    assert {place["name"] for place in finding.places} == {path.name[:40] for path in made if path.name.endswith("11")}
