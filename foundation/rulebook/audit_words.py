"""What the rulebook records, in words."""

from django.utils.translation import gettext_lazy as _

from foundation.audit.words import register_words

register_words(
    actions={"rule.proposed": _("提出规则"), "rule.approved": _("批准规则")},
    objects={"rulebook.ruleversion": _("规则版本"), "rulebook.ruledocument": _("规则")},
)
