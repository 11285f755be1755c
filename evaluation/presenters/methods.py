"""How a leaf gets its points, in a few words each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHODS: dict[str, str | Promise] = {
    "attain": _("按完成率"),
    "goalposts": _("按上下限"),
    "minmax": _("按组内高低"),
    "zscore": _("按与组内平均的距离"),
    "percentile": _("按组内百分位"),
    "rank_step": _("按组内名次"),
    "ratio_to_best": _("按与组内最好值之比"),
    "bands": _("按分档"),
    "deduct_per": _("按次扣分"),
    "plateau": _("按达标线"),
    "points": _("按得分"),
    "options": _("按选项"),
    "as_is": _("按原分"),
    "yes_no": _("按有无"),
}
"""By the kind of the leaf rule, as scheme documents name it."""
