"""What a killed process left on disk is removed, and nothing that somebody needs."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from foundation import clock
from foundation.actor import SYSTEM
from foundation.files.content import keep_content, path_of, store
from foundation.files.leftovers import discard_leftovers, leftovers

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    return tmp_path


def aged(path: Path) -> Path:
    before = (clock.now() - 2 * HOUR).timestamp()
    os.utime(path, (before, before))
    return path


def kept(word: bytes) -> Path:
    content = keep_content([word], limit=100)
    store(content, name="a.csv", kind="upload", media_type="text/csv", actor=SYSTEM)
    return path_of(content.sha256)


def test_content_without_a_row_and_half_received_files_go_and_kept_content_stays(folder: Path) -> None:
    standing = aged(kept(b"kept"))
    orphan = aged(path_of(keep_content([b"no row speaks of it"], limit=100).sha256))
    half = folder / "files" / "incoming-abc"
    spool = folder / "incoming" / "tmp1.upload"
    for path in (half, spool):
        path.write_bytes(b"x")
        aged(path)

    discarded = discard_leftovers(before=clock.now() - HOUR)

    assert discarded == 3
    assert [path.exists() for path in (standing, orphan, half, spool)] == [True, False, False, False]


def test_what_is_on_its_way_stays(folder: Path) -> None:
    fresh = path_of(keep_content([b"its row comes in a moment"], limit=100).sha256)

    assert discard_leftovers(before=clock.now() - HOUR) == 0
    assert fresh.exists()


def test_content_that_came_again_meanwhile_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    orphan = aged(path_of(keep_content([b"twice"], limit=100).sha256))
    found = list(leftovers(before=clock.now() - HOUR))
    monkeypatch.setattr("foundation.files.leftovers.leftovers", lambda before: found)
    keep_content([b"twice"], limit=100)

    assert found == [orphan]
    assert discard_leftovers(before=clock.now() - HOUR) == 0
    assert orphan.exists()


def test_folder_for_uploads_on_their_way_is_ours_alone() -> None:
    folder = Path(django_settings.FILE_UPLOAD_TEMP_DIR)

    assert folder.parent == django_settings.VAR_DIR
    assert folder.stat().st_mode & 0o077 == 0
