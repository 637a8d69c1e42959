"""The door: e-mail and password, throttled, no sign-up, and a language that the reader chooses."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tests.web import making

pytestmark = pytest.mark.django_db
LOGIN = "/inloggen"


def log_in(client: Client, mail: str, password: str, place: str = LOGIN) -> int:
    return client.post(place, {"login": mail, "password": password}).status_code


def test_with_the_right_password_one_is_in() -> None:
    making.person("ada@noord.example", making.institute())
    client = Client()
    assert log_in(client, "ada@noord.example", making.PASSWORD) == HTTPStatus.FOUND
    assert client.get("/").status_code == HTTPStatus.OK


def test_an_e_mail_address_is_taken_in_any_case() -> None:
    making.person("ada@noord.example", making.institute())
    assert log_in(Client(), "Ada@Noord.example", making.PASSWORD) == HTTPStatus.FOUND


def test_a_wrong_password_says_so_in_a_summary_and_tells_nothing_more() -> None:
    making.person("ada@noord.example")
    known, unknown = (
        Client().post(LOGIN, {"login": mail, "password": "fout"}).content.decode()
        for mail in ("ada@noord.example", "niemand@noord.example")
    )
    summary = known[known.index('role="alert"') : known.index("</div></div>", known.index('role="alert"'))]
    assert "Controleer dit eerst" in summary
    assert "Dit e-mailadres of dit wachtwoord klopt niet." in summary
    assert summary in unknown


def test_an_empty_form_marks_both_fields() -> None:
    making.person("ada@noord.example")
    page = Client().post(LOGIN, {"login": "", "password": ""}).content.decode()
    assert page.count('aria-invalid="true"') == 2
    assert 'href="#id_login"' in page


def test_guessing_is_throttled() -> None:
    making.person("ada@noord.example", making.institute())
    client = Client()
    for _ in range(5):
        log_in(client, "ada@noord.example", "fout")
    assert log_in(client, "ada@noord.example", making.PASSWORD) == HTTPStatus.OK
    assert client.get("/").status_code == HTTPStatus.FOUND
    refused = client.post(LOGIN, {"login": "ada@noord.example", "password": making.PASSWORD}).content.decode()
    assert "Te veel mislukte pogingen." in refused


def test_too_many_tries_from_one_address_get_the_page_that_says_wait() -> None:
    client = Client()
    answers = [client.post(LOGIN, {"login": "", "password": ""}) for _ in range(31)]
    assert answers[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "te vaak" in answers[-1].content.decode()


def test_where_nobody_can_log_in_yet_the_page_says_how_to_begin() -> None:
    page = Client().get(LOGIN).content.decode()
    assert "Open de link die Boekbrug bij het starten toonde" in page
    assert 'name="password"' not in page


def test_nobody_can_sign_up() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_a_person_who_was_switched_off_stays_out() -> None:
    making.person("oud@noord.example", making.institute(), is_active=False)
    client = Client()
    log_in(client, "oud@noord.example", making.PASSWORD)
    assert client.get("/").status_code == HTTPStatus.FOUND


def test_after_login_one_lands_where_one_wanted_to_be() -> None:
    making.person("ada@noord.example", making.institute())
    client = Client()
    asked = client.get("/facturen?staat=actie")["Location"]
    answer = client.post(
        asked, {"login": "ada@noord.example", "password": making.PASSWORD, "next": "/facturen?staat=actie"}
    )
    assert answer["Location"] == "/facturen?staat=actie"


def test_login_leads_nowhere_else() -> None:
    making.person("ada@noord.example", making.institute())
    form = {"login": "ada@noord.example", "password": making.PASSWORD, "next": "https://kwaad.example/"}
    assert Client().post(LOGIN, form)["Location"] == "/"


def test_logging_out_takes_a_click(reader: Client) -> None:
    assert "Uitloggen?" in reader.get("/uitloggen").content.decode()
    assert reader.get("/").status_code == HTTPStatus.OK
    reader.post("/uitloggen")
    assert reader.get("/").status_code == HTTPStatus.FOUND


def test_a_login_from_another_site_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert log_in(strict, "ada@noord.example", making.PASSWORD) == HTTPStatus.FORBIDDEN


def test_pages_are_dutch_whatever_the_browser_wants() -> None:
    page = Client().get(LOGIN, headers={"accept-language": "en"})
    assert page["Content-Language"] == "nl"
    assert 'lang="nl"' in page.content.decode()


def test_the_switch_makes_pages_english_and_stays() -> None:
    client = Client()
    answer = client.post("/taal", {"language": "en", "next": LOGIN})
    assert answer["Location"] == LOGIN
    page = client.get(LOGIN).content.decode()
    assert "Log in" in page
    assert 'lang="en"' in page


def test_a_language_that_does_not_exist_is_dutch() -> None:
    client = Client()
    client.cookies["django_language"] = "xx"
    assert client.get(LOGIN)["Content-Language"] == "nl"
