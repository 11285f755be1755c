"""What may be done. Who may do it stands in accounts/roles.py."""

from enum import StrEnum


class Permission(StrEnum):
    """One right; a view names the one it needs."""

    VIEW_HOME = "view_home"
    VIEW_OWN_ACCOUNT = "view_own_account"
    UPLOAD_DATA = "upload_data"
    VIEW_BATCHES = "view_batches"
    WITHDRAW_DATA = "withdraw_data"
    APPROVE_WITHDRAWALS = "approve_withdrawals"
    VIEW_RESULTS = "view_results"
    VIEW_OWN_RESULT = "view_own_result"
    VIEW_RUNS = "view_runs"
    START_RUN = "start_run"
    VIEW_JOBS = "view_jobs"
    START_CHECKUP = "start_checkup"
    EXPORT_RESULTS = "export_results"
    PROPOSE_RULES = "propose_rules"
    APPROVE_RULES = "approve_rules"
    MANAGE_UNITS = "manage_units"
    MANAGE_CADRES = "manage_cadres"
    MANAGE_GROUPS = "manage_groups"
    MANAGE_INDICATORS = "manage_indicators"
    BOOK_OCCURRENCES = "book_occurrences"
    MANAGE_ACCOUNTS = "manage_accounts"
    ASK_GRANTS = "ask_grants"
    APPROVE_GRANTS = "approve_grants"
    READ_AUDIT = "read_audit"
