"""Django configuration of foundation.files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files that are kept: stored by content, never changed."""

    name = "foundation.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
