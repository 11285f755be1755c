"""Writes of cadres: people in cadres.py, postings in postings.py, spells and sanctions in spells.py."""
