"""What each role is for, and what it may do: a page that a non-programmer can review."""

from dataclasses import dataclass

from accounts.enums import Role
from foundation.permissions import Permission


@dataclass(frozen=True)
class RoleCard:
    """Purpose of a role in one sentence, and its permissions."""

    purpose: str
    permissions: frozenset[Permission]


_EVERYONE = frozenset({Permission.VIEW_HOME, Permission.VIEW_OWN_ACCOUNT})

ROLES: dict[Role, RoleCard] = {
    Role.SYSTEM_ADMINISTRATOR: RoleCard(
        "开停账号、看作业与运行状况、发起自检；看不到任何人事数据。",
        _EVERYONE | {Permission.MANAGE_ACCOUNTS, Permission.VIEW_JOBS, Permission.START_CHECKUP},
    ),
    Role.SECURITY_ADMINISTRATOR: RoleCard(
        "批准授权与双因素要求；不经办业务。",
        _EVERYONE | {Permission.APPROVE_GRANTS},
    ),
    Role.AUDITOR: RoleCard(
        "查阅审计记录；不改动任何内容。",
        _EVERYONE | {Permission.READ_AUDIT},
    ),
    Role.HR_OFFICER: RoleCard(
        "上传、检查、入库考核数据，申请或批准撤回（不批准自己的申请），发起核算，查看管理权限内的结果。",
        _EVERYONE
        | {
            Permission.UPLOAD_DATA,
            Permission.VIEW_BATCHES,
            Permission.WITHDRAW_DATA,
            Permission.APPROVE_WITHDRAWALS,
            Permission.VIEW_RESULTS,
            Permission.EXPORT_RESULTS,
            Permission.VIEW_RUNS,
            Permission.START_RUN,
            Permission.PROPOSE_RULES,
            Permission.MANAGE_UNITS,
            Permission.MANAGE_CADRES,
            Permission.MANAGE_GROUPS,
            Permission.MANAGE_INDICATORS,
            Permission.BOOK_OCCURRENCES,
            Permission.ASK_GRANTS,
        },
    ),
    Role.UNIT_CLERK: RoleCard(
        "上传本单位负责的指标数据，申请撤回自己的批次。",
        _EVERYONE | {Permission.UPLOAD_DATA, Permission.VIEW_BATCHES, Permission.WITHDRAW_DATA},
    ),
    Role.WINDOW_CLERK: RoleCard("登记并跟办反映窗口的事项。", _EVERYONE),
    Role.CASE_DECIDER: RoleCard("审定案件，与提出人不是同一人。", _EVERYONE),
    Role.LEADERSHIP: RoleCard(
        "查看结果，批准方案；不上传数据。",
        _EVERYONE
        | {Permission.VIEW_RESULTS, Permission.EXPORT_RESULTS, Permission.VIEW_RUNS, Permission.APPROVE_RULES},
    ),
    Role.CADRE: RoleCard("查看本人的得分与依据。", _EVERYONE | {Permission.VIEW_OWN_RESULT}),
}
