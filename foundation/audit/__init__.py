"""Who did what: one hash-chained event per use case, and the log of reads of personal files.

Owns ``use_case`` (one transaction, no commit without an event) and the chain. Refuses: a write
without an actor, a use case inside another, a commit without an event.
"""
