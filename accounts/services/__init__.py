"""Writes of accounts: users and grants, the audit trail."""

from accounts.services.users import (
    approve_grant,
    ask_grant,
    create_user,
    end_grant,
    set_password,
    switch_off_user,
    switch_on_user,
)

__all__ = [
    "approve_grant",
    "ask_grant",
    "create_user",
    "end_grant",
    "set_password",
    "switch_off_user",
    "switch_on_user",
]
