"""The reader's language: Chinese unless a cookie of ours says English; the browser is not asked."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from tests.client import PageClient

pytestmark = pytest.mark.django_db

CHINESE = 'lang="zh-hans"'
ENGLISH = 'lang="en"'


def page(client: PageClient, accepts: str = "") -> str:
    """The login page as this browser gets it."""
    answer = client.get("/login/", headers={"accept-language": accepts})
    assert answer.headers["Content-Language"] in answer.content.decode()
    return str(answer.content.decode()).split("<head>", maxsplit=1)[0]


def choose(client: PageClient, language: str, onward: str = "/login/") -> str:
    """Choose a language and say where the answer leads."""
    answer = client.post("/language/", {"language": language, "next": onward})
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.mark.parametrize("accepts", ["", "en", "en-GB,en;q=0.9,zh;q=0.1", "de", "zh-TW"])
def test_everyone_gets_chinese_whatever_the_browser_asks_for(accepts: str) -> None:
    assert CHINESE in page(PageClient(), accepts)


def test_a_chosen_language_stays_until_another_is_chosen() -> None:
    client = PageClient()

    assert choose(client, "en") == "/login/"
    assert ENGLISH in page(client, "zh-CN")
    assert "Log in" in client.get("/login/").content.decode()

    choose(client, "zh-hans")
    assert CHINESE in page(client, "en")


@pytest.mark.parametrize("language", ["fr", "", "en; x=1", "../en"])
def test_an_unknown_language_changes_nothing(language: str) -> None:
    client = PageClient()
    choose(client, language)

    assert CHINESE in page(client)


@pytest.mark.parametrize("cookie", ["fr", "", "EN", "zh-hant", "../../en"])
def test_a_strange_cookie_is_passed_over(cookie: str) -> None:
    client = PageClient()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie

    assert CHINESE in page(client)


def test_the_choice_leads_to_no_foreign_address() -> None:
    assert choose(PageClient(), "en", "https://example.org/") == "/"


def test_the_choice_is_kept_where_no_script_reads_it() -> None:
    client = PageClient()
    choose(client, "en")
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]

    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


def test_a_language_is_not_chosen_by_following_a_link() -> None:
    assert PageClient().get("/language/?language=en").status_code == 405


def test_a_page_in_english_leaves_the_next_text_chinese() -> None:
    client = PageClient()
    choose(client, "en")
    client.get("/login/")

    assert translation.get_language() == "zh-hans"


def test_commands_speak_chinese_in_an_english_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")

    with pytest.raises(Exception, match="请给出 --scheme 与 --period，或 --all"):
        call_command("recompute")
