"""The quota line of a peer group: whole bodies are counted, only what the reader sees is named.

Counts are those of everybody in a body, so that two readers see the same line; bodies are
listed, and proposals are asked for, only where the reader sees somebody.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.matrices.events import fill_events
from evaluation.models import Score
from evaluation.scoring import Reason, Rows
from evaluation.scoring.quotas import BodySeats, Drawn, PoolSeats, Proposal, barred_from, draw, propose, waiting
from evaluation.scoring.types import QuotaLine
from evaluation.selectors.shown import ShownRun
from units.models import Unit

LEFT_OUT = (Reason.LEFT_OUT_PROBATION, Reason.LEFT_OUT_ABSENT, Reason.SECONDED_OUT)
"""Who does not belong to the population of the body, and so is no part of the base; the seconded count at the host."""


PROPOSALS: dict[Proposal | None, str | Promise] = {
    Proposal.PROPOSED: gettext_lazy("线内"),
    Proposal.UNDECIDED: gettext_lazy("未定"),
    Proposal.OUTSIDE: gettext_lazy("线外"),
}


def is_in_base(reason: str) -> bool:
    """Whether a quota counts who has this reason for having no rank."""
    return reason not in LEFT_OUT


@dataclass(frozen=True)
class Tie:
    """People who share a rank at the cut; nobody of them is proposed."""

    rank: int
    n: int


@dataclass(frozen=True)
class BodyLine:
    """The line of one body: its arithmetic, and where it stands (rank of the last proposed, 0 = nobody)."""

    name: str
    seats: BodySeats
    n_unranked: int
    n_proposed: int
    tie: Tie | None
    next_rank: int
    """Rank of who is next, where people decide on one seat more; 0 where they need not."""
    last_rank: int


@dataclass(frozen=True)
class GroupQuota:
    """A quota of the document in one peer group, over the bodies that are shown."""

    line: QuotaLine
    band: str
    is_top: bool
    bodies: tuple[BodyLine, ...]
    pool: PoolSeats | None
    proposals: Mapping[int, Proposal | None]
    waiting: frozenset[int]
    barred: frozenset[int]
    n_below_band: int
    """Proposed people whose index band is lower than the quota's."""

    @property
    def label(self) -> str:
        """What the line is called; that of the best band is the one everybody asks for."""
        return _("优秀参考线") if self.is_top else _("“%(band)s”参考线") % {"band": self.band}

    def told(self, subject: int) -> str:
        """Where somebody stands to the line, in a word; empty for who is in none of the bodies."""
        if subject in self.waiting:
            return _("待定")
        return str(PROPOSALS.get(self.proposals.get(subject), ""))

    @property
    def last_rank(self) -> int:
        """The rank after which nobody is proposed; the line stands there."""
        return max((body.last_rank for body in self.bodies), default=0)

    @property
    def size(self) -> int:
        """People who should take part, over the bodies shown."""
        return sum(body.seats.size for body in self.bodies)

    @property
    def n_seats(self) -> int:
        """Seats, over the bodies shown."""
        return sum(body.seats.seats for body in self.bodies)

    @property
    def n_proposed(self) -> int:
        """Proposed people, over the bodies shown."""
        return sum(body.n_proposed for body in self.bodies)

    @property
    def n_undecided(self) -> int:
        """People tied at a cut, over the bodies shown."""
        return sum(body.tie.n for body in self.bodies if body.tie)


@dataclass(frozen=True)
class _Ranked:
    """Everybody with a rank in a group, by column."""

    subjects: Sequence[int]
    bodies: Sequence[int]
    ranks: Sequence[int]
    bands: Sequence[str]


def group_quotas(shown: ShownRun, group: str, units: Collection[int]) -> tuple[GroupQuota, ...]:
    """The quotas of the scheme in a group, over the bodies of these units; nothing is read where there is none."""
    if not shown.scheme.quota or not units:
        return ()
    sizes, ranked = _sizes(shown), _ranked(shown, group)
    rows = Rows.blank(ranked.subjects, shown.scheme)
    fill_events(rows, shown.basis, cut_seq=shown.run.cut_seq)
    chosen = _chosen_bodies(shown, group, units)
    found = []
    for line in shown.scheme.quota:
        barred = barred_from(line, shown.scheme, rows.gates)
        drawn = draw(line, sizes)
        found.append(_quota(shown, drawn, ranked, barred, chosen))
    return tuple(found)


def _sizes(shown: ShownRun) -> dict[int, int]:
    """People of each body of the run who should take part; in a scheme of units the group is the body."""
    scores = Score.objects.filter(result__in=list(shown.results.values())).exclude(reason__in=LEFT_OUT)
    body = "unit_id" if shown.basis.is_personal else "result_id"
    return dict(scores.order_by().values_list(body).annotate(n=Count("subject")))


def _ranked(shown: ShownRun, group: str) -> _Ranked:
    result = shown.results[group]
    rows = Score.objects.filter(result=result, rank__isnull=False).order_by("rank", "subject")
    read = list(rows.values_list("subject_id", "unit_id", "rank", "band"))
    subjects, units, ranks, bands = zip(*read, strict=True) if read else ((), (), (), ())
    return _Ranked(subjects, units if shown.basis.is_personal else [result] * len(units), ranks, bands)


def _chosen_bodies(shown: ShownRun, group: str, units: Collection[int]) -> list[tuple[int, str]]:
    """Key and name of the bodies to list, by code."""
    if not shown.basis.is_personal:
        return [(shown.results[group], group)]
    return list(Unit.objects.filter(pk__in=list(units)).order_by("code").values_list("pk", "name"))


def _quota(
    shown: ShownRun,
    drawn: Drawn[int],
    ranked: _Ranked,
    barred: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
    chosen: Sequence[tuple[int, str]],
) -> GroupQuota:
    places = {band.key: at for at, band in enumerate(shown.scheme.bands)}
    wanted = places[drawn.line.band]
    proposals = propose(drawn, ranked.bodies, ranked.ranks, barred.tolist())
    waits = waiting(drawn, ranked.bodies, ranked.ranks, barred.tolist())
    bodies = _bodies(drawn, ranked, proposals, waits, chosen)
    keys = {key for key, _name in chosen}
    mine = [at for at, body in enumerate(ranked.bodies) if body in keys]
    proposed = [at for at in mine if proposals[at] is Proposal.PROPOSED]
    return GroupQuota(
        line=drawn.line,
        band=shown.scheme.bands[wanted].zh,
        is_top=wanted == 0,
        bodies=bodies,
        pool=drawn.pool if any(body.seats.is_pooled for body in bodies) else None,
        proposals={ranked.subjects[at]: proposals[at] for at in mine},
        waiting=frozenset(ranked.subjects[at] for at in mine if waits[at]),
        barred=frozenset(ranked.subjects[at] for at in mine if barred[at]),
        n_below_band=sum(places.get(ranked.bands[at], -1) > wanted for at in proposed),
    )


def _bodies(
    drawn: Drawn[int],
    ranked: _Ranked,
    proposals: Sequence[Proposal | None],
    waits: Sequence[bool],
    chosen: Sequence[tuple[int, str]],
) -> tuple[BodyLine, ...]:
    n_ranked = Counter(ranked.bodies)
    following = {body: rank for body, rank, is_next in zip(ranked.bodies, ranked.ranks, waits, strict=True) if is_next}
    proposed, tied = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for body, rank, proposal in zip(ranked.bodies, ranked.ranks, proposals, strict=True):
        if proposal is Proposal.PROPOSED:
            proposed[body].append(rank)
        elif proposal is Proposal.UNDECIDED:
            tied[body].append(rank)
    return tuple(
        BodyLine(
            name=name,
            seats=drawn.bodies[key],
            n_unranked=drawn.bodies[key].size - n_ranked[key],
            n_proposed=len(proposed[key]),
            tie=Tie(tied[key][0], len(tied[key])) if tied[key] else None,
            next_rank=following.get(key, 0),
            last_rank=max(proposed[key], default=0),
        )
        for key, name in chosen
        if key in drawn.bodies
    )
