"""A scheme is called by its English name only to a reader of English, and only if it has one."""

import pytest
from django.utils import translation

from evaluation.selectors.scheme_names import scheme_name


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("zh-hans", {"zh": "旗区三好指数", "en": "Banners"}, "旗区三好指数"),
        ("en", {"zh": "旗区三好指数", "en": "Banners"}, "Banners"),
        ("en", {"zh": "旗区三好指数"}, "旗区三好指数"),
    ],
)
def test_name_follows_the_reader_where_the_document_has_it(language: str, name: dict[str, str], shown: str) -> None:
    with translation.override(language):
        assert scheme_name({"name": name}) == shown
