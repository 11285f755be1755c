"""What will have to hold of things that the product does not have yet, and of what no database shows."""

from django.utils.translation import gettext_lazy as _

from foundation.invariants import register_not_yet

register_not_yet(
    "I10",
    "case_histories",
    sentence=_("每个案件的经过都是规定的路径，经办人与审定人不是同一人"),
    why=_("本系统还没有案件功能"),
)
register_not_yet(
    "I12",
    "logs_hold_no_names",
    sentence=_("运行日志中没有姓名、证件号和密钥"),
    why=_("日志不在数据库内，由测试检查"),
)
