"""Facts as a ledger: append-only rows with ``[seq_from, seq_to)``, and the one bulk store.

Owns the head (the commit sequence), entries (receipts), the base class of facts, and
``staged`` → ``classify`` → ``write``. Refuses: changing or deleting a fact, a clock as a cut.
"""
