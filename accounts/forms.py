"""Forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class LoginForm(forms.Form):
    """用户名与密码. What is wrong is never said: an account that does not exist looks like a wrong password."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Find the user that name and password belong to."""
        data = self.cleaned_data
        if "username" in data and "password" in data:
            found = authenticate(self.request, username=data["username"].strip().lower(), password=data["password"])
            if not isinstance(found, User):
                raise forms.ValidationError(_("用户名或密码不对，请核对后再试。"), code="wrong")
            self.user = found
        return data
