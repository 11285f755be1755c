"""Facts ↔ dense matrices: the only road for data between the database and ``scoring/``.

``basis`` what a run reads and is not a fact · ``members`` who is judged, in which group, with
which months in which unit · ``values`` observations rolled up to leaves · ``events`` bonuses,
gates and exemptions · ``rows`` all of it as the engine's Rows, and its fingerprint.
"""
