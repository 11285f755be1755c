"""A template leaves the house: an empty sheet with the subjects of a scheme, and a record that it left."""

from typing import IO

from django.utils.translation import gettext as _

from evaluation.enums import EntryForm
from evaluation.errors import EvaluationError
from evaluation.selectors.entry_sheets import Asked
from evaluation.selectors.schemes import SCHEME
from foundation.actor import Actor
from foundation.audit.use_case import record, use_case
from foundation.rulebook.models import RuleDocument
from intake.entry_sheets import EntrySheet, write_long, write_wide

SUBJECTS_MOST = 20_000


@use_case
def take_entry_sheet(*, asked: Asked, actor: Actor, form: EntryForm, stream: IO[bytes]) -> str:
    """Write the template of a scheme in a period; gives the name of the file.

    Raises EvaluationError ``too_many_to_ask`` where the sheet would hold too many subjects.
    """
    if form is EntryForm.WIDE and len(asked.subjects) > SUBJECTS_MOST:
        raise EvaluationError("too_many_to_ask", count=len(asked.subjects), most=SUBJECTS_MOST)
    sheet = EntrySheet(
        title=_("%(scheme)s，期间 %(period)s") % {"scheme": asked.scheme.name, "period": asked.period.code},
        period=asked.period.code,
        of_cadres=asked.of_cadres,
        indicators=asked.indicators,
        subjects=() if asked.is_blank else asked.subjects,
    )
    (write_wide if form is EntryForm.WIDE else write_long)(sheet, stream)
    unit = asked.unit.code if asked.unit else ""
    record(
        "entry_sheet.taken",
        RuleDocument.objects.get(kind=SCHEME, code=asked.scheme.code),
        after={"period": asked.period.code, "unit": unit, "form": form.value, "subjects": len(sheet.subjects)},
    )
    names = (asked.scheme.name, asked.period.code, asked.unit.name if asked.unit else "", str(form.label))
    return " ".join(name for name in names if name)
