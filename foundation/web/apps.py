"""Django configuration of foundation.web."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from foundation.web.checks import every_url_says_who_may


class WebConfig(AppConfig):
    """What pages share: declared permissions, list pages, tags, assets."""

    name = "foundation.web"
    label = "web"

    def ready(self) -> None:
        """Let the start look at every URL."""
        register(Tags.urls)(every_url_says_who_may)
