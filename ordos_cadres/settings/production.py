"""A server of an office: PostgreSQL, Redis, HTTPS in front. Refuses to start while a decision is missing."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from ordos_cadres.settings.base import *  # noqa: F403 - the way Django settings inherit
from ordos_cadres.settings.base import BASE_DIR, FILE_UPLOAD_TEMP_DIR, REDIS_TRANSPORT_OPTIONS, env

REQUIRED = ("ORDOS_SECRET_KEY", "ORDOS_HOSTS", "ORDOS_DATABASE_URL", "ORDOS_BROKER_URL")
_missing = [name for name in REQUIRED if not env.str(name, default="")]
if _missing:
    raise ImproperlyConfigured(
        f"缺少环境变量 {'、'.join(_missing)}，请先设置再启动（说明见 docs/settings.md）。 "
        f"Set {', '.join(_missing)} before starting (see docs/settings.md)."
    )

SECRET_KEY = env.str("ORDOS_SECRET_KEY")
ALLOWED_HOSTS = env.list("ORDOS_HOSTS")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ORDOS_HOSTS 不能是 *,请写出本系统的域名。 ORDOS_HOSTS must name the hosts, not *.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

_database = env.db_url("ORDOS_DATABASE_URL")
if _database["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "ORDOS_DATABASE_URL 须指向 PostgreSQL(postgres://…)。 ORDOS_DATABASE_URL must name a PostgreSQL database."
    )
DATABASES: dict[str, Any] = {"default": {**_database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}

CELERY_BROKER_URL = env.str("ORDOS_BROKER_URL")
CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_TRANSPORT_OPTIONS

Path(FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# The __Host- prefix makes browsers refuse a cookie set by a neighbouring host of the same domain.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"

STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "foundation.web.assets.HashedStaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
