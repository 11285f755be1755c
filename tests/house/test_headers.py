"""Headers and static files that every page has, from the first page on."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django.fixtures import Settings

from foundation.web.assets import ALLOWED, HashedStaticStorage, NodeModulesFinder


@pytest.fixture
def answer(db: None) -> Any:
    return Client().get("/no-such-page/")


def test_page_has_a_strict_content_security_policy(answer: Any) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))

    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ],
)
def test_page_has_the_secure_header(answer: Any, header: str, value: str) -> None:
    assert answer.headers[header] == value


def test_page_switches_off_what_no_page_uses(answer: Any) -> None:
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(answer.headers["Permissions-Policy"].split(", "))


@pytest.fixture
def packages(tmp_path: Path, settings: Settings) -> Path:
    settings.NODE_MODULES_DIR = tmp_path
    for inner in (ALLOWED["vendor/echarts.min.js"], "echarts/secret.js"):
        (tmp_path / inner).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / inner).write_text(inner)
    return tmp_path


def test_finder_serves_an_allowed_file_under_its_public_name(packages: Path) -> None:
    assert finders.find("vendor/echarts.min.js") == str(packages / ALLOWED["vendor/echarts.min.js"])


@pytest.mark.parametrize("name", ["echarts/secret.js", "vendor/secret.js", "vendor/../echarts/secret.js"])
def test_finder_serves_nothing_else_of_a_package(packages: Path, name: str) -> None:
    assert NodeModulesFinder().find(name) == []


def test_finder_leaves_out_what_is_not_installed(packages: Path) -> None:
    assert finders.find("vendor/bootstrap.min.css") is None
    assert [name for name, _ in NodeModulesFinder().list(None)] == ["vendor/echarts.min.js"]


def test_collecting_copies_the_file_behind_the_public_name(packages: Path) -> None:
    [(name, storage)] = NodeModulesFinder().list([])

    with storage.open(name) as stream:
        assert stream.read().decode() == ALLOWED["vendor/echarts.min.js"]


def test_hashed_names_ask_for_no_source_map(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "a.css").write_text("a{background:url(b.png)}\n/*# sourceMappingURL=a.css.map */\n")
    (tmp_path / "b.png").write_text("b")
    storage = HashedStaticStorage(location=str(tmp_path), base_url="/static/")

    processed = {
        name: result for name, result, _ in storage.post_process({n: (storage, n) for n in ("a.css", "b.png")})
    }

    assert not any(isinstance(result, Exception) for result in processed.values())
    assert "sourceMappingURL=a.css.map" in (tmp_path / processed["a.css"]).read_text()


def test_modules_import_each_other_by_hashed_names(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js/main.js").write_text('import { start } from "./rail.js";\nstart();\n')
    (tmp_path / "js/rail.js").write_text("export function start() {}\n")
    names = ("js/main.js", "js/rail.js")
    storage = HashedStaticStorage(location=str(tmp_path), base_url="/static/")

    processed = {name: result for name, result, _ in storage.post_process({name: (storage, name) for name in names})}

    assert f'from "./{Path(processed["js/rail.js"]).name}"' in (tmp_path / processed["js/main.js"]).read_text()


def test_package_that_only_looks_like_a_module_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ext.js").write_text("// import 'htmx' from a page\n")
    storage = HashedStaticStorage(location=str(tmp_path), base_url="/static/")

    [(_, processed, _)] = storage.post_process({"ext.js": (storage, "ext.js")})

    assert (tmp_path / processed).read_text() == "// import 'htmx' from a page\n"
