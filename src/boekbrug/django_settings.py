"""Our settings in Django's words; nothing is decided here that is not decided in `settings.py` or in the spec."""

import hashlib
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

from boekbrug import embedded, log
from boekbrug.settings import SettingsError, settings

_SETTINGS = settings()
_PACKAGE = Path(__file__).parent

log.configure()


def _django_key(key: str) -> str:
    """Django signs with a key of its own, made from ours, so that neither can be used in the other's place."""
    return hashlib.blake2b(key.encode("ascii"), person=b"boekbrug-django").hexdigest()


# A worker that is frozen, or cut off, in the middle of a transaction must not keep its locks for ever. And our queries
# are small: helpers that the server starts for one of them wait for a core that workers and pages need themselves.
_SESSION = "-c idle_in_transaction_session_timeout=20s -c max_parallel_workers_per_gather=0"

# A database server whose host or cable is gone says nothing, not even that it is gone: within half a minute, well
# before a lease ends, whoever waits for it knows. Its host finds out about ours in the same way, and lets go of what
# we held. A socket in the file system needs none of it, and heeds none.
_SILENT: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
_SILENT_THERE = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000"
)

# Under this name the server shows our connections, so that a restore can say who is in its way.
_PROGRAM = " ".join(["boekbrug", *sys.argv[1:2]])[:63]


def _database() -> dict[str, Any]:
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
    if _SETTINGS.embedded:
        address = embedded.address(_SETTINGS.home)
        return common | {
            "NAME": address.database,
            "USER": address.user,
            "HOST": str(address.socket_folder),
            "PORT": str(address.port),
            "OPTIONS": {"options": _SESSION, "application_name": _PROGRAM},
        }
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(_SETTINGS.database_url))
    except Exception:  # noqa: BLE001  # the driver's message may hold the password
        raise SettingsError("DATABASE_URL: PostgreSQL's driver cannot read this address.") from None
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    django_parts = {ours: str(parts.pop(theirs, "")) for ours, theirs in names.items()}
    if not django_parts["NAME"]:
        raise SettingsError("DATABASE_URL: the address names no database.")
    parts["options"] = f"{_SILENT_THERE} {parts.get('options', '')} {_SESSION}"
    return common | django_parts | {"OPTIONS": {"application_name": _PROGRAM, **_SILENT, **parts}}


def _hosts() -> list[str]:
    """Who may be named in the Host header: ourselves as people reach us, and this machine."""
    listen = [] if _SETTINGS.listen_host in {"0.0.0.0", "::"} else [_SETTINGS.listen_host]  # noqa: S104
    public = urlsplit(_SETTINGS.public_url).hostname
    return sorted({*listen, *([public] if public else []), "localhost", "127.0.0.1", "[::1]"})


SECRET_KEY, *SECRET_KEY_FALLBACKS = [_django_key(key) for key in _SETTINGS.secret_keys]
DEBUG = False
ALLOWED_HOSTS = _hosts()
CSRF_TRUSTED_ORIGINS = [_SETTINGS.public_url]
ROOT_URLCONF = "boekbrug.web.urls"
WSGI_APPLICATION = "boekbrug.web.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "boekbrug.store",
    "boekbrug.web",
]
MIDDLEWARE = [
    "boekbrug.web.middleware.OneId",
    "boekbrug.web.middleware.GuardHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "boekbrug.web.middleware.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "web" / "templates", _PACKAGE / "web" / "pages"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "boekbrug.web.navigation.navigation",
            ],
        },
    },
]

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who logs in, and how. Source: service-center.md, "Who may do what".
AUTH_USER_MODEL = "store.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True

# Cookies and headers. Source: service-center.md, "Security, page by page".
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _SETTINGS.secure
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _SETTINGS.secure
SECURE_HSTS_SECONDS = 31_536_000 if _SETTINGS.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SETTINGS.secure else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Words, dates, amounts.
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _SETTINGS.secure
LOCALE_PATHS = [_PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

# Mail: files in HOME until a server is set.
DEFAULT_FROM_EMAIL = f"Boekbrug <boekbrug@{urlsplit(_SETTINGS.public_url).hostname or 'localhost'}>"
if _SETTINGS.mail_url:
    _MAIL = urlsplit(_SETTINGS.mail_url)
    EMAIL_HOST = _MAIL.hostname or ""
    EMAIL_USE_SSL = _MAIL.scheme == "smtps"
    EMAIL_USE_TLS = _MAIL.scheme == "smtp" and EMAIL_HOST not in {"localhost", "127.0.0.1"}
    EMAIL_PORT = _MAIL.port or (465 if EMAIL_USE_SSL else 587)
    EMAIL_HOST_USER = unquote(_MAIL.username or "")
    EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = _SETTINGS.home / "mail"

LOGGING_CONFIG = None  # log.py has spoken already
