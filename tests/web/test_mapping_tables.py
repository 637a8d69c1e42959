"""Koppeltabellen: what waits for a code comes first, proposals are confirmed by a person, two people do not collide."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from tests.domain import builders
from tests.web import making
from tests.web.deciding import add_codes, codes_that_differ, member
from tests.web.reading_pages import heading, read, text_of

from boekbrug.store import models
from boekbrug.store.mapping import Wish, set_mappings


@pytest.fixture
def kant(db: None) -> making.Institute:
    return codes_that_differ(making.institute("Opleidingen Kant"))


@pytest.fixture
def chooser(kant: making.Institute) -> Client:
    return member(kant, "beheerder")


def place(kant: making.Institute) -> str:
    return f"/service-center/integraties/{kant.integration.pk}/koppeltabellen"


def rows(kant: making.Institute) -> dict[tuple[str, str], str]:
    found = models.Mapping.objects.filter(integration=kant.integration)
    return {(row.kind, row.from_code): row.to_code for row in found}


def send(client: Client, kant: making.Institute, **fields: Any) -> str:
    """The page after a form was sent."""
    names = {name.replace("__", ".").replace("_DOT_", "-"): value for name, value in fields.items()}
    answer = client.post(place(kant), names, follow=True)
    assert answer.status_code in {HTTPStatus.OK, HTTPStatus.CONFLICT}
    return text_of(answer.content.decode())


def test_codes_that_exact_lacks_come_first_with_what_waits_for_them(kant: making.Institute, chooser: Client) -> None:
    assert heading(chooser, place(kant)) == "3 codes wachten op een keuze."
    page = read(chooser, place(kant))
    assert "2H 21% Staat niet in Exact 3 facturen € 363,00" in page
    assert "Zwolle Staat niet in Exact 1 factuur € 60,50" in page
    assert "Incasso Nog niet gekozen 1 factuur" in page


def test_each_proposal_says_why(kant: making.Institute, chooser: Client) -> None:
    page = read(chooser, place(kant))
    assert "2 · Btw hoog 21%, exclusief zelfde percentage, en de enige die past" in page
    assert "ZWO · Zwolle zelfde naam" in page
    assert "de enige betalingsconditie voor incasso" in page


def test_codes_that_are_the_same_are_folded_away(kant: making.Institute, chooser: Client) -> None:
    page = read(chooser, place(kant))
    assert "1 code is op beide plaatsen dezelfde 8000 → 8000 · Omzet trainingen" in page
    assert "30 dagen → 30 · 30 dagen" in page


def test_one_proposal_is_confirmed_and_what_waits_is_checked_anew(kant: making.Institute, chooser: Client) -> None:
    models.Booking.objects.update(needs_check=False)
    page = send(chooser, kant, bevestig="vat_code.2H", voorstel__vat_code__2H="2", gezien__vat_code__2H="")
    assert rows(kant) == {("vat_code", "2H"): "2"}
    assert "1 code opgeslagen. Wat daarop wacht, wordt opnieuw gecontroleerd." in page
    assert "gekozen door beheerder@kant.example" in page
    assert models.Booking.objects.filter(needs_check=True).count() == 5
    assert models.DueStep.objects.filter(administration=kant.administration, step="check").exists()


def test_a_selection_or_all_are_confirmed_at_once(kant: making.Institute, chooser: Client) -> None:
    offered = {"voorstel__vat_code__2H": "2", "voorstel__cost_centre__Zwolle": "ZWO"}
    send(chooser, kant, actie="selectie", kies=["cost_centre.Zwolle"], **offered)
    assert rows(kant) == {("cost_centre", "Zwolle"): "ZWO"}
    send(chooser, kant, actie="alles", **offered)
    assert rows(kant) == {("cost_centre", "Zwolle"): "ZWO", ("vat_code", "2H"): "2"}


def test_another_code_is_picked_and_taken_away_again_with_its_history(kant: making.Institute, chooser: Client) -> None:
    send(chooser, kant, actie="opslaan", naar__gl_account__8000="8010", gezien__gl_account__8000="")
    assert rows(kant) == {("gl_account", "8000"): "8010"}
    page = send(chooser, kant, wis="gl_account.8000", gezien__gl_account__8000="8010")
    assert rows(kant) == {}
    assert "Grootboekrekening 8000: van 8010 naar geen" in page
    assert "Grootboekrekening 8000: van geen naar 8010" in page


def test_a_code_that_no_invoice_uses_yet_gets_a_row(kant: making.Institute, chooser: Client) -> None:
    answer = chooser.post(place(kant), {"nieuw.vat_code": " 9L ", "nieuw-naar.vat_code": "1"}, follow=True)
    assert rows(kant) == {("vat_code", "9L"): "1"}
    assert "9L" in text_of(answer.content.decode())


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(kant: making.Institute, chooser: Client) -> None:
    wish = Wish(kind="vat_code", from_code="2H", to_code="1", seen="")
    set_mappings(kant.integration.pk, [wish], who="els@kant.example", now=making.NIGHT)
    page = send(
        chooser,
        kant,
        actie="opslaan",
        naar__vat_code__2H="2",
        gezien__vat_code__2H="",
        naar__cost_centre__Zwolle="ZWO",
        gezien__cost_centre__Zwolle="",
    )
    assert "Btw-code 2H is intussen door els@kant.example gekoppeld aan 1. Er is niets opgeslagen." in page
    assert rows(kant) == {("vat_code", "2H"): "1"}


def test_what_the_other_one_chose_alike_is_no_quarrel(kant: making.Institute, chooser: Client) -> None:
    wish = Wish(kind="vat_code", from_code="2H", to_code="2")
    set_mappings(kant.integration.pk, [wish], who="els@kant.example", now=making.NIGHT)
    send(chooser, kant, bevestig="vat_code.2H", voorstel__vat_code__2H="2", gezien__vat_code__2H="")
    assert rows(kant) == {("vat_code", "2H"): "2"}
    assert models.MappingChange.objects.count() == 1


def test_a_row_that_somebody_took_away_is_told_too(kant: making.Institute, chooser: Client) -> None:
    for code in ("1", ""):
        wish = Wish(kind="vat_code", from_code="2H", to_code=code)
        set_mappings(kant.integration.pk, [wish], who="els@kant.example", now=making.NIGHT)
    page = send(chooser, kant, naar__vat_code__2H="2", gezien__vat_code__2H="1")
    assert "De rij van Btw-code 2H is intussen door els@kant.example weggehaald." in page


@pytest.mark.parametrize(
    ("key", "code", "sentence"),
    [
        ("vat_code.2H", "99", "Btw-code 2H kan niet 99 worden: staat niet in Exact."),
        ("gl_account.8000", "8999", "Grootboekrekening 8000 kan niet 8999 worden: in Exact geblokkeerd."),
        ("payment_term.direct-debit", "30", "Incasso kan niet 30 worden: is in Exact geen incasso."),
        ("vat_code.2H", "x" * 101, "Een code is leeg of langer dan 100 tekens."),
        ("vat_code.", "2", "Een code is leeg of langer dan 100 tekens."),
        ("kleur.2H", "2", "Een code is leeg of langer dan 100 tekens."),
        ("vat_code.2H", "2\x00", "Btw-code 2H kan niet"),
    ],
)
def test_what_exact_cannot_use_is_refused_with_what_was_typed(
    kant: making.Institute, chooser: Client, key: str, code: str, sentence: str
) -> None:
    answer = chooser.post(place(kant), {f"naar.{key}": code, f"gezien.{key}": ""})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert sentence in text_of(answer.content.decode())
    assert rows(kant) == {}


def test_a_code_that_vanished_or_was_blocked_in_exact_shows_red(kant: making.Institute, chooser: Client) -> None:
    wishes = [
        Wish(kind="vat_code", from_code="2H", to_code="2"),
        Wish(kind="gl_account", from_code="X", to_code="8010"),
    ]
    set_mappings(kant.integration.pk, wishes, who="els@kant.example", now=making.NIGHT)
    copy = models.ReferenceRow.objects.filter(administration=kant.administration)
    copy.filter(kind="vat_code", code="2").delete()
    copy.filter(kind="gl_account", code="8010").delete()
    add_codes(kant, "gl_account", builders.gl_account("8010", blocked=True))
    html = chooser.get(place(kant)).content.decode()
    assert html.count('class="pill red"') == 2
    assert "In Exact geblokkeerd" in html


def test_before_exact_was_read_any_code_may_be_written_down(kant: making.Institute, chooser: Client) -> None:
    models.ReferenceRow.objects.all().delete()
    assert "De codes van Exact zijn nog niet gelezen" in read(chooser, place(kant))
    send(chooser, kant, naar__vat_code__2H="4", gezien__vat_code__2H="")
    assert rows(kant) == {("vat_code", "2H"): "4"}


@pytest.mark.parametrize("role", ["meekijker", "financieel"])
def test_who_does_not_configure_sees_and_may_not_save(kant: making.Institute, role: str) -> None:
    onlooker = member(kant, role)
    html = onlooker.get(place(kant)).content.decode()
    assert "zelfde percentage" in html
    assert "Een beheerder kiest en bevestigt deze codes." in html
    assert 'name="actie"' not in html
    assert onlooker.post(place(kant), {"actie": "alles"}).status_code == HTTPStatus.FORBIDDEN
    assert rows(kant) == {}


def test_another_organisations_tables_do_not_exist(kant: making.Institute) -> None:
    stranger = member(making.institute("Ver Weg", division=9), "beheerder")
    assert stranger.get(place(kant)).status_code == HTTPStatus.NOT_FOUND
    wanted = {"naar.vat_code.2H": "2", "gezien.vat_code.2H": ""}
    assert stranger.post(place(kant), wanted).status_code == HTTPStatus.NOT_FOUND
    assert rows(kant) == {}


def test_a_deleted_koppeling_is_not_changed_any_more(kant: making.Institute, chooser: Client) -> None:
    models.Integration.objects.update(state="deleted")
    assert chooser.post(place(kant), {"naar.vat_code.2H": "2"}).status_code == HTTPStatus.NOT_FOUND


def test_nothing_asked_is_nothing_changed(kant: making.Institute, chooser: Client) -> None:
    assert "Er is niets gewijzigd." in send(chooser, kant, actie="selectie")
    assert "Er is niets gewijzigd." in send(chooser, kant)


@pytest.fixture
def many(kant: making.Institute) -> making.Institute:
    """120 cost centres that Exact does not have, beside the one of the example; the last ones cost the most."""
    lines = [
        builders.line(f"{number}.00", id=f"l-{number}", number=number, cost_centre=f"K{number:03}")
        for number in range(1, 121)
    ]
    making.add(kant, builders.invoice(*lines, id="cv-many", number="20269000"), "held")
    return kant


def test_of_a_long_table_the_next_page_has_the_other_rows(many: making.Institute, chooser: Client) -> None:
    first, second = (chooser.get(place(many) + part).content.decode() for part in ("", "?cost_centre=75"))
    assert "1 t/m 75 van 121 codes" in first
    assert 'rel="next" href="?cost_centre=75#tabel-cost_centre"' in first
    assert "76 t/m 121 van 121 codes" in second
    assert 'rel="prev" href="?cost_centre=0#tabel-cost_centre"' in second
    shown = [set(re.findall(r'name="naar\.cost_centre\.(\w+)"', page)) for page in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (75, 46, set())


def test_the_heading_counts_all_that_waits_and_not_only_what_is_shown(many: making.Institute, chooser: Client) -> None:
    assert heading(chooser, place(many)) == "123 codes wachten op een keuze."


def test_a_page_further_is_saved_and_shown_again(many: making.Institute, chooser: Client) -> None:
    code = {"naar.cost_centre.Zwolle": "ZWO", "gezien.cost_centre.Zwolle": ""}
    answer = chooser.post(place(many) + "?cost_centre=75", code)
    assert rows(many) == {("cost_centre", "Zwolle"): "ZWO"}
    assert answer["Location"] == place(many) + "?cost_centre=75"


@pytest.mark.parametrize("part", ["?cost_centre=x", "?cost_centre=9999", "?cost_centre=-1", "?cost_centre=²"])
def test_a_page_that_is_not_there_is_the_first(many: making.Institute, chooser: Client, part: str) -> None:
    assert "1 t/m 75 van 121 codes" in read(chooser, place(many) + part)


def test_an_unreadable_invoice_is_in_nobodys_way(kant: making.Institute, chooser: Client) -> None:
    models.Invoice.objects.filter(number="20260401").update(record=None)
    assert "2 facturen" in read(chooser, place(kant))
