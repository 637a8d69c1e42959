"""Doorsturen naar accountant: a secret link that shows one cause and nothing else, for 7 days, without an account."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.deciding import member
from tests.web.reading_pages import read, text_of

from boekbrug.store import cause_links, models
from boekbrug.store.organisations import NotFound

CLOSED = making.period_closed().cause
UNKNOWN = making.vat_code_unknown().cause


@pytest.fixture
def officer(noord: making.Institute) -> Client:
    return member(noord)


def link_made(officer: Client, cause: str = CLOSED) -> str:
    """The path of a link that was just made, as the page shows it."""
    answer = officer.post("/actie/doorsturen", {"oorzaak": cause})
    assert answer.status_code == HTTPStatus.OK
    found = re.search(r'id="link" value="https?://[^/"]+(/gedeeld/[\w-]+)"', answer.content.decode())
    assert found is not None
    return found.group(1)


def test_the_accountant_sees_the_cause_its_invoices_and_what_solves_it(officer: Client) -> None:
    page = read(Client(), link_made(officer))
    assert "1 factuur van Opleidingen Noord wacht." in page
    assert "financieel@kant.example vraagt u hiernaar te kijken." in page
    assert "er is niets van geboekt" in page
    assert "periode 6" in page.lower()
    assert "20260318" in page
    assert "Gemeente Súdwest-Fryslân" in page


def test_nothing_else_of_the_institute_is_shown_and_nothing_can_be_done(officer: Client) -> None:
    html = Client().get(link_made(officer)).content.decode()
    assert "Zorggroep De Linde" not in html
    assert "<form" not in html
    assert not re.findall(r'href="/(?!static/)[^"]*"', html)


def test_looking_uses_nothing_up_and_posting_is_refused(officer: Client) -> None:
    place = link_made(officer)
    for _ in range(3):
        assert Client().get(place).status_code == HTTPStatus.OK
    assert Client().post(place).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert Client().head(place).status_code == HTTPStatus.OK


def test_the_address_goes_nowhere_else(officer: Client) -> None:
    answer = Client().get(link_made(officer))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]


def test_it_speaks_english_when_asked_in_the_address(officer: Client) -> None:
    place = link_made(officer)
    page = read(Client(), f"{place}?taal=en")
    assert "1 invoice of Opleidingen Noord is waiting." in page
    assert "Nederlands" in page
    assert "1 factuur van" in read(Client(), f"{place}?taal=fr")


def test_only_a_hash_of_the_secret_is_kept_and_it_has_128_bits(officer: Client) -> None:
    secret = link_made(officer).rpartition("/")[2]
    row = models.CauseLink.objects.get()
    assert len(secret) >= 22
    assert secret not in str(models.CauseLink.objects.values().get())
    assert (row.made_by, row.expires_at - row.made_at) == ("financieel@kant.example", timedelta(days=7))


def test_after_seven_days_it_does_not_exist(officer: Client) -> None:
    place = link_made(officer)
    models.CauseLink.objects.update(expires_at=timezone.now())
    assert Client().get(place).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("secret", ["geraden", "é", "a" * 5000, "%00"])
def test_a_wrong_secret_does_not_exist(noord: making.Institute, secret: str) -> None:
    assert Client().get(f"/gedeeld/{secret}").status_code == HTTPStatus.NOT_FOUND


def test_a_link_is_taken_back_by_name(officer: Client) -> None:
    place = link_made(officer)
    row = models.CauseLink.objects.get()
    assert "Links die nu werken" in read(officer, "/actie/doorsturen")
    said = text_of(officer.post("/actie/doorsturen", {"intrekken": str(row.pk)}, follow=True).content.decode())
    assert "De link is ingetrokken en opent niets meer." in said
    assert "Er is geen link die nu werkt." in said
    assert Client().get(place).status_code == HTTPStatus.NOT_FOUND
    assert models.CauseLink.objects.get().revoked_by == "financieel@kant.example"
    again = officer.post("/actie/doorsturen", {"intrekken": str(row.pk)}, follow=True)
    assert "Deze link opende al niets meer." in text_of(again.content.decode())


@pytest.mark.parametrize("wrong", ["", "x", "-1", "9" * 30, "0"])
def test_what_names_no_link_takes_none_back(officer: Client, wrong: str) -> None:
    place = link_made(officer)
    officer.post("/actie/doorsturen", {"intrekken": wrong})
    assert Client().get(place).status_code == HTTPStatus.OK


def test_another_institute_neither_sees_nor_takes_back(officer: Client, noord: making.Institute) -> None:
    place = link_made(officer)
    zuid = making.institute("Opleidingen Zuid", division=7)
    stranger = Client()
    stranger.force_login(making.person("els@zuid.example", zuid))
    assert "Er is geen link die nu werkt." in read(stranger, "/actie/doorsturen")
    stranger.post("/actie/doorsturen", {"intrekken": str(models.CauseLink.objects.get().pk)})
    assert Client().get(place).status_code == HTTPStatus.OK
    with pytest.raises(NotFound):
        cause_links.forward(zuid.organisation.pk, CLOSED, who="els", now=timezone.now())


def test_who_only_looks_cannot_forward(noord: making.Institute) -> None:
    viewer = member(noord, "meekijker")
    assert viewer.post("/actie/doorsturen", {"oorzaak": CLOSED}).status_code == HTTPStatus.FORBIDDEN
    assert not models.CauseLink.objects.exists()


@pytest.mark.parametrize("cause", ["", "vat-code-unknown:other", "\x00", "x" * 1000])
def test_a_cause_that_holds_nothing_gets_no_link(officer: Client, cause: str) -> None:
    said = text_of(officer.post("/actie/doorsturen", {"oorzaak": cause}, follow=True).content.decode())
    assert "Er is geen link gemaakt." in said
    assert not models.CauseLink.objects.exists()


def test_what_is_solved_meanwhile_says_so(officer: Client) -> None:
    place = link_made(officer, UNKNOWN)
    assert "2 facturen van Opleidingen Noord wachten." in read(Client(), place)
    models.Booking.objects.filter(causes__contains=[UNKNOWN]).update(state="ready", problems=[], causes=[])
    page = read(Client(), place)
    assert "Dit is opgelost." in page
    assert "Zorggroep" not in page
    assert "Opgelost: er wacht niets meer" in read(officer, "/actie/doorsturen")


def test_the_page_can_be_mailed_and_shows_the_link_this_once(officer: Client) -> None:
    html = officer.post("/actie/doorsturen", {"oorzaak": CLOSED}).content.decode()
    assert 'href="mailto:?subject=Vraag%20over%20onze%20facturen' in html
    assert "/gedeeld/" not in officer.get("/actie/doorsturen").content.decode()


def test_the_button_stands_last_at_the_cause_and_at_the_invoice(officer: Client, noord: making.Institute) -> None:
    card = officer.get("/actie", {"oorzaak": CLOSED}).content.decode()
    assert card.index("Overslaan</summary>" if "Overslaan</summary>" in card else "Overslaan") < card.rindex(
        'formaction="/actie/doorsturen"'
    )
    invoice = officer.get(f"/facturen/{noord.made['20260318'].pk}").content.decode()
    assert invoice.index('value="skip"') < invoice.index('action="/actie/doorsturen"')
