"""The tests: ORDOS_TEST_DATABASE=sqlite|postgresql chooses the database, everything else is the embedded profile."""

import os
import tempfile
import zlib
from pathlib import Path

# Before `embedded` is read: it makes its folders below ORDOS_VAR.
_made = os.environ.get("ORDOS_VAR") or tempfile.mkdtemp(prefix="ordos-test-")
os.environ["ORDOS_VAR"] = _made

from ordos_cadres.settings.embedded import *  # noqa: E402, F403 - the folder above must be set first
from ordos_cadres.settings.embedded import BASE_DIR, VAR_DIR, env, sqlite_database  # noqa: E402 - as above

TEST_VAR_DIR = Path(_made)
TEST_DATABASE = env.str("ORDOS_TEST_DATABASE", default="sqlite")
# One a checkout: two checkouts may be tested at once on one server.
TEST_DATABASE_NAME = f"ordos_test_{zlib.crc32(str(BASE_DIR).encode()):08x}"
TEST_POSTGRES = env.str("ORDOS_TEST_POSTGRES", default="postgres://postgres@127.0.0.1:5432/postgres")

if TEST_DATABASE == "postgresql":
    DATABASES = {
        "default": {
            **env.db_url_config(TEST_POSTGRES),
            # A test database that a power cut damages is made anew.
            "OPTIONS": {"options": "-c synchronous_commit=off"},
            "TEST": {"NAME": TEST_DATABASE_NAME, "TEMPLATE": "template0", "CHARSET": "UTF8"},
        }
    }
elif TEST_DATABASE == "sqlite":
    DATABASES = {"default": sqlite_database(VAR_DIR / "unused.sqlite3")}
    # A file, not memory: copies of it are what transactional tests start on.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    raise ValueError(f"ORDOS_TEST_DATABASE is {TEST_DATABASE!r}; it may be sqlite or postgresql")

# Processes of one run share the folder above: each writes into a folder of its own below it, since a test counts
# the files that were kept, and two may load the sample city at once.
VAR_DIR = VAR_DIR / os.environ.get("PYTEST_XDIST_WORKER", "one")
FILES_DIR = VAR_DIR / "files"
AUDIT_ANCHOR_FILE = VAR_DIR / "anchors" / "audit.jsonl"
FILE_UPLOAD_TEMP_DIR = str(VAR_DIR / "incoming")
Path(FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
WHITENOISE_AUTOREFRESH = True
# No heartbeat thread: another connection could not see the rows of a test's open transaction.
JOB_HEARTBEAT_SECONDS = 0
