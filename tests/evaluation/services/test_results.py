"""Results of groups: whoever computes the same inputs, however many at once, one result stands."""

from threading import Barrier, Thread

import numpy as np
import pytest
from django.db import connection

from evaluation.matrices.basis import basis_of, manifest_for
from evaluation.matrices.members import members_at
from evaluation.matrices.rows import fingerprint, rows_at
from evaluation.models import GroupResult, Score
from evaluation.selectors.schemes import pair_named
from evaluation.services.results import score_groups
from foundation.ledger.models import last_committed_seq
from tests.evaluation.factories import make_golden_town

GROUPS = ("农牧旗", "城区", "能源旗")


def banner_basis():
    pair = pair_named(scheme_code="TGC-BANNER", period_code="2026Q2")
    return basis_of(manifest_for(pair.version, pair.period))


def test_two_workers_at_the_same_group_leave_one_result(copied_database):
    make_golden_town(schemes=["TGC-BANNER"])
    basis, cut_seq, start, found = banner_basis(), last_committed_seq(), Barrier(2), {}

    def work(name):
        start.wait()
        scored = score_groups(basis, cut_seq=cut_seq, groups=GROUPS, totals={})
        found[name] = {group.key: group.result for group in scored}
        connection.close()

    threads = [Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found["one"] == found["two"]
    assert (GroupResult.objects.count(), Score.objects.count()) == (3, 9)


@pytest.mark.django_db
def test_a_fingerprint_is_of_the_values_and_not_of_the_cut():
    town = make_golden_town(schemes=["TGC-BANNER"])
    before = fingerprint_of("能源旗")
    town.observe("150602", "DD01", "2026Q2", "50", "100")  # a unit of another group
    elsewhere = fingerprint_of("能源旗")
    town.observe("150622", "DD01", "2026Q2", "50", "100")

    assert before == elsewhere
    assert fingerprint_of("能源旗") != before


def fingerprint_of(group):
    basis, cut_seq = banner_basis(), last_committed_seq()
    members = members_at(basis, cut_seq=cut_seq).where(lambda key: key == group)
    return fingerprint(rows_at(members, basis, cut_seq=cut_seq, totals={}), members, basis)


@pytest.mark.django_db
def test_stored_parts_are_the_engines_parts():
    make_golden_town(schemes=["TGC-BANNER"])
    basis = banner_basis()

    list(score_groups(basis, cut_seq=last_committed_seq(), groups=GROUPS, totals={}))

    score = Score.objects.get(total__isnull=False)
    parts = np.frombuffer(bytes(score.parts), ">i8")
    assert len(parts) == len(basis.scheme.parts)
    # The total of U1 in golden.csv is the root plus nothing: no occurrence is booked on it.
    assert int(parts[basis.scheme.tree.position]) == score.total == 95_383_157
