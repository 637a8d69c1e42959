"""Law 7: a known secret shows in no log line and in no repr."""

import io
import logging

import pytest
import structlog

from boekbrug import log
from boekbrug.settings import ExactApp

SECRET = "kn0wn-s3cret-value"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    log.configure(level=logging.DEBUG, json=True)
    return written


@pytest.fixture(autouse=True)
def the_log_as_it_was() -> None:
    structlog.reset_defaults()
    log.configure()


@pytest.mark.parametrize(
    "event",
    [
        {"client_secret": SECRET},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"deep": [{"refresh_token": SECRET}]},
        {"tokens": [SECRET]},
        {"text": f"sent Bearer {SECRET} to Exact"},
        {"address": f"postgresql://me:{SECRET}@db.example/boekbrug"},
        {"body": f"grant_type=refresh_token&refresh_token={SECRET}&client_id=x"},
        {"body": f'{{"access_token": "{SECRET}", "expires_in": "600"}}'},
        {"address": f"https://a.example/oauth/exact/return?code={SECRET}&state=1"},
        {"event_text": f"Forbidden (CSRF token missing.): /begin/{SECRET}"},
    ],
    ids=lambda event: next(iter(event)),
)
def test_a_secret_is_blanked_in_our_log(event: dict[str, object], lines: io.StringIO) -> None:
    log.get("law").warning("law.tried", **event)
    assert "law.tried" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_a_secret_is_blanked_in_other_peoples_log(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("connecting with password=%s", SECRET)
    assert "some.library" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_a_secret_is_blanked_in_a_traceback(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"Authorization: Bearer {SECRET}")  # noqa: TRY301
    except ValueError:
        log.get("law").exception("law.broke")
    assert "ValueError" in lines.getvalue()
    assert SECRET not in lines.getvalue()


def test_an_app_registration_shows_no_secret() -> None:
    app = ExactApp(url="https://a.example", client_id="id", client_secret=SECRET, webhook_secret=SECRET)
    assert SECRET not in repr(app)
