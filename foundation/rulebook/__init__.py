"""Rules as documents: versioned, proposed by one person and approved by another.

Owns documents and versions, the JSON Schema per kind, and the loader that keeps numbers as
text. Refuses: a body changed after it was proposed, an approval by the proposer.
"""
