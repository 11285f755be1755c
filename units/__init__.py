"""Whoever is judged has an id here, and the units of the city have their tree.

Owns ``Subject`` (one integer names a unit or a cadre), ``Unit`` 单位 with aliases and
successions. Refuses: showing its integers to anyone, a unit whose kind changes.
"""
