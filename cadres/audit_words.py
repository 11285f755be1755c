"""What cadres record, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={
        "cadres.registered": _("登记干部"),
        "cadre.amended": _("修改干部信息"),
        "cadre.transferred": _("干部调任"),
        "postings.recorded": _("登记任职"),
        "posting.corrected": _("更正任职"),
        "posting.ended": _("结束任职"),
        "spells.recorded": _("登记状态"),
        "spell.ended": _("结束状态"),
        "sanctions.recorded": _("登记处分"),
    },
    objects={
        "cadres.cadre": _("干部"),
        "cadres.posting": _("任职"),
        "cadres.statusspell": _("状态"),
        "cadres.sanction": _("处分"),
    },
)
