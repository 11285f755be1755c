"""What every answer carries, whoever asks and whatever the answer is; nothing personal stays in a cache."""

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from accounts.enums import Role
from tests.permissions.walk import doors, somebody

pytestmark = pytest.mark.django_db

FIXED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ROLES = (Role.HR_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.CADRE, None)
"""Between them they open every page; None is a user without a right, whom every page refuses."""


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_carries_the_policy_and_the_secure_headers(role: Role | None) -> None:
    client, wrong = Client(), []
    client.force_login(somebody(role))
    urls = [door.url for door in doors() if door.route != "/logout/"]

    for url in [*urls, "/no-such-page/", "/rankings/%00/2026Q2/"]:
        headers = client.get(url).headers
        policy = headers["Content-Security-Policy"]
        if {name: headers.get(name) for name in FIXED} != FIXED or "default-src 'none'" not in policy:
            wrong.append(url)
        assert "unsafe" not in policy
        assert len(headers["X-Request-ID"]) == 16

    assert wrong == []
    assert len(urls) > 20


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_to_who_is_logged_in_may_be_kept(role: Role | None) -> None:
    client = Client()
    client.force_login(somebody(role))

    closed = {door.route: client.get(door.url).headers["Cache-Control"] for door in doors() if door.needed}
    kept = [route for route, said in closed.items() if "no-store" not in said]

    assert kept == []


@override_settings(DEBUG=False)
def test_page_that_is_not_there_names_nothing_of_the_inside() -> None:
    answer = Client().get("/no-such-page/")

    assert answer.status_code == 404
    assert str(settings.BASE_DIR).encode() not in answer.content
    assert b"urlconf" not in answer.content.lower()
