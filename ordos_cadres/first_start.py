"""What the first start has to do, remembered in var/ so that the second start has nothing to do."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from foundation.constraints import GUARDS
from units.models import Unit

STAMP_NAME = "started.json"


def _stamp_file() -> Path:
    return Path(settings.VAR_DIR) / STAMP_NAME


def _read_stamp() -> dict[str, str]:
    file = _stamp_file()
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def _write_stamp(stamp: dict[str, str]) -> None:
    file = _stamp_file()
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(file)


def schema_digest() -> str:
    """Hash what `migrate` would look at: the database's name, every migration, every guard."""
    sha = hashlib.sha256()
    database = settings.DATABASES["default"]
    sha.update(f"{database['ENGINE']} {database.get('HOST', '')} {database['NAME']}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            sha.update(f"{app.label} {file.name}".encode())
            sha.update(file.read_bytes())
    for guard in GUARDS:
        sha.update(repr(guard).encode())
    return sha.hexdigest()


def _database_is_gone() -> bool:
    """Whether the SQLite file that the stamp speaks of was removed."""
    return connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists()


def prepare_schema(say: Callable[[str], None]) -> None:
    """Migrate, unless nothing has changed since this database was last migrated."""
    stamp, wanted = _read_stamp(), schema_digest()
    if stamp.get("schema") == wanted and not _database_is_gone():
        return
    say("正在准备数据库 ……")
    call_command("migrate", interactive=False, verbosity=0)
    _write_stamp({**_read_stamp(), "schema": wanted})


def discard_half_loaded_sample(say: Callable[[str], None]) -> None:
    """Remove what a broken-off loading of the sample city left: nobody has ever logged in there."""
    if _read_stamp().get("sample") != "loading" or connection.vendor != "sqlite":
        return
    say("上次载入示例城市时被中断，现在从头再来 ……")
    connection.close()
    database = Path(str(connection.settings_dict["NAME"]))
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)
    _stamp_file().unlink()


def holds_sample_city() -> bool:
    """Whether the people of this database are invented."""
    return _read_stamp().get("sample") == "loaded"


def load_sample_city(say: Callable[[str], None]) -> None:
    """Fill an empty database with the sample city and compute it; one with units in it is left as it is."""
    stamp = _read_stamp()
    if holds_sample_city() or Unit.objects.exists():
        return
    say("正在载入示例城市（约一分钟）……")
    _write_stamp({**stamp, "sample": "loading"})
    call_command("load_sample")
    say("正在核算 ……")
    call_command("recompute", all=True)
    _write_stamp({**_read_stamp(), "sample": "loaded"})
