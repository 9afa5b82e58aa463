"""Django settings. Everything an installation may change comes from the environment; the defaults serve one machine."""

from __future__ import annotations

import os
from pathlib import Path

from everychild.catalogue.countries import site_country
from everychild.registers.installed import APPS
from everychild.website.database import database
from everychild.website.secret_key import secret_key

PACKAGE = Path(__file__).resolve().parent
DATA_FOLDER = Path(os.environ.get("EVERYCHILD_DATA", "data")).resolve()
COUNTRY = site_country()
PUBLIC_ADDRESS = os.environ.get("EVERYCHILD_ADDRESS", "").rstrip("/")
"""Address under which the public reaches this installation, for citations; empty: the address of the request."""

DEBUG = os.environ.get("EVERYCHILD_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("EVERYCHILD_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
SECRET_KEY = os.environ.get("EVERYCHILD_SECRET_KEY") or secret_key(DATA_FOLDER)
BEHIND_PROXY = os.environ.get("EVERYCHILD_BEHIND_PROXY") == "1"
"""Whether a proxy of ours stands before the site and sets X-Forwarded-For and X-Forwarded-Proto itself."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *APPS,
    "everychild.website",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "everychild.website.security.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before sessions: a page that may be kept for everybody never sees who asks.
    "everychild.website.conditional.ConditionalPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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

DATABASES = {"default": database(os.environ.get("EVERYCHILD_DATABASE_URL", ""), DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
USE_I18N = False  # languages are ours: three side by side in definitions/interface.csv (docs/decisions/0003)
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["everychild.registers.people.sign_in.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email"]}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
SESSION_COOKIE_NAME = "everychild_session"
SESSION_COOKIE_AGE = 8 * 3600
"""Seconds: a working day, after which one signs in again."""
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "everychild_form"
CSRF_COOKIE_HTTPONLY = True

HTTPS = PUBLIC_ADDRESS.startswith("https://")
"""An installation with a public https address is served over https only; the one on a desk keeps working without."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = int(os.environ.get("EVERYCHILD_HSTS_SECONDS", 365 * 24 * 3600)) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS] if HTTPS else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 4

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# Reminders of what is due (`everychild desk remind`). Without a mail server they are printed, not sent.
EMAIL_HOST = os.environ.get("EVERYCHILD_MAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EVERYCHILD_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EVERYCHILD_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EVERYCHILD_MAIL_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST_USER)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EVERYCHILD_MAIL_FROM", "everychild@localhost")
