"""Append-only facts: entries, the fact base class, the one bulk store."""
