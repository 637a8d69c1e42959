"""Law 7: a known secret shows in no log line, in no repr and on no error page."""

import ast
import io
import logging
import re

import pytest
import structlog
from django.test import Client
from tests.laws.source import files, tree, where

from boekbrug import log
from boekbrug.settings import ExactApp, Settings

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
        {"event_text": f"Method Not Allowed (POST): /gedeeld/{SECRET}"},
        {"event_text": f"Not Found: /hooks/coachview/{SECRET}"},
        {"event_text": f"https://a.example/hooks/coachview/{SECRET}?x=1 was called"},
        {"conninfo": f"host=db.example user=me password={SECRET} dbname=boekbrug"},
        {"conninfo": f"host=db.example password='with a blank {SECRET}' dbname=boekbrug"},
        {"conninfo": f'{{"password": "with a blank {SECRET}"}}'},
        {"conninfo": f"password='it\\'s {SECRET}'"},
        {"address": f"postgresql://me:p@ss@{SECRET}@db.example/boekbrug"},
        {"address": f"smtp://me:{SECRET}@mail.example"},
        {"sealed": f"opened gAAAAABk{SECRET}{'x' * 20}"},
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


@pytest.mark.parametrize("json", [True, False])
def test_what_only_a_variable_holds_shows_in_no_traceback(json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    log.configure(level=logging.DEBUG, json=json)
    held = SECRET
    try:
        raise ValueError(len(held))  # noqa: TRY301
    except ValueError:
        log.get("law").exception("law.broke")
        logging.getLogger("django.request").exception("it broke")
    assert written.getvalue().count("ValueError") >= 2
    assert SECRET not in written.getvalue()


def test_the_settings_show_no_secret(home: object) -> None:
    ours = Settings.read(
        {
            "BOEKBRUG_HOME": str(home),
            "DATABASE_URL": f"postgresql://me:{SECRET}@db.example/boekbrug",
            "BOEKBRUG_MAIL_URL": f"smtp://me:{SECRET}@mail.example",
            "BOEKBRUG_EXACT_CLIENT_ID": "app",
            "BOEKBRUG_EXACT_CLIENT_SECRET": SECRET,
            "BOEKBRUG_EXACT_WEBHOOK_SECRET": SECRET,
        }
    )
    assert not [word for word in (SECRET, *ours.secret_keys) if word in repr(ours) + str(ours)]


SECRET_FIELD = re.compile(r"secret|password|token|^(access|refresh)$|_keys$", re.IGNORECASE)
MAY_SHOW = {"Profile.token", "Situation.token_held", "IntegrationRow.token_at"}
"""A path, a yes or no, and a moment."""


def test_a_record_that_holds_a_secret_does_not_show_it() -> None:
    showing = [
        f"{where(path, node)} {node.name}.{field.target.id}"
        for path in files("src/boekbrug")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list)
        for field in node.body
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and SECRET_FIELD.search(field.target.id)
        and f"{node.name}.{field.target.id}" not in MAY_SHOW
        and "repr=False" not in (ast.unparse(field.value) if field.value else "")
    ]
    assert not showing


@pytest.fixture
def stranger(db: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "address", ["/hooks/coachview/{}", "/begin/{}", "/gedeeld/{}", "/oauth/exact/return?code={}&state=x"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_that_refuses_an_address_does_not_repeat_its_secret(
    stranger: Client, lines: io.StringIO, address: str, method: str
) -> None:
    answer = getattr(stranger, method)(address.format(SECRET))
    assert answer.status_code >= 300
    assert SECRET not in lines.getvalue()
    if not address.startswith(("/begin", "/gedeeld")):  # whose language form leads back to the visitor's own address
        assert SECRET not in answer.content.decode()


@pytest.mark.urls("tests.laws.a_page_that_breaks")
def test_the_error_page_and_its_log_tell_no_secret(stranger: Client, lines: io.StringIO) -> None:
    answer = stranger.get("/")
    assert answer.status_code == 500
    assert SECRET not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    assert "RuntimeError" in lines.getvalue()
    assert SECRET not in lines.getvalue()
