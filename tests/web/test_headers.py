"""What every answer carries, and what machines ask."""

import re

import pytest
from django.test import Client
from tests.web.messages import WEB

from boekbrug.web.middleware import HEADERS

PAGES = ["/inloggen", "/healthz", "/bestaat-niet", "/static/web/tokens.css", "/static/web/bridge.svg"]
TEMPLATES = sorted(WEB.rglob("*.html"))


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_guarded(page: str) -> None:
    answer = Client().get(page)
    answer.close()
    assert {name: answer[name] for name in HEADERS} == HEADERS


def test_the_policy_lets_nothing_stand_in_the_page_itself() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_templates_hold_no_script_and_no_style_of_their_own(path: str) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)


@pytest.mark.django_db
def test_pages_are_not_kept_by_anybody_in_between() -> None:
    page, style = Client().get("/inloggen"), Client().get("/static/web/tokens.css")
    style.close()
    assert "no-store" in page["Cache-Control"]
    assert "no-store" not in style["Cache-Control"]


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts() -> None:
    answer = Client().get("/inloggen")
    assert answer.cookies["csrftoken"]["httponly"]
    assert answer.cookies["csrftoken"]["samesite"] == "Lax"


def test_the_program_says_that_it_lives_without_its_database() -> None:
    assert Client().get("/healthz").content == b"ok\n"
