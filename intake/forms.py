"""Forms of intake."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """选一个文件; what is in it is checked by the worker, not here."""

    file = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,
        error_messages={"required": _("请先选一个 .xlsx 或 .csv 文件。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    reason = forms.CharField(
        label=_("说明（可不填）"),
        required=False,
        max_length=500,
        help_text=_("更正数据时写明原因，例如“终核后更正”。"),
    )


class CommitForm(forms.Form):
    """The plan that the officer saw and confirms."""

    plan_sha256 = forms.RegexField(regex=r"^[0-9a-f]{64}$")
    accepted_corrections = forms.IntegerField(required=False, min_value=0)


class LeaveOutForm(forms.Form):
    """The rows that the page showed as no data, as ``12,13``."""

    rows = forms.RegexField(r"^[0-9]{1,7}(,[0-9]{1,7}){0,99}$", widget=forms.HiddenInput)

    def clean_rows(self) -> list[int]:
        """Give the numbers."""
        return [int(number) for number in self.cleaned_data["rows"].split(",")]


class WithdrawForm(forms.Form):
    """Why a batch is withdrawn, and the plan that the preview showed."""

    reason = forms.CharField(
        label=_("撤回原因"),
        max_length=500,
        strip=True,
        help_text=_("写明为什么撤回，例如“统计口径有误，将重新上报”。批准的人和审计都会看到。"),
        error_messages={"required": _("请填写撤回原因。")},
    )
    plan_sha256 = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ApproveForm(forms.Form):
    """The plan that the approver saw."""

    plan_sha256 = forms.RegexField(regex=r"^[0-9a-f]{64}$")


class RefuseForm(forms.Form):
    """Why a withdrawal is not approved."""

    answer = forms.CharField(max_length=500, strip=True)
