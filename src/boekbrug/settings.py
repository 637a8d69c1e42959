"""The environment, read once into one frozen record and checked loudly; nobody else reads the environment.

Each name may also be given as `NAME_FILE`: then the value is the content of that file (for container secrets).
An empty value counts as not given. `docs/reference/settings.md` explains each name.
"""

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from boekbrug.spoken import Spoken

SITES = ("NL", "BE", "practice")
"""The Exact sites that a koppeling may name; `practice` is the simulator."""

PER_SITE = ("BOEKBRUG_EXACT_CLIENT_ID", "BOEKBRUG_EXACT_CLIENT_SECRET", "BOEKBRUG_EXACT_WEBHOOK_SECRET")
"""Names that may carry the suffix `_NL`, `_BE` or `_PRACTICE`; without it they hold for all sites."""

DEFAULTS: Mapping[str, str] = {
    "BOEKBRUG_HOME": "./var",
    "DATABASE_URL": "",
    "BOEKBRUG_SECRET_KEYS": "",
    "BOEKBRUG_PUBLIC_URL": "",
    "BOEKBRUG_EXACT_URL_NL": "https://start.exactonline.nl",
    "BOEKBRUG_EXACT_URL_BE": "https://start.exactonline.be",
    "BOEKBRUG_EXACT_URL_PRACTICE": "",
    **{f"{name}{suffix}": "" for name in PER_SITE for suffix in ("", "_NL", "_BE", "_PRACTICE")},
    "BOEKBRUG_COACHVIEW_HOSTS": "secure.coachview.net,training.coachview.net,*.coachview.com",
    "BOEKBRUG_LISTEN": "127.0.0.1:8100",
    "BOEKBRUG_MAIL_URL": "",
    "BOEKBRUG_WORKERS": "1",
    "BOEKBRUG_CONCURRENCY": "16",
}
"""Every name with its default. Source: interfaces.md, "Environment"."""

LOCALE_NAMES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a terminal says its language, the strongest first."""

EMBEDDED_CONNECTIONS = 160
"""Of the embedded database's 200 connections, what workers may take; the rest is for the web and for commands."""

_HOST_PATTERN = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]+)?", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsError(Spoken):
    """A setting is missing or wrong; the message names it and says what is expected, never its value if secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExactApp:
    """One Exact site with the app registration that we use there; `url` is empty when the site is not set up."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether somebody can log in to Exact with it."""
        return bool(self.url and self.client_id and self.client_secret)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All that the outside tells the program; secrets do not show in its `repr`."""

    home: Path
    database_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    public_url: str
    exact: Mapping[str, ExactApp]
    coachview_hosts: tuple[str, ...]
    listen_host: str
    listen_port: int
    mail_url: str = field(repr=False)
    workers: int
    concurrency: int

    @property
    def embedded(self) -> bool:
        """Whether the database is our own embedded server."""
        return not self.database_url

    @property
    def secure(self) -> bool:
        """Whether people reach the service center over TLS."""
        return self.public_url.startswith("https://")

    def allows_coachview(self, address: str) -> bool:
        """Whether BOEKBRUG_COACHVIEW_HOSTS names the host of this address: https, or http on this machine itself."""
        try:
            parts = urlsplit(address.strip())
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
            return False
        return any(_names(pattern, host, port) for pattern in self.coachview_hosts)

    def exact_app(self, site: str) -> ExactApp:
        """The app registration for an Exact site (`NL`, `BE` or `practice`)."""
        return self.exact[site]

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read and check everything; raises SettingsError with the first name that is wrong."""
        _refuse_unknown(environment)
        values = {name: _value(environment, name) for name in DEFAULTS}
        home = Path(values["BOEKBRUG_HOME"]).expanduser().absolute()
        workers = _count(values, "BOEKBRUG_WORKERS", most=64)
        concurrency = _count(values, "BOEKBRUG_CONCURRENCY", most=128)
        if not values["DATABASE_URL"] and workers * (concurrency + 16) > EMBEDDED_CONNECTIONS:
            raise SettingsError(
                "BOEKBRUG_WORKERS x (BOEKBRUG_CONCURRENCY + 16) is more than the {connections} connections "
                "that the embedded database has for workers; lower one, or set DATABASE_URL.",
                connections=EMBEDDED_CONNECTIONS,
            )
        host, port = _listen(values["BOEKBRUG_LISTEN"])
        return cls(
            home=home,
            database_url=_url(values, "DATABASE_URL", "postgresql", "postgres"),
            secret_keys=_secret_keys(values["BOEKBRUG_SECRET_KEYS"], home),
            public_url=_url(values, "BOEKBRUG_PUBLIC_URL", "https", "http") or f"http://{_shown(host)}:{port}",
            exact={site: _exact_app(values, site) for site in SITES},
            coachview_hosts=_hosts(values["BOEKBRUG_COACHVIEW_HOSTS"]),
            listen_host=host,
            listen_port=port,
            mail_url=_url(values, "BOEKBRUG_MAIL_URL", "smtp", "smtps"),
            workers=workers,
            concurrency=concurrency,
        )


@cache
def settings() -> Settings:
    """The settings of this process, read once from its environment."""
    return Settings.read(os.environ)


def terminal_language(environment: Mapping[str, str]) -> str:
    """The language of whoever sits at the terminal: `nl`, or `en` for everybody who does not ask for Dutch.

    As gettext does: the first of LOCALE_NAMES that has a value decides; LANGUAGE may name several, the best first.
    """
    wanted = next((environment[name] for name in LOCALE_NAMES if environment.get(name)), "")
    for locale in wanted.split(":"):
        code = re.split(r"[_.@-]", locale.lower())[0]
        if code in {"nl", "en"}:
            return code
    return "en"


@cache
def spoken_language() -> str:
    """The language of this process's terminal; known also when the settings are wrong."""
    return terminal_language(os.environ)


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = set(DEFAULTS) | {f"{name}_FILE" for name in DEFAULTS}
    unknown = sorted(name for name in environment if name.startswith("BOEKBRUG_") and name not in known)
    if unknown:
        raise SettingsError(
            "{names}: no setting of that name; see docs/reference/settings.md.", names=", ".join(unknown)
        )


def _value(environment: Mapping[str, str], name: str) -> str:
    direct, file = environment.get(name, "").strip(), environment.get(f"{name}_FILE", "").strip()
    if direct and file:
        raise SettingsError("{name} and {name}_FILE are both set; give only one of them.", name=name)
    if not file:
        return direct or DEFAULTS[name]
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "{name}_FILE: cannot read {file} ({kind}).", name=name, file=file, kind=type(error).__name__
        ) from None


def _url(values: Mapping[str, str], name: str, *schemes: str) -> str:
    text = values[name]
    if not text:
        return ""
    wrong = SettingsError(
        "{name}: expected an address that starts with {first} or {second}.",
        name=name,
        **dict(zip(("first", "second"), (f"{scheme}://" for scheme in schemes), strict=True)),
    )
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in schemes:
        raise wrong
    if not parts.hostname and not name.startswith("DATABASE"):
        raise SettingsError("{name}: the address has no host.", name=name)
    return text.rstrip("/") if parts.scheme.startswith("http") else text


def _exact_app(values: Mapping[str, str], site: str) -> ExactApp:
    suffix = site.upper()
    url_name = f"BOEKBRUG_EXACT_URL_{suffix}"
    url = _url(values, url_name, "https", "http")
    if url.startswith("http://") and urlsplit(url).hostname not in _LOOPBACK:
        raise SettingsError(
            "{name}: http:// is only for this machine; tokens go over https:// elsewhere.", name=url_name
        )
    client_id, client_secret, webhook_secret = (values[f"{name}_{suffix}"] or values[name] for name in PER_SITE)
    if bool(client_id) != bool(client_secret):
        raise SettingsError(
            "BOEKBRUG_EXACT_CLIENT_ID and BOEKBRUG_EXACT_CLIENT_SECRET belong together; one is missing for {site}.",
            site=site,
        )
    return ExactApp(url=url, client_id=client_id, client_secret=client_secret, webhook_secret=webhook_secret)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    wrong = [host for host in hosts if not _HOST_PATTERN.fullmatch(host)]
    if wrong:
        raise SettingsError(
            "BOEKBRUG_COACHVIEW_HOSTS: expected host names separated by commas, got {wrong}.", wrong=", ".join(wrong)
        )
    if not hosts:
        raise SettingsError("BOEKBRUG_COACHVIEW_HOSTS: expected host names separated by commas, got none.")
    return hosts


def _names(pattern: str, host: str, port: int | None) -> bool:
    """`*.` stands for one or more names in front; a pattern without a port is for every port."""
    name, _, wanted = pattern.partition(":")
    if wanted and wanted != str(port):
        return False
    return host.endswith(name[1:]) and host != name[2:] if name.startswith("*.") else host == name


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingsError("BOEKBRUG_LISTEN: expected host:port such as 127.0.0.1:8100, got {text}.", text=text)
    return host.strip("[]"), int(port)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _count(values: Mapping[str, str], name: str, *, most: int) -> int:
    text = values[name]
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise SettingsError(
            "{name}: expected a whole number from 1 to {most}, got {text}.", name=name, most=most, text=text
        )
    return int(text)


def _secret_keys(text: str, home: Path) -> tuple[str, ...]:
    where = "BOEKBRUG_SECRET_KEYS"
    if not text:
        path = keys_file(home)
        where = str(path)
        text = _read_or_make_keys(path)
    keys = tuple(re.split(r"[\s,]+", text.strip()))
    for number, key in enumerate(keys, 1):
        _check_key(key, where=where, number=number)
    return keys


def keys_file(home: Path) -> Path:
    """Where the keys are kept that were made at the first start."""
    return home / "secret-keys"


def _check_key(key: str, *, where: str, number: int) -> None:
    try:
        Fernet(key)
    except ValueError:
        raise SettingsError(
            "{where}: key {number} is not 32 bytes in url-safe base64 (44 characters).", where=where, number=number
        ) from None


def _read_or_make_keys(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_keys(path)
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "BOEKBRUG_HOME: cannot read or make {path} ({kind}).", path=path, kind=type(error).__name__
        ) from None


def _make_keys(path: Path) -> None:
    """Write a new key in full beside the file, then give it its name: two first starts at once agree on one key."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-keys-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(Fernet.generate_key() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        Path(temporary).unlink()
