"""Long work that outlives its worker (design §8).

The Job row is the truth: who asked, how far it is, who holds it until when. A Celery message
carries a job's reference and only wakes a worker; losing it costs time. Work is *claimed* by a
conditional UPDATE, *held* by a heartbeat, *ended* by the holder; what nobody alive holds is sent
again by the sweep. A group is a parent with child jobs; the last child to end, under the
parent's row lock, starts the parent's closing step.

Rooms: enums, errors, models, context (what a job's body sees), registry (kinds of jobs and what
is due), services (request, claim, end, cancel, sweep, work), selectors, tasks and worker (Celery).
This app knows no kind of job: higher apps register theirs in their ``tasks`` modules, which are
read in every process when Django starts.
"""
