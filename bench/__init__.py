"""Ratios against the floor of the machine, measured in one run: ``make bench``."""
