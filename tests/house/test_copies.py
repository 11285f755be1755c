"""The copies that transactional tests start on are real: commits stand, and nothing reaches the next test."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from tests.city import City


@pytest.mark.parametrize("attempt", [1, 2])
def test_commit_on_a_copy_is_seen_by_a_thread_and_not_by_the_next_test(copied_database: str, attempt: int) -> None:
    assert list(User.objects.values_list("username", flat=True)) == []

    User.objects.create(username="alice", name="甲", password="!")
    seen: list[str] = []

    def look() -> None:
        seen.extend(User.objects.values_list("username", flat=True))
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == ["alice"]


@pytest.mark.django_db
def test_ordinary_db_test_sees_nothing_of_the_copies() -> None:
    assert User.objects.count() == 0


@pytest.mark.real
def test_city_answers_on_its_own_database(city_env: City) -> None:
    assert city_env.manage("check").startswith("System check identified no issues")
