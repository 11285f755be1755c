"""Who may log in, and who may do what.

Owns users, roles, grants and ``Scope``, the first argument of every selector. Refuses: a role
of one power for a user of another, a grant approved by whoever asked for it.
"""
