"""What a start says at its end: the top of the newest ranking, as proof that the city is computed."""

from django.utils.translation import gettext as _

from evaluation.matrices.basis import basis_of
from evaluation.models import Current
from evaluation.selectors.tops import top_rows

MOST = 5


def newest_ranking() -> list[str]:
    """Lines for the terminal: the scheme with the most subjects in the newest period, and its best five."""
    runs = Current.objects.select_related("run__manifest", "period").order_by("-period__ends_on", "-run__n_subjects")
    newest = runs.first()
    if newest is None:
        return []
    scheme = basis_of(newest.run.manifest).scheme
    title = _("%(scheme)s · %(period)s · 核算 %(number)s,总分前 %(most)s 名：") % {
        "scheme": scheme.name_zh,
        "period": newest.period.code,
        "number": newest.run.number,
        "most": MOST,
    }
    rows = top_rows(newest.run, most=MOST)
    return [title, *(f"  {row.total_text:>8}  {row.name}（{row.group}，组内第 {row.rank}）" for row in rows)]
