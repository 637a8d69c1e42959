"""The first visit: from a link that serve printed to a beheerder who is logged in and knows what to do next."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.reading_pages import heading, read, text_of

from boekbrug.store import models
from boekbrug.store.set_up import new_set_up_link

pytestmark = pytest.mark.django_db

FORM = {
    "organisation": "Opleidingen Noord",
    "mail": "els@noord.example",
    "password": making.PASSWORD,
    "again": making.PASSWORD,
}


def link() -> str:
    return f"/begin/{new_set_up_link(now=timezone.now())}"


def refused(**changes: str) -> str:
    """What the page says of a form that is not taken; nothing was made."""
    answer = Client().post(link(), FORM | changes)
    assert answer.status_code == HTTPStatus.OK
    assert not models.Organisation.objects.exists()
    return answer.content.decode()


def test_the_page_welcomes_and_asks_for_institute_address_and_password() -> None:
    place = link()
    assert heading(Client(), place) == "Welkom bij Boekbrug"
    page = read(Client(), place)
    for words in ("Naam van uw instituut", "Uw e-mailadres", "Wachtwoord", "Beginnen"):
        assert words in page


def test_looking_does_not_use_the_link_up() -> None:
    place = link()
    for _ in range(3):
        assert Client().get(place).status_code == HTTPStatus.OK
    assert Client().post(place, FORM).status_code == HTTPStatus.FOUND


def test_the_first_beheerder_is_logged_in_and_sees_what_to_do_next() -> None:
    client = Client()
    assert client.post(link(), FORM)["Location"] == "/service-center/integraties"
    page = read(client, "/service-center/integraties")
    assert "Nog geen koppeling met Exact" in page
    assert "Opleidingen Noord" in page
    assert "els@noord.example" in page


def test_afterwards_one_logs_in_with_address_and_password() -> None:
    Client().post(link(), FORM | {"mail": "Els@Noord.example"})
    answer = Client().post("/inloggen", {"login": FORM["mail"], "password": making.PASSWORD})
    assert answer["Location"] == "/"


def test_the_pages_of_a_new_institute_say_what_to_do() -> None:
    client = Client()
    client.post(link(), FORM)
    assert "Maak eerst een koppeling tussen Coachview en Exact." in read(client, "/")
    assert "Naar Integraties" in read(client, "/")
    assert "€" not in read(client, "/")  # no rows of zeros
    assert "Naar Integraties" in read(client, "/facturen")


def test_a_used_link_is_a_page_that_does_not_exist() -> None:
    place = link()
    Client().post(place, FORM)
    other = Client()
    assert other.get(place).status_code == HTTPStatus.NOT_FOUND
    assert other.post(place, FORM | {"organisation": "Zuid"}).status_code == HTTPStatus.NOT_FOUND
    assert models.Organisation.objects.count() == 1


@pytest.mark.parametrize("secret", ["geraden", "é", "a" * 5000])
def test_a_wrong_secret_is_a_page_that_does_not_exist(secret: str) -> None:
    link()
    assert Client().get(f"/begin/{secret}").status_code == HTTPStatus.NOT_FOUND
    assert Client().post(f"/begin/{secret}", FORM).status_code == HTTPStatus.NOT_FOUND
    assert not models.User.objects.exists()


def test_where_somebody_can_log_in_the_link_does_not_exist() -> None:
    place = link()
    making.person("operator@example.test", is_operator=True)
    assert Client().get(place).status_code == HTTPStatus.NOT_FOUND


def test_an_empty_form_marks_every_field_and_makes_nothing() -> None:
    page = refused(organisation=" ", mail="", password="", again="")
    assert page.count('aria-invalid="true"') == 4
    assert "Controleer dit eerst" in page
    assert 'href="#id_organisation"' in page


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kort", "Dit wachtwoord is te kort: het moet ten minste 8 tekens hebben."),
        ("12345678", "Dit wachtwoord wordt te vaak gebruikt en is snel geraden."),
        ("els@noord.example", "Dit wachtwoord lijkt te veel op uw e-mailadres."),
    ],
)
def test_a_weak_password_is_refused_in_our_words(password: str, why: str) -> None:
    page = refused(password=password, again=password)
    assert f'id="password_error">{why}' in page


def test_two_different_passwords_are_refused() -> None:
    assert "De twee wachtwoorden zijn niet gelijk." in refused(again="iets-heel-anders-nu")


@pytest.mark.parametrize(
    "changes", [{"mail": "geen adres"}, {"organisation": "x" * 101}, {"organisation": "a\x00b"}, {"mail": "x" * 300}]
)
def test_what_no_institute_or_address_can_be_is_refused(changes: dict[str, str]) -> None:
    assert 'aria-invalid="true"' in refused(**changes)


def test_what_was_typed_is_still_there_after_a_refusal_and_is_only_text() -> None:
    page = refused(organisation="<b>Noord & Zn.</b>", again="anders-dan-de-ene")
    assert 'value="&lt;b&gt;Noord &amp; Zn.&lt;/b&gt;"' in page
    assert making.PASSWORD not in page


def test_a_name_that_is_taken_is_told_and_the_link_still_works() -> None:
    models.Organisation.objects.create(name="Opleidingen Noord")
    place, client = link(), Client()
    assert "Er is al een instituut met deze naam." in text_of(client.post(place, FORM).content.decode())
    assert client.post(place, FORM | {"organisation": "Opleidingen Zuid"}).status_code == HTTPStatus.FOUND


def test_too_many_tries_get_the_page_that_says_wait() -> None:
    place, client = link(), Client()
    answers = [client.post(place, {}).status_code for _ in range(31)]
    assert answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert set(answers[:-1]) == {HTTPStatus.OK}


def test_a_form_from_another_site_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post(link(), FORM).status_code == HTTPStatus.FORBIDDEN


def test_the_address_leaves_the_page_in_no_referer_and_no_cache() -> None:
    answer = Client().get(link())
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("strict-origin", "no-store")


def test_every_field_has_a_label_and_its_error_beside_it() -> None:
    page = refused(organisation="", password="kort", again="lang")
    labels = set(re.findall(r'<label for="(\w+)"', page))
    assert labels == {f"id_{name}" for name in FORM}
    described = {name for names in re.findall(r'aria-describedby="([\w ]+)"', page) for name in names.split()}
    assert described <= set(re.findall(r' id="(\w+)"', page))
