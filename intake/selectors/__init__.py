"""Reads of intake: batches for people, observations for the engine and for evidence."""
