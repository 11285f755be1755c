"""What all profiles share. Nothing here is secret and nothing depends on the machine."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.str("ORDOS_VAR", default=str(BASE_DIR / "var"))).resolve()
FILES_DIR = VAR_DIR / "files"

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "ordos_cadres.urls"
WSGI_APPLICATION = "ordos_cadres.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "foundation.audit",
    "foundation.ledger",
    "foundation.files",
    "foundation.jobs",
    "foundation.rulebook",
    "foundation.web",
    "units",
    "accounts",
    "cadres",
    "intake",
    "evaluation",
    "dashboards",
    "ordos_cadres",
]

# No middleware may touch the session store on a plain GET: a GET writes nothing but the read log (design §8).
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "foundation.web.headers.SecureHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.navigation.frame",
            ],
        },
    },
]

# What the office calls the product, and whether every page says that its people are invented.
PRODUCT_NAME = _("干部考核评价系统")
DEMO_DATA = False

# Language and time. Chinese is the source language of every text; days are counted in Ordos (Asia/Shanghai).
LANGUAGE_CODE = "zh-hans"
# The reader chooses English by a cookie; what the browser asks for decides nothing (accounts.middleware).
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# Who logs in.
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    # For offices whose rules ask for an algorithm of the FIPS or SM lists.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "dashboards:home"
LOGOUT_REDIRECT_URL = "accounts:login"

# Sessions and forms. SESSION_SAVE_EVERY_REQUEST stays off: idle time lives in a signed cookie (design §8).
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Headers.
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

# Static files: our own from static/, the few public ones of npm packages through a list of allowed names.
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
NODE_MODULES_DIR = BASE_DIR / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "foundation.web.assets.NodeModulesFinder",
]

# What the door of intake takes (design §7).
UPLOAD_CSV_MAX_ROWS = 1_000_000
UPLOAD_CSV_MAX_BYTES = 200_000_000
UPLOAD_XLSX_MAX_ROWS = 200_000
UPLOAD_XLSX_MAX_BYTES = 20_000_000
UPLOAD_XLSX_MAX_UNPACKED_BYTES = 400_000_000
# A marked file is made while the reader waits up to this size; a larger one is a job.
MARK_AT_ONCE_MAX_ROWS = 3_000
MARK_AT_ONCE_MAX_BYTES = 1_000_000
# Whether somebody else must approve before a batch is withdrawn. False: who asks, withdraws.
WITHDRAWAL_NEEDS_SECOND_PERSON = env.bool("ORDOS_WITHDRAWAL_NEEDS_SECOND_PERSON", default=True)
# A correction by more than this part of the old value is marked, for a second look before it is stored.
CORRECTION_JUMP_PERCENT = 50
FILE_UPLOAD_PERMISSIONS = 0o600
# Not /tmp: what a killed web process leaves there nobody would find, and it holds personal data.
FILE_UPLOAD_TEMP_DIR = str(VAR_DIR / "incoming")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Jobs (design §8). A message only wakes a worker; a lost one is sent again by the sweep.
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
# A visibility timeout longer than the longest job, or Redis hands a running task to a second worker. A request does
# not wait for a broker that is away (6 seconds by default): the sweep sends later.
REDIS_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 60 * 60, "socket_connect_timeout": 1, "max_retries": 0}
JOB_LEASE_SECONDS = 60
JOB_HEARTBEAT_SECONDS: float = 5
JOB_SWEEP_SECONDS = 30
NIGHT_HOUR = 2
# The day of the week (1 is Monday, 7 Sunday) whose night compares everything shown with a full run.
FULL_CHECK_WEEKDAY = env.int("ORDOS_FULL_CHECK_WEEKDAY", default=7)

# The audit trail as it stood hour by hour, outside the database: best on a disk of another host.
AUDIT_ANCHOR_FILE = Path(env.str("ORDOS_AUDIT_ANCHORS", default=str(VAR_DIR / "anchors" / "audit.jsonl")))
AUDIT_ANCHORS_HOURLY = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("ORDOS_LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # It misses a host name in the address of a broker made of files.
        "kombu.connection": {"level": "ERROR"},
    },
}
