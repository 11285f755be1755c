"""Small rooms without domain, on which everything else stands.

From the bottom: ``errors``, ``clock``, ``actor``, ``permissions`` (leaf modules) · ``tabular``
(sheet → typed rows with addresses) · ``audit`` (hash chain, ``use_case``) · ``ledger`` (entries,
fact base class, the one bulk store) · ``files`` (stored files) · ``jobs`` · ``rulebook``
(versioned rule documents) · ``web`` (pages, lists, keyset). An upper room may import a lower
one, never the other way round; nothing here knows a word of the field.
"""
