"""The people who are judged: cadres, their postings, status spells and sanctions.

Owns ``Cadre`` 干部 and the facts about a person's service. Refuses: two main postings that
overlap, a person found by name.
"""
