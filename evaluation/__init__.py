"""Appraisal: from facts to an explained index.

Owns scheme documents (as a kind of rulebook document), peer groups, occurrences, exemptions,
runs and their results, and the pure engine in ``scoring/``. Refuses: a total without its
reason, a second formula, a result that changes, half a run before a reader's eyes, and the
annual grade, which people decide. Rooms: ``models`` tables · ``matrices`` facts ↔ dense
matrices, the only road to the engine · ``scoring`` stats, score, place, explain · ``selectors``
reads (rankings, explanations, runs) · ``services`` writes (runs, schemes, groups, occurrences)
· ``tasks`` kinds of jobs · ``views`` pages. See docs/runs.md.
"""
