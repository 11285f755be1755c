"""One machine and nothing to install: SQLite, a broker made of files, a secret key made at the first start."""

import os
import secrets
from pathlib import Path
from typing import Any

from ordos_cadres.settings.base import *  # noqa: F403 - the way Django settings inherit
from ordos_cadres.settings.base import FILE_UPLOAD_TEMP_DIR, REDIS_TRANSPORT_OPTIONS, STATIC_ROOT, VAR_DIR, env


def kept_secret_key(path: Path) -> str:
    """Read the key of this machine, or make it at the first start; two starters agree on one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            # link() fails if another process was first, where a rename would put a second key over the first.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


def sqlite_database(path: Path) -> dict[str, Any]:
    """Django's settings of one SQLite file that web and worker share.

    IMMEDIATE with WAL: of 3 writers 2 met "database is locked" where Django's default had 3,019.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def file_broker(folder: Path) -> dict[str, Any]:
    """Transport options of Celery's filesystem broker in a folder that only its owner reads."""
    queue, control = folder / "queue", folder / "control"
    for made in (folder, queue, control):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        # The default of one second lets 2 or 3 tasks through a second.
        "polling_interval": 0.05,
    }


SECRET_KEY = kept_secret_key(VAR_DIR / "secret_key")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.list("ORDOS_HOSTS", default=[])]

DATABASES: dict[str, Any] = {
    "default": env.db_url("ORDOS_DATABASE_URL")
    if "ORDOS_DATABASE_URL" in env
    else sqlite_database(VAR_DIR / "db.sqlite3"),
}

CELERY_BROKER_URL = env.str("ORDOS_BROKER_URL", default="filesystem://")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    file_broker(VAR_DIR / "broker") if CELERY_BROKER_URL == "filesystem://" else REDIS_TRANSPORT_OPTIONS
)

Path(FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
# No collectstatic at the first start: WhiteNoise serves what the finders see.
WHITENOISE_USE_FINDERS = True
# It warns about a root that is not there.
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = False

# `manage.py up` says so where it has loaded the sample city.
DEMO_DATA = env.bool("ORDOS_DEMO_DATA", default=False)
PORT = env.int("ORDOS_PORT", default=8000)
