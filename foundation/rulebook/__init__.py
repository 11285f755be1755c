"""Versioned rule documents with approval."""
