"""The door: nothing is told to who does not come in, and nobody is led elsewhere."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.services import set_password
from foundation.actor import SYSTEM
from tests.cast import Cast

PASSWORD = "long-enough-20"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def officer(cast: Cast) -> str:
    set_password(user=cast.hr_city, actor=SYSTEM, password=PASSWORD)
    return cast.hr_city.username


def post(username: str, password: str, onward: str = "", **more: Any) -> Any:
    return Client().post("/login/", {"username": username, "password": password, "next": onward}, **more)


def test_officer_comes_in_to_home(officer: str) -> None:
    client = Client()

    answer = client.post("/login/", {"username": officer.upper(), "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_unknown_user_and_wrong_password_look_the_same_to_the_byte(officer: str) -> None:
    bodies = []
    for username in (officer, "x" * len(officer)):
        answer = post(username, "not-the-password")
        assert answer.status_code == 422
        bodies.append(TOKEN.sub(b"", answer.content).replace(username.encode(), b"NAME"))

    assert bodies[0] == bodies[1]
    assert "用户名或密码不对".encode() in bodies[0]
    assert b"not-the-password" not in bodies[0]


def test_user_who_is_switched_off_looks_like_a_wrong_password(officer: str) -> None:
    wrong = post(officer, "not-the-password")
    get_user_model().objects.filter(username=officer).update(is_active=False)

    answer = post(officer, PASSWORD)

    assert answer.status_code == 422
    assert TOKEN.sub(b"", answer.content) == TOKEN.sub(b"", wrong.content)


@pytest.mark.parametrize("onward", ["/batches/", "/rankings/?q=1"])
def test_login_leads_on_to_the_page_that_was_asked_for(officer: str, onward: str) -> None:
    assert post(officer, PASSWORD, onward).headers["Location"] == onward


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "/\t/evil.example",
        " //evil.example",
    ],
)
def test_login_leads_nobody_elsewhere(officer: str, onward: str) -> None:
    client = Client()
    client.force_login(get_user_model().objects.get(username=officer))

    assert post(officer, PASSWORD, onward).headers["Location"] == "/"
    assert client.get("/login/", {"next": onward}).headers["Location"] == "/"


def test_anonymous_reader_is_led_back_to_the_whole_address(db: None) -> None:
    answer = Client().get("/batches/?state=checked&q=a")

    assert answer.headers["Location"] == "/login/?next=/batches/%3Fstate%3Dchecked%26q%3Da"


def test_logout_is_a_post_and_ends_the_session(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.hr_city)

    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    gone = client.post("/logout/")

    assert (gone.headers["Location"], gone.headers["Clear-Site-Data"]) == ("/login/", '"cache", "storage"')
    assert client.get("/").status_code == 302


def test_login_begins_a_new_session(officer: str) -> None:
    client = Client()
    client.get("/login/")
    before = client.session.session_key

    client.post("/login/", {"username": officer, "password": PASSWORD})

    assert client.session.session_key not in (None, before)
