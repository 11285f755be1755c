"""Stored files: uploads are kept as they came, content-addressed, outside the web root.

Refuses: serving a file by its name, changing or deleting what was kept.
"""
