"""Kinds of jobs for drills: a Django app that only the drill profile installs (ORDOS_DRILL_APPS)."""
