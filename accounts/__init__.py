"""Users, roles, grants and scope."""
