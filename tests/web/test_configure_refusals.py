"""What is refused is said at its field and in the summary, what was typed is kept, and nothing is saved."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.domain import builders
from tests.web import making
from tests.web.configuring import Desk, desk, faults, inputs_of, warnings
from tests.web.reading_pages import text_of

from boekbrug.store import models
from boekbrug.store.integrations import create_integration
from boekbrug.store.records import write

Institute = making.Institute
Scene = Callable[[Institute], None]

CHOICE = "Kies een van: "


def nothing(_institute: Institute) -> None:
    """The koppeling as it is: connected and with something booked."""


def connected(institute: Institute) -> None:
    """Exact told its journals: 70 sells, 20 is a bank, 71 is blocked."""
    models.Login.objects.update(refresh_mark="mark", reaches={"2187645": "Opleidingen Noord B.V.", "7": "Proef"})
    rows: dict[tuple[str, str], Any] = {
        ("division", ""): {"country": "NL", "currency": "EUR"},
        ("journal", "20"): write(builders.journal(code="20", description="Bank", kind=12)),
        ("journal", "70"): write(builders.journal(code="70", description="Verkoopboek", gl_account="1300")),
        ("journal", "71"): write(builders.journal(code="71", description="Oud", blocked=True)),
        ("gl_account", "1300"): write(builders.gl_account("1300", description="Debiteuren", kind=20)),
        ("gl_account", "1310"): write(builders.gl_account("1310", description="Overige", kind=20)),
    }
    for (kind, code), record in rows.items():
        models.ReferenceRow.objects.update_or_create(
            administration=institute.administration, kind=kind, code=code, defaults={"record": record}
        )


def belgian(institute: Institute) -> None:
    """Exact says that the administration is Belgian."""
    connected(institute)
    models.ReferenceRow.objects.filter(kind="division").update(record={"country": "BE", "currency": "EUR"})


def paid(institute: Institute) -> None:
    """Payments are matched by number already."""
    version = models.OptionVersion.objects.filter(integration=institute.integration).latest("number")
    values = {**version.values, "payment_registration": True, "invoice_prefix": "26"}
    models.OptionVersion.objects.filter(pk=version.pk).update(values=values)


def another(institute: Institute) -> None:
    """A second koppeling of the institute, enabled, for what comes from 2027 on."""
    options = {"name": "Tweede", "invoice_filter": {"numbers": [["20270001", "20279999"]]}}
    made = create_integration(institute.organisation.pk, options, who="f", now=making.NIGHT)
    models.Integration.objects.filter(pk=made).update(state="enabled")
    first = models.OptionVersion.objects.filter(integration=institute.integration).latest("number")
    values = {**first.values, "invoice_filter": {"numbers": [["20260001", "20269999"]]}}
    models.OptionVersion.objects.filter(pk=first.pk).update(values=values)


REFUSED: list[tuple[Scene, dict[str, Any], str, str]] = [
    # one value that is none of its kind (option_values)
    (nothing, {"name": ""}, "name", "Vul 1 tot 100 tekens in."),
    (nothing, {"debtor_prefix": "A" * 11}, "debtor_prefix", "Vul 0 tot 10 tekens in."),
    (nothing, {"invoice_prefix": "F26"}, "invoice_prefix", "Vul alleen cijfers in."),
    (nothing, {"purpose": "x"}, "purpose", CHOICE + "Echt, Proef, Schaduw."),
    (nothing, {"book_from": "31-02-2026"}, "book_from", "Vul een datum in."),
    (nothing, {"bulk_time": "25:00"}, "bulk_time", "Vul een tijd in als uu:mm."),
    (nothing, {"division": "abc"}, "division", "Vul de divisiecode in, een getal."),
    (nothing, {"vat_rounding": "0,06"}, "vat_rounding", "Vul een bedrag in van 0,00 tot en met 0,05"),
    (nothing, {"invoice_filter_numbers": "9-1"}, "invoice_filter_numbers", "Vul een eerste en een laatste nummer in"),
    # what options refuse together and beside what is known (option_rules)
    (connected, {"site": "BE", "country": "BE"}, "site", "De configuratie kan niet wijzigen zolang er een verbinding"),
    (connected, {"division": "8"}, "division", "Administratie 8 is bij deze aanmelding niet bekend"),
    (nothing, {"division": "8"}, "division", "Er is al geboekt in administratie 2187645."),
    (nothing, {"country": "BE"}, "country", "Het land hoort bij de configuratie: Nederland."),
    (belgian, {"debtor_prefix": "8"}, "country", "Volgens Exact is het land van deze administratie België."),
    (nothing, {"debtor_number_3": "debiteurnummer_extern"}, "debtor_number_3", "Kies eerst optie 2."),
    (nothing, {"debtor_number_2": "debiteurnummer"}, "debtor_number_2", "Deze bron is al gekozen."),
    (nothing, {"debtor_number_1": "bedrijf_persoon_extern_id"}, "external_source", "Vul de externsource in"),
    (nothing, {"invoice_prefix": "99"}, "invoice_prefix", "Prefix en factuurnummer vormen samen een te groot getal"),
    (paid, {"invoice_prefix": "2"}, "invoice_prefix", "De prefix moet 2 cijfers houden"),
    (connected, {"journal": "72"}, "journal", "Dagboek 72 staat niet in Exact."),
    (connected, {"journal": "20"}, "journal", "Dagboek 20 is in Exact geen verkoopdagboek."),
    (connected, {"journal": "71"}, "journal", "Dagboek 71 is in Exact geblokkeerd."),
    (connected, {"receivables_account": "1310"}, "receivables_account", "Rekening 1310 is een andere dan die van het"),
    (nothing, {"bulk_repeat": "week"}, "bulk_day", "Kies een dag van de week: maandag, dinsdag"),
    (nothing, {"bulk_repeat": "month", "bulk_day": "friday"}, "bulk_day", "Kies een dag van 1 tot en met 28."),
    (
        nothing,
        {"project_source": "opleidingscode", "project_missing": "create"},
        "project_missing",
        "Een project kan alleen worden aangemaakt uit een aanvraagnummer of een referentie.",
    ),
    # what else lives beside it
    (another, {"name": "Tweede"}, "name", "Er is al een koppeling met de naam Tweede."),
    (
        another,
        {"invoice_filter_numbers": ""},
        "invoice_filter_numbers",
        "Koppeling Tweede kan dezelfde facturen boeken.",
    ),
]
WARNED: list[tuple[dict[str, Any], str, str]] = [
    ({"debtor_number_2": "debiteurnummer_extern"}, "debtor_number_2", "Deze optie komt nooit aan bod"),
    ({"debtor_prefix": "KLANT"}, "debtor_prefix", "Exact kan letters in een klantnummer weigeren."),
    ({"period_date_1": "exportdatum"}, "period_date_1", "Ook de btw komt in deze periode."),
    ({"period_date_1": "order_startdatum"}, "period_date_2", "Deze datum kan leeg zijn. Kies een optie 2."),
]


def short(part: object) -> str:
    """The name of a case: the same in every process that collects the tests."""
    return str(getattr(part, "__name__", part))[:40]


@pytest.fixture
def beheer(noord: Institute) -> Desk:
    """The administrator of an institute that has booked."""
    return desk(noord)


@pytest.mark.parametrize(("scene", "typed", "field", "sentence"), REFUSED, ids=short)
def test_a_refusal_stands_at_its_field(
    scene: Scene, typed: dict[str, Any], field: str, sentence: str, noord: Institute, beheer: Desk
) -> None:
    scene(noord)
    before = beheer.versions()
    answer = beheer.save(typed)
    assert sentence in faults(answer)[field]
    summary = answer.content.decode().partition('id="fouten"')[2].partition("</ul>")[0]
    assert f'href="#id_{field}"' in summary
    assert sentence in text_of(summary)
    assert beheer.versions() == before


def test_a_number_that_is_too_long_for_exact_names_it(noord: Institute, beheer: Desk) -> None:
    debtor = builders.debtor(number="1" * 12)
    making.add(noord, builders.invoice(id="cv-long", number="20269990", debtor=debtor), "received")
    answer = beheer.save({"debtor_prefix": "1234567"})
    assert "Prefix en debiteurnummer zijn samen langer dan 18 tekens: 1234567111111111111." in str(faults(answer))


def test_what_was_typed_is_kept_when_something_is_refused(beheer: Desk) -> None:
    typed = {
        "debtor_prefix": "77",
        "send_pdf": None,
        "protected_fields": ["email"],
        "vat_rounding": "9",
        "invoice_filter_numbers": "1-9",
    }
    kept = inputs_of(beheer.save(typed))
    assert kept["debtor_prefix"] == ["77"]
    assert "send_pdf" not in kept
    assert (kept["protected_fields"], kept["vat_rounding"]) == (["email"], ["9"])
    assert kept["invoice_filter_numbers"] == ["1-9"]


def test_everything_that_is_wrong_is_told_at_once_and_in_the_order_of_the_page(beheer: Desk) -> None:
    answer = beheer.save({"vat_rounding": "9", "name": "", "debtor_number_3": "debiteurnummer_extern"})
    assert set(faults(answer)) == {"name", "debtor_number_3", "vat_rounding"}
    summary = answer.content.decode().partition('id="fouten"')[2].partition("</ul>")[0]
    assert re.findall(r'href="#id_(\w+)"', summary) == ["name", "debtor_number_3", "vat_rounding"]


def test_contradictory_options_are_refused_together(beheer: Desk) -> None:
    answer = beheer.save(
        {
            "debtor_number_1": "bedrijf_persoon_extern_id",
            "debtor_number_2": "bedrijf_persoon_extern_id",
            "bulk_repeat": "week",
            "bulk_day": "3",
            "country": "BE",
        }
    )
    assert set(faults(answer)) == {"debtor_number_2", "external_source", "bulk_day", "country"}


@pytest.mark.parametrize(("typed", "field", "sentence"), WARNED, ids=short)
def test_a_warning_is_saved_and_stays_at_its_field(
    typed: dict[str, Any], field: str, sentence: str, noord: Institute, beheer: Desk
) -> None:
    assert beheer.save(typed).status_code == 302
    for _look in range(2):
        assert sentence in warnings(beheer.client.get(beheer.address))[field]
    looker = Client()
    looker.force_login(making.person("kijk@noord.example", noord, "meekijker"))
    assert sentence in text_of(looker.get(beheer.address).content.decode())


def test_belgium_is_warned_about_credit_notes(noord: Institute) -> None:
    made = create_integration(noord.organisation.pk, {"name": "Antwerpen", "site": "BE"}, who="f", now=making.NIGHT)
    belgium = Desk(client=desk(noord).client, integration_id=made)
    assert belgium.stored()["credit_notes"] is True
    belgium.save({"credit_notes": None})
    assert (
        "In België horen negatieve facturen als creditnota"
        in warnings(belgium.client.get(belgium.address))["credit_notes"]
    )


@pytest.mark.parametrize("field", ["name", "cost_centre_none", "invoice_filter_cost_centres", "coachview_client_id"])
def test_a_text_that_no_database_holds_is_refused(field: str, beheer: Desk) -> None:
    before = beheer.versions()
    assert field in faults(beheer.save({field: "a\x00b"}))
    assert beheer.versions() == before


@pytest.mark.parametrize(("scene", "typed", "field", "sentence"), REFUSED, ids=short)
def test_a_refusal_is_said_in_english_without_a_code(
    scene: Scene, typed: dict[str, Any], field: str, sentence: str, noord: Institute, beheer: Desk
) -> None:
    scene(noord)
    beheer.client.cookies["django_language"] = "en"
    told = faults(beheer.save(typed))[field]
    assert sentence not in told
    assert not re.search(r"[{}_]|option-|monday|NL|BE", told), told
