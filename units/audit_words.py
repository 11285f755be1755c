"""What units record, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={
        "units.registered": _("登记单位"),
        "unit.renamed": _("单位更名"),
        "unit.ended": _("单位撤销"),
        "unit.succeeded": _("单位承接"),
        "unit.alias_added": _("添加单位别名"),
    },
    objects={"units.unit": _("单位"), "units.subject": _("考核对象")},
)
