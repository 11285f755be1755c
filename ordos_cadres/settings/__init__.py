"""Settings by profile: `embedded` (one machine, no servers), `production`, `test`; `base` is what they share.

The environment is read in this package and nowhere else. docs/settings.md has a line for each variable.
"""
