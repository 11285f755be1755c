"""Django configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, grants and scope."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
