"""Schemes, groups, runs, results and the pure scoring engine."""
