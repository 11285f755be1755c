"""Cadres, their postings, status spells and sanctions."""
