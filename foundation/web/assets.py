"""Static files that come from npm packages: a list of allowed names, never a whole package."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

ALLOWED = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
}
"""Public name → file below node_modules. A file that is not there is simply not served: pages work without it."""


class NodeModulesFinder(BaseFinder):
    """Finds the files of ``ALLOWED`` below ``settings.NODE_MODULES_DIR``."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: absence is allowed."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's own shape
        """Return the file behind a public name, or an empty list."""
        inner = ALLOWED.get(path)
        file = Path(settings.NODE_MODULES_DIR) / inner if inner else None
        if file is None or not file.is_file():
            return []
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """Yield (name below its storage, storage) with the public name as the place to collect to."""
        for public, inner in ALLOWED.items():
            file = Path(settings.NODE_MODULES_DIR) / inner
            if file.is_file():
                storage = _OneFileStorage(file, public)
                yield public, storage


class _OneFileStorage(FileSystemStorage):
    """Serves one file under another name; collectstatic copies through it."""

    def __init__(self, file: Path, public: str) -> None:
        super().__init__(location=str(file.parent))
        self._file, self._public = file, public

    def path(self, name: str) -> str:
        return str(self._file) if name == self._public else super().path(name)


def _without_source_maps(rules: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(rule for rule in rules if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0]))


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Names with hashes, gzip beside them, and no search for source maps that packages name but do not ship."""

    patterns = (
        *((names, _without_source_maps(rules)) for names, rules in CompressedManifestStaticFilesStorage.patterns),
        # Our own scripts are modules that import each other; a package's comments may only look like it.
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
