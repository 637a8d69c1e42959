"""Actie nodig: one cause is one line; a whole cause or a selection is done at once, by who may, and told."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from tests.domain import builders
from tests.web import making
from tests.web.deciding import member
from tests.web.reading_pages import heading, read, text_of

from boekbrug.domain.catalogue import CATALOGUE
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.store import models
from boekbrug.store.records import write, write_problems

HOLDS = sorted(code for code, kind in CATALOGUE.items() if kind.holds)
VAT = "vat-code-unknown:2H"


@pytest.fixture
def kant(db: None) -> making.Institute:
    """Two invoices wait for a VAT code, one for a debtor and that code, one differs, one is unknown."""
    institute = making.institute("Opleidingen Kant")
    for number in ("20260601", "20260602"):
        wait(institute, number, making.vat_code_unknown())
    wait(institute, "20260603", making.vat_code_unknown(), looks_different())
    making.add(institute, making.training("20260604", "Rabobank"), "differs")
    making.add(institute, making.training("20260605", "De Friesland"), "unknown")
    return institute


@pytest.fixture
def officer(kant: making.Institute) -> Client:
    return member(kant)


def wait(institute: making.Institute, number: str, *problems: Problem, **fields: Any) -> models.Booking:
    invoice = builders.invoice(
        id=f"cv-{number}", number=number, debtor=builders.debtor(id=f"d-{number}", name=f"Debiteur {number[-1]}")
    )
    values = {"problems": write_problems(problems), "needs_check": False, "state_since": making.NIGHT}
    return making.add(institute, invoice, "held", **values | fields)


def looks_different() -> Problem:
    subject = Subject(kind="Account", key="c-42")
    return report("customer-looks-different", subject, debtor="Debiteur 3", code="42", name="Jansen B.V.")


def before_start() -> Problem:
    subject = Subject(option="book_from", key="2026-01-01")
    return report("dated-before-start", subject, date="2025-12-30", start="2026-01-01", definitive="2026-02-01")


def send(client: Client, **fields: Any) -> str:
    answer = client.post("/actie", fields, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return text_of(answer.content.decode())


def states(*numbers: str) -> list[str]:
    return [models.Booking.objects.get(number=number).state for number in numbers]


def test_one_cause_is_one_line_with_count_euros_since_and_who_acts(kant: making.Institute, officer: Client) -> None:
    assert heading(officer, "/actie") == "4 facturen vragen uw aandacht."
    page = read(officer, "/actie")
    assert "2 oorzaken, € 363,00. Er is niets van geboekt." in page
    assert "Beheerder Btw-code 2H is in Exact niet bekend 3 facturen · € 363,00 · sinds" in page
    assert "U Relatie 42 in Exact lijkt een andere partij 1 factuur · € 121,00" in page


def test_the_largest_cause_is_open_and_another_opens_by_its_link(kant: making.Institute, officer: Client) -> None:
    page = read(officer, "/actie")
    assert "Die code staat niet in Exact. Er is niets geboekt." in page
    assert "Daarna controleren en boeken wij deze 3 facturen vanzelf." in page
    assert "20260601 Debiteur 1 € 121,00" in page
    assert "heeft in Exact het nummer van de debiteur" not in page
    other = read(officer, "/actie?oorzaak=" + quote(looks_different().cause))
    assert "heeft in Exact het nummer van de debiteur" in other
    assert "20260601" not in other


def test_what_differs_and_what_is_being_verified_is_told_apart(kant: making.Institute, officer: Client) -> None:
    page = read(officer, "/actie")
    assert "Exact heeft iets anders dan wij stuurden 1 factuur · € 1.055,20 · wel geboekt" in page
    assert "Exact antwoordde niet op tijd bij 1 factuur (€ 1.055,20)." in page
    listed = read(officer, "/facturen?staat=afwijkend")
    assert "20260604" in listed
    assert "20260601" not in listed


def test_technical_details_are_folded_away(kant: making.Institute, officer: Client) -> None:
    html = officer.get("/actie").content.decode()
    assert html.index("<details><summary>Technische gegevens") < html.index("<dd>vat-code-unknown</dd>")


def test_nothing_to_do_says_so(db: None) -> None:
    assert heading(member(making.institute("Leeg")), "/actie") == "Er wacht niets op u."


@pytest.mark.parametrize("code", HOLDS)
def test_every_cause_has_something_to_do(code: str, db: None) -> None:
    institute = making.institute("Elke Oorzaak")
    wait(institute, "20260701", Problem(code=code, values=tuple((name, "") for name in CATALOGUE[code].values)))
    html = member(institute).get("/actie").content.decode()
    assert 'class="button primary"' in html
    assert 'value="skip:alles"' in html


def test_a_whole_cause_is_tried_again(kant: making.Institute, officer: Client) -> None:
    said = send(officer, oorzaak=VAT, actie="retry:alles")
    assert "3 facturen worden opnieuw gelezen en gecontroleerd." in said
    assert models.Booking.objects.filter(reread=True, needs_check=True).count() == 3


def test_a_whole_cause_is_skipped_with_a_reason(kant: making.Institute, officer: Client) -> None:
    assert "Vul een reden in." in send(officer, oorzaak=VAT, actie="skip:alles")
    assert states("20260601") == ["held"]
    assert "3 facturen overgeslagen." in send(officer, oorzaak=VAT, actie="skip:alles", reden="Oud")
    assert states("20260601", "20260602", "20260603") == ["skipped"] * 3
    history = models.BookingHistory.objects.filter(to_state="skipped").order_by("id").first()
    assert history is not None
    assert (history.who_kind, history.who_name, history.why) == ("person", "financieel@kant.example", "Oud")


def test_a_selection_is_acted_on_and_the_rest_is_left(kant: making.Institute, officer: Client) -> None:
    first = models.Booking.objects.get(number="20260601")
    said = send(officer, oorzaak=VAT, actie="skip:kies", kies=[str(first.pk)], reden="Dubbel")
    assert "1 factuur overgeslagen." in said
    assert states("20260601", "20260602") == ["skipped", "held"]
    assert "Kies eerst een of meer facturen." in send(officer, oorzaak=VAT, actie="retry:kies")


def test_invoices_from_before_the_start_are_booked_anyway_together(officer: Client, kant: making.Institute) -> None:
    wait(kant, "20260611", before_start())
    wait(kant, "20260612", before_start())
    assert "2 facturen worden toch geboekt." in send(officer, oorzaak=before_start().cause, actie="book-anyway:alles")
    assert states("20260611", "20260612") == ["ready", "ready"]


def test_the_relation_of_a_cause_is_linked_by_one_click(kant: making.Institute, officer: Client) -> None:
    customer = builders.customer(exact_id="c-42", code="42", name="Jansen B.V.")
    models.CustomerCopy.objects.create(
        administration=kant.administration, exact_id="c-42", code_key="42", record=write(customer)
    )
    cause = looks_different().cause
    html = officer.get("/actie?oorzaak=" + quote(cause)).content.decode()
    assert 'value="link-customer:alles:c-42">Koppelen aan 42 · Jansen B.V.' in html
    assert "De debiteur is gekoppeld." in send(officer, oorzaak=cause, actie="link-customer:alles:c-42")
    assert models.DebtorLink.objects.get().debtor_id == "d-20260603"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Deze handeling bestaat niet."),
        ({"actie": "retry:alles"}, "Er was niets meer te doen"),
        ({"actie": "retry:alles", "oorzaak": "bestaat-niet:x"}, "Er was niets meer te doen"),
        ({"actie": "alles-weg:alles", "oorzaak": VAT}, "Deze handeling bestaat niet."),
        ({"actie": "map-code:alles", "oorzaak": VAT}, "Deze handeling bestaat niet."),
        ({"actie": "link-customer:alles", "oorzaak": VAT}, "Kies eerst een relatie."),
        ({"actie": "skip:kies", "oorzaak": VAT, "kies": "x", "reden": "r"}, "Kies eerst een of meer facturen."),
        ({"actie": "skip:kies", "oorzaak": VAT, "kies": "999999", "reden": "r"}, "Er was niets meer te doen"),
        ({"actie": "skip:kies", "oorzaak": VAT, "kies": "9" * 30, "reden": "r"}, "Kies eerst een of meer facturen."),
        ({"actie": "retry:alles", "oorzaak": "\x00" * 400}, "Er was niets meer te doen"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_changes_nothing(
    kant: making.Institute, officer: Client, fields: dict[str, str], sentence: str
) -> None:
    assert sentence in send(officer, **fields)
    assert states("20260601", "20260602", "20260603") == ["held"] * 3


def test_a_cause_that_is_gone_opens_the_first_one(kant: making.Institute, officer: Client) -> None:
    assert "Btw-code 2H" in read(officer, "/actie?oorzaak=weg:1&vanaf=x")


def test_an_onlooker_sees_causes_and_no_buttons(kant: making.Institute) -> None:
    onlooker = member(kant, "meekijker")
    html = onlooker.get("/actie").content.decode()
    assert "Btw-code 2H" in html
    assert 'name="actie"' not in html
    assert onlooker.post("/actie", {"oorzaak": VAT, "actie": "retry:alles"}).status_code == HTTPStatus.FORBIDDEN


def test_another_organisations_invoices_are_out_of_reach(kant: making.Institute) -> None:
    stranger = member(making.institute("Ver Weg", division=9), "beheerder")
    assert "Btw-code 2H" not in read(stranger, "/actie")
    ids = list(models.Booking.objects.values_list("pk", flat=True))
    send(stranger, oorzaak=VAT, actie="skip:alles", reden="van een ander")
    send(stranger, actie="skip:kies", kies=ids, reden="van een ander")
    assert states("20260601", "20260602", "20260603") == ["held"] * 3


def test_the_page_asks_the_database_little(
    kant: making.Institute, officer: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(70):
        wait(kant, f"2026{number:04}", report("reference-missing", Subject(key=f"d-{number}"), debtor=str(number)))
    with django_assert_max_num_queries(12):
        page = text_of(officer.get("/actie").content.decode())
    assert "Volgende oorzaken" in page
    assert "Vorige" in read(officer, "/actie?vanaf=50")


def test_the_list_of_a_cause_is_one_click_away(kant: making.Institute, officer: Client) -> None:
    for number in range(60):
        wait(kant, f"2027{number:04}", making.vat_code_unknown())
    page = officer.get("/actie").content.decode()
    assert f'href="/facturen?oorzaak={quote(VAT)}">Alle 63 facturen' in page
    listed = read(officer, f"/facturen?oorzaak={quote(VAT)}")
    assert "63 facturen" in listed
    assert "20260604" not in listed


def test_invoices_are_ticked_in_the_list_too(kant: making.Institute, officer: Client) -> None:
    first, second = (models.Booking.objects.get(number=number) for number in ("20260601", "20260602"))
    address = "/facturen?staat=actie"
    answer = officer.post(address, {"kies": [str(first.pk)], "actie": "retry"}, follow=True)
    assert answer.redirect_chain == [(address, HTTPStatus.FOUND)]
    assert "1 factuur wordt opnieuw gelezen" in text_of(answer.content.decode())
    officer.post(address, {"kies": [str(second.pk)], "actie": "skip", "reden": "Dubbel"})
    assert states("20260601", "20260602") == ["held", "skipped"]
    for wrong in ({"actie": "skip", "reden": "x"}, {"kies": [str(first.pk)], "actie": "book-anyway"}):
        officer.post(address, wrong)
    assert states("20260601") == ["held"]


def test_an_onlooker_ticks_nothing(kant: making.Institute) -> None:
    onlooker = member(kant, "meekijker")
    assert 'name="kies"' not in onlooker.get("/facturen").content.decode()
    assert onlooker.post("/facturen", {"actie": "retry"}).status_code == HTTPStatus.FORBIDDEN
