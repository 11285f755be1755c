"""Django configuration of foundation.web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """What pages share: declared permissions, list pages, tags, assets."""

    name = "foundation.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
