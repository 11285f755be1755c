"""What each role is for, and what it may do: a page that a non-programmer can review."""

from dataclasses import dataclass

from accounts.enums import Role
from foundation.permissions import Permission as P


@dataclass(frozen=True)
class RoleCard:
    """Purpose of a role in one sentence, and its permissions."""

    purpose: str
    permissions: frozenset[P]


_EVERYONE = frozenset({P.VIEW_HOME, P.VIEW_OWN_ACCOUNT})

ROLES: dict[Role, RoleCard] = {
    Role.SYSTEM_ADMINISTRATOR: RoleCard(
        "开停账号、看作业与运行状况；看不到任何人事数据。",
        _EVERYONE | {P.MANAGE_ACCOUNTS, P.VIEW_JOBS},
    ),
    Role.SECURITY_ADMINISTRATOR: RoleCard(
        "批准授权与双因素要求；不经办业务。",
        _EVERYONE | {P.APPROVE_GRANTS},
    ),
    Role.AUDITOR: RoleCard(
        "查阅审计记录；不改动任何内容。",
        _EVERYONE | {P.READ_AUDIT},
    ),
    Role.HR_OFFICER: RoleCard(
        "上传、检查、入库考核数据，发起核算，查看管理权限内的结果。",
        _EVERYONE
        | {
            P.UPLOAD_DATA,
            P.VIEW_BATCHES,
            P.VIEW_RESULTS,
            P.EXPORT_RESULTS,
            P.VIEW_RUNS,
            P.START_RUN,
            P.PROPOSE_RULES,
            P.MANAGE_UNITS,
            P.MANAGE_CADRES,
            P.MANAGE_GROUPS,
            P.MANAGE_INDICATORS,
            P.BOOK_OCCURRENCES,
            P.ASK_GRANTS,
        },
    ),
    Role.UNIT_CLERK: RoleCard(
        "上传本单位负责的指标数据。",
        _EVERYONE | {P.UPLOAD_DATA, P.VIEW_BATCHES},
    ),
    Role.WINDOW_CLERK: RoleCard("登记并跟办反映窗口的事项。", _EVERYONE),
    Role.CASE_DECIDER: RoleCard("审定案件，与提出人不是同一人。", _EVERYONE),
    Role.LEADERSHIP: RoleCard(
        "查看结果，批准方案；不上传数据。",
        _EVERYONE | {P.VIEW_RESULTS, P.EXPORT_RESULTS, P.VIEW_RUNS, P.APPROVE_RULES},
    ),
    Role.CADRE: RoleCard("查看本人的得分与依据。", _EVERYONE | {P.VIEW_OWN_RESULT}),
}
