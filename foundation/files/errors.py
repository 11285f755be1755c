"""Refusals of stored files."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError


class FilesError(DomainError):
    """A file that cannot be kept."""

    texts: ClassVar[dict[str, str | Promise]] = {
        "too_big": _("文件超过 %(megabytes)s MB，没有保存。请拆成几个文件，或改用 CSV 格式上传。"),
    }
