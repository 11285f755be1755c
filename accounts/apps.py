"""Django configuration of accounts."""

from importlib import import_module

from django.apps import AppConfig

from foundation.actor import register_actor_names, register_actor_source


class AccountsConfig(AppConfig):
    """Users, roles, grants and scope."""

    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        """Tell the rooms below who stands behind a key."""
        selectors = import_module("accounts.selectors")  # models are there only when apps are ready
        register_actor_source(selectors.actor_of_key)
        register_actor_names(selectors.names_of_keys)
