"""What a person does at one invoice: the actions by its problem, who may, and what a stale page gets."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.domain import builders
from tests.web import making
from tests.web.deciding import member
from tests.web.reading_pages import read, text_of

from boekbrug.domain.actions import Action
from boekbrug.domain.catalogue import CATALOGUE
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.store import models
from boekbrug.store.moment import moment
from boekbrug.store.records import write, write_problems
from boekbrug.web import deeds

HOLDS = sorted(code for code, kind in CATALOGUE.items() if kind.holds)


@pytest.fixture
def kant(db: None) -> making.Institute:
    return making.institute("Opleidingen Kant")


@pytest.fixture
def officer(kant: making.Institute) -> Client:
    return member(kant)


def held(kant: making.Institute, *problems: Problem, number: str = "20260501") -> models.Booking:
    invoice = builders.invoice(id=f"cv-{number}", number=number)
    causes = [problem.cause for problem in problems]
    return making.add(kant, invoice, "held", problems=write_problems(problems), causes=causes, needs_check=False)


def relation(kant: making.Institute, **fields: Any) -> str:
    customer = builders.customer(**fields)
    models.CustomerCopy.objects.create(
        administration=kant.administration,
        exact_id=customer.exact_id,
        code_key=customer.code.strip(),
        record=write(customer),
    )
    return customer.exact_id


def place(booking: models.Booking) -> str:
    return f"/facturen/{booking.pk}"


def do(client: Client, booking: models.Booking, action: str, **fields: str) -> str:
    """What the person reads after doing it."""
    answer = client.post(place(booking), {"actie": action, **fields}, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return text_of(answer.content.decode())


def state(booking: models.Booking) -> str:
    return models.Booking.objects.get(pk=booking.pk).state


def about_customer(code: str, key: str = "c-42") -> Problem:
    return report(code, Subject(kind="Account", key=key), debtor="Bakkerij Jansen", code="42", name="Jansen B.V.")


def before_start() -> Problem:
    subject = Subject(option="book_from", key="2026-01-01")
    return report("dated-before-start", subject, date="2025-12-30", start="2026-01-01", definitive="2026-02-01")


@pytest.mark.parametrize("code", HOLDS)
def test_every_problem_that_holds_offers_something_on_the_page(
    kant: making.Institute, officer: Client, code: str
) -> None:
    booking = held(kant, Problem(code=code, values=tuple((name, "") for name in CATALOGUE[code].values)))
    html = officer.get(place(booking)).content.decode()
    for action in ("retry", "skip"):
        assert f'value="{action}"' in html
    assert "Wat u kunt doen" in html


def test_an_invoice_from_before_the_start_is_booked_anyway(kant: making.Institute, officer: Client) -> None:
    booking = held(kant, before_start())
    said = do(officer, booking, "book-anyway")
    assert "De factuur wordt toch geboekt" in said
    assert "Toch boeken gekozen" in said
    row = models.Booking.objects.get(pk=booking.pk)
    assert (row.state, row.book_anyway, row.needs_check) == ("ready", True, True)


def test_a_skip_needs_a_reason_and_is_undone_by_a_click(kant: making.Institute, officer: Client) -> None:
    booking = held(kant, before_start())
    assert "Vul een reden in." in do(officer, booking, "skip", reden="  ")
    assert state(booking) == "held"
    said = do(officer, booking, "skip", reden="Contant betaald")
    assert state(booking) == "skipped"
    assert "financieel@kant.example Contant betaald" in said
    assert "Overslaan teruggedraaid" in do(officer, booking, "unskip")
    assert state(booking) == "ready"


def test_a_click_counts_at_once_although_the_webs_own_clock_is_ahead(
    kant: making.Institute, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers' clock is the database's (docs/decisions/0016); what is due in four minutes would wait for them."""
    booking = held(kant, Problem(code="reference-missing", values=(("debtor", "Jansen"),)))
    ahead = timezone.now() + timedelta(minutes=4)
    monkeypatch.setattr(timezone, "now", lambda: ahead)
    do(officer, booking, "retry")
    due = models.DueStep.objects.filter(administration=kant.administration).values_list("due_at", flat=True)
    assert due
    assert max(due) <= moment()


def test_trying_again_reads_it_anew_and_says_who_asked(kant: making.Institute, officer: Client) -> None:
    booking = held(kant, Problem(code="reference-missing", values=(("debtor", "Jansen"),)))
    said = do(officer, booking, "retry")
    assert "De factuur wordt opnieuw uit Coachview gelezen" in said
    assert "Opnieuw proberen gekozen" in said
    row = models.Booking.objects.get(pk=booking.pk)
    assert (row.state, row.reread, row.needs_check) == ("held", True, True)
    steps = models.DueStep.objects.filter(administration=kant.administration)
    assert {"fetch", "check"} <= set(steps.values_list("step", flat=True))


def test_a_difference_is_accepted_with_a_reason(kant: making.Institute, officer: Client) -> None:
    booking = making.add(kant, making.training("20260502", "Rabobank"), "differs")
    assert "Vul een reden in." in do(officer, booking, "accept-difference")
    assert "Zo afgesproken" in do(officer, booking, "accept-difference", reden="Zo afgesproken")
    assert state(booking) == "proven"


def test_the_relation_that_the_check_named_is_linked_by_a_click(kant: making.Institute, officer: Client) -> None:
    exact_id = relation(kant, code="42", name="Jansen B.V.")
    booking = held(kant, about_customer("customer-looks-different", exact_id))
    assert "Door de controle genoemd 42 · Jansen B.V. Utrecht Koppelen" in read(officer, place(booking))
    said = do(officer, booking, "link-customer", relatie=exact_id)
    assert "De debiteur is gekoppeld. Al zijn facturen worden opnieuw gecontroleerd." in said
    assert "Debiteur gekoppeld aan relatie 42 · Jansen B.V." in said
    link = models.DebtorLink.objects.get()
    assert (link.debtor_id, link.customer_id, link.who) == ("d-42", exact_id, "financieel@kant.example")


def test_another_relation_is_searched_by_number_or_name(kant: making.Institute, officer: Client) -> None:
    relation(kant, exact_id="c-7", code="7", name="Bakkerij De Jong")
    relation(kant, exact_id="c-8", code="8", name="Geblokkeerd B.V.", blocked=True)
    booking = held(kant, about_customer("customer-blocked", "c-8"))
    assert "7 · Bakkerij De Jong" in read(officer, f"{place(booking)}?relatie=0007")
    assert "7 · Bakkerij De Jong" in read(officer, f"{place(booking)}?relatie=de+jong")
    assert "Geen relatie gevonden met “xyz”" in read(officer, f"{place(booking)}?relatie=xyz")
    html = officer.get(f"{place(booking)}?relatie=8").content.decode()
    assert "geblokkeerd" in html
    assert 'value="c-8"' not in html


def test_a_supplier_becomes_a_customer_too(kant: making.Institute, officer: Client) -> None:
    exact_id = relation(kant, exact_id="c-9", code="42", name="Drukkerij", status="S", supplier=True)
    booking = held(kant, about_customer("customer-is-supplier", exact_id))
    assert "42 · Drukkerij ook klant maken" in read(officer, place(booking))
    assert "nog geen klant. Kies Klant maken." in do(officer, booking, "link-customer", relatie=exact_id)
    assert not models.DebtorLink.objects.exists()
    assert "Relatie 42 · Drukkerij ook klant gemaakt" in do(officer, booking, "make-customer", relatie=exact_id)
    assert models.DebtorLink.objects.get().make_customer


def test_a_new_relation_is_made_anyway(kant: making.Institute, officer: Client) -> None:
    values = {"debtor": "Jansen", "code": "42", "name": "Jansen B.V.", "agrees": "iban"}
    booking = held(kant, report("customer-maybe-exists", Subject(kind="Account", key="d-42"), **values))
    assert "Toch een nieuwe relatie maken" in read(officer, place(booking))
    assert "Nieuwe relatie gekozen" in do(officer, booking, "create-customer")
    assert models.DebtorLink.objects.get().create_anyway


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Kies eerst een relatie."),
        ({"relatie": "c-of-nobody"}, "Die relatie is niet meer te vinden."),
        ({"relatie": "\x00"}, "Kies eerst een relatie."),
        ({"relatie": "x" * 5000}, "Die relatie is niet meer te vinden."),
    ],
)
def test_a_relation_that_is_none_changes_nothing(
    kant: making.Institute, officer: Client, fields: dict[str, str], sentence: str
) -> None:
    booking = held(kant, about_customer("customer-looks-different"))
    assert sentence in do(officer, booking, "link-customer", **fields)
    assert not models.DebtorLink.objects.exists()


def test_a_relation_of_another_administration_cannot_be_linked(kant: making.Institute, officer: Client) -> None:
    far = making.institute("Ver Weg", division=9)
    booking = held(kant, about_customer("customer-looks-different"))
    assert "niet meer te vinden" in do(officer, booking, "link-customer", relatie=relation(far, exact_id="c-far"))


def test_a_code_is_mapped_and_an_option_changed_where_they_stand(kant: making.Institute, officer: Client) -> None:
    booking = held(kant, making.vat_code_unknown(), making.period_closed())
    html = officer.get(place(booking)).content.decode()
    base = f"/service-center/integraties/{kant.integration.pk}"
    assert f'href="{base}/koppeltabellen#tabel-vat_code">Btw-code koppelen' in html
    assert f'href="{base}#id_closed_period">Instelling aanpassen' in html


def test_an_invoice_of_no_koppeling_offers_what_makes_sense(kant: making.Institute, officer: Client) -> None:
    booking = held(kant, report("integration-none", Subject(option="invoice_filter"), number="1"))
    models.Booking.objects.update(integration=None, administration=None)
    html = officer.get(place(booking)).content.decode()
    assert 'href="/service-center/integraties">Instelling aanpassen' in html
    assert "Koppelen aan bestaande boeking" not in html
    assert "opnieuw uit Coachview gelezen" in do(officer, booking, "retry")


@pytest.mark.parametrize("action", [action.value for action in Action if action in deeds.ON_ONE])
@pytest.mark.parametrize("now", ["booking", "unknown", "booked", "proven"])
def test_a_stale_page_gets_a_sentence_and_changes_nothing(
    kant: making.Institute, officer: Client, action: str, now: str
) -> None:
    exact_id = relation(kant)
    booking = held(kant, before_start())
    models.Booking.objects.update(state=now)
    said = do(officer, booking, action, reden="te laat", relatie=exact_id)
    assert "Deze factuur was al verder. Er is niets gewijzigd." in said
    assert state(booking) == now
    assert not models.DebtorLink.objects.exists()


@pytest.mark.parametrize("action", ["", "verwijder-alles", "map-code", "\x00"])
def test_an_action_that_does_not_exist_changes_nothing(kant: making.Institute, officer: Client, action: str) -> None:
    booking = held(kant, before_start())
    assert "Deze handeling bestaat niet." in do(officer, booking, action)
    assert state(booking) == "held"


def test_an_onlooker_sees_the_problem_and_no_buttons(kant: making.Institute) -> None:
    booking = held(kant, before_start())
    onlooker = member(kant, "meekijker")
    assert "Wat u kunt doen" not in read(onlooker, place(booking))
    assert onlooker.post(place(booking), {"actie": "book-anyway"}).status_code == HTTPStatus.FORBIDDEN
    assert state(booking) == "held"


def test_another_organisations_invoice_does_not_exist(kant: making.Institute) -> None:
    booking = held(kant, before_start())
    stranger = member(making.institute("Ver Weg", division=9), "beheerder")
    assert stranger.post(place(booking), {"actie": "book-anyway"}).status_code == HTTPStatus.NOT_FOUND
    assert stranger.post("/facturen/999999", {"actie": "book-anyway"}).status_code == HTTPStatus.NOT_FOUND
    assert state(booking) == "held"


def test_a_form_without_its_token_is_refused(kant: making.Institute) -> None:
    booking = held(kant, before_start())
    client = Client(enforce_csrf_checks=True)
    client.force_login(making.person("els@kant.example", kant))
    assert client.post(place(booking), {"actie": "book-anyway"}).status_code == HTTPStatus.FORBIDDEN
