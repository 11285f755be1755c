"""Every URL × GET and POST × every role: the answer is what the view declares, in every cell."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.roles import ROLES
from tests.client import PageClient
from tests.permissions.walk import Door, doors, somebody

pytestmark = pytest.mark.django_db

METHODS = ("get", "post")
PASSED = {200, 302, 404, 405, 409, 422}
"""What a view may say to whom it let in, when the object is not there and the form is empty."""


def kind_of(answer: Any) -> str:
    """What became of a request: refused, sent to the login, or let in."""
    if answer.status_code == 302 and answer.headers["Location"].startswith(reverse("accounts:login") + "?next="):
        return "login"
    return "passed" if answer.status_code in PASSED else str(answer.status_code)


def walk(client_of: Callable[[], Client], expected: Callable[[Door], str]) -> tuple[int, list[str]]:
    """Ask every URL in every method; how many cells were judged, and which were wrong."""
    wrong, judged = [], 0
    for door in doors():
        for method in METHODS:
            # A client of its own each time: one of the URLs logs out.
            found = kind_of(getattr(client_of(), method)(door.url))
            judged += 1
            if found != expected(door):
                wrong.append(f"{method} {door.route}: {found}, not {expected(door)}")
    return judged, wrong


@pytest.mark.parametrize("role", [*Role, None])
def test_each_role_is_let_in_where_the_view_says_so_and_nowhere_else(
    role: Role | None, client_for: Callable[[Any], PageClient]
) -> None:
    user = somebody(role)

    judged, wrong = walk(lambda: client_for(user), lambda door: "passed" if door.is_open_to(role) else "403")

    assert wrong == []
    assert judged == len(METHODS) * len(list(doors())) > 40


def test_who_is_not_logged_in_is_sent_to_the_login() -> None:
    judged, wrong = walk(PageClient, lambda door: "login" if door.needed else "passed")

    assert wrong == []
    assert judged == len(METHODS) * len(list(doors())) > 40


def test_htmx_is_told_with_a_status_that_the_login_is_elsewhere() -> None:
    closed = [door for door in doors() if door.needed]

    answers = [PageClient().get(door.url, headers={"HX-Request": "true"}) for door in closed]

    assert {(answer.status_code, answer.headers["HX-Redirect"]) for answer in answers} == {(401, "/login/")}
    assert len(answers) > 15


@pytest.mark.parametrize("role", Role)
def test_a_form_from_elsewhere_changes_nothing(role: Role) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(somebody(role))
    opened = [door for door in doors() if door.is_open_to(role)]

    statuses = {door.route: client.post(door.url).status_code for door in opened}

    assert statuses == dict.fromkeys(statuses, 403)
    assert len(statuses) >= 3


def test_every_right_that_a_view_asks_for_is_held_by_somebody() -> None:
    held = frozenset().union(*(card.permissions for card in ROLES.values()))

    assert [door.route for door in doors() if door.needed and not door.needed & held] == []
