"""Django settings. Everything an installation may change comes from the environment; the defaults serve one machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from everychild.catalogue.countries import site_country

PACKAGE = Path(__file__).resolve().parent
DATA_FOLDER = Path(os.environ.get("EVERYCHILD_DATA", "data")).resolve()
COUNTRY = site_country()
PUBLIC_ADDRESS = os.environ.get("EVERYCHILD_ADDRESS", "").rstrip("/")
"""Address under which the public reaches this installation, for citations; empty: the address of the request."""

DEBUG = os.environ.get("EVERYCHILD_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("EVERYCHILD_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# Nothing is signed or kept in sessions yet, so a key of this process alone is enough; the desk will need a lasting one.
SECRET_KEY = os.environ.get("EVERYCHILD_SECRET_KEY") or secrets.token_urlsafe(50)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "everychild.website",
]
MIDDLEWARE = [
    "everychild.website.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "everychild.website.conditional.ConditionalPages",
]
ROOT_URLCONF = "everychild.website.urls"
WSGI_APPLICATION = "everychild.website.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["everychild.website.templatetags.everychild"],
            "context_processors": ["everychild.website.languages.language_context"],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_FOLDER / "everychild.sqlite3",
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
USE_I18N = False  # languages are ours: three side by side in definitions/interface.csv (docs/decisions/0003)
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
