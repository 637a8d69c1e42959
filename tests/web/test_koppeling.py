"""The tiles of Integraties and the page of one koppeling: connection, options in words, who saved what when."""

import re
from datetime import timedelta
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.reading_pages import heading, read

from boekbrug.domain.option_values import READERS, write_options
from boekbrug.domain.options import Options
from boekbrug.store import models
from boekbrug.web.option_labels import LABELS, PANELS
from boekbrug.web.option_words import value_of

INTEGRATIONS = "/service-center/integraties"
HINTS = get_type_hints(Options)


def koppeling(noord: making.Institute) -> str:
    return f"{INTEGRATIONS}/{noord.integration.pk}"


def change(noord: making.Institute, **fields: Any) -> None:
    models.Integration.objects.filter(pk=noord.integration.pk).update(**fields)


def choices(key: str) -> list[str]:
    """The values that an option may take, when it is a choice."""
    hint = HINTS[key]
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return [value.value for kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum) for value in kind]


def test_the_tile_says_where_it_books_and_as_whom(noord: making.Institute, reader: Client) -> None:
    page = read(reader, INTEGRATIONS)
    assert "Boekhouding" in page
    assert "Verbonden" in page
    assert "Administratie 2187645 · Opleidingen Noord B.V. · ingelogd als J. de Wit" in page


def test_only_an_administrator_is_invited_to_configure(noord: making.Institute, reader: Client) -> None:
    assert "Bekijken" in read(reader, INTEGRATIONS)
    administrator = Client()
    administrator.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    assert "Configureren" in read(administrator, INTEGRATIONS)


def test_a_deleted_koppeling_is_not_in_the_list(noord: making.Institute, reader: Client) -> None:
    change(noord, state="deleted")
    assert "Nog geen koppeling met Exact" in read(reader, INTEGRATIONS)


def test_green_says_the_sentence_of_the_manual(noord: making.Institute, reader: Client) -> None:
    assert "Geldig token informatie aanwezig: 24-11-2026 - 02:14:09" in read(reader, koppeling(noord))


@pytest.mark.parametrize("reason", ["not-connected", "invalid-grant", "BlockedUser", "never-heard-of"])
def test_red_says_the_reason_in_words(noord: making.Institute, reader: Client, reason: str) -> None:
    change(noord, exact_state="red", exact_reason=reason)
    page = read(reader, koppeling(noord))
    assert "Niet verbonden" in page
    assert "Geldig token" not in page
    assert reason not in page


def test_a_login_refused_halfway_says_since_when_and_when_it_is_renewed(
    noord: making.Institute, reader: Client
) -> None:
    since = timezone.now() - timedelta(minutes=1)
    change(noord, exact_state="red", exact_reason="login-refused", exact_since=since)
    models.Login.objects.update(obtained_at=since)
    page = read(reader, koppeling(noord))
    renewed = timezone.localtime(since + timedelta(seconds=570)).strftime("%H:%M")
    assert f"{timezone.localtime(since):%H:%M} niet aan. Er wordt nu niets geboekt." in page
    assert f"De aanmelding wordt om {renewed} vanzelf vernieuwd; daarna gaat de koppeling verder." in page


def test_a_login_that_may_be_renewed_already_names_no_moment(noord: making.Institute, reader: Client) -> None:
    change(noord, exact_state="red", exact_reason="login-refused")
    page = read(reader, koppeling(noord))
    assert "De aanmelding wordt vanzelf vernieuwd; daarna gaat de koppeling verder." in page
    assert "Blijft dit zo, kies dan Authenticeren" in page


def test_only_an_administrator_gets_the_buttons(noord: making.Institute, reader: Client) -> None:
    administrator = Client()
    administrator.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    for button in ("Authenticeren", "Verbinding testen", "Pauzeren", "Verwijderen"):
        assert f">{button}<" in administrator.get(koppeling(noord)).content.decode()
        assert f">{button}<" not in reader.get(koppeling(noord)).content.decode()


def test_the_panels_come_in_the_order_of_the_options(noord: making.Institute, reader: Client) -> None:
    page = reader.get(koppeling(noord)).content.decode()
    panels = re.findall(r'id="paneel-(\w+)"', page)
    assert panels == ["coachview", "oauth", "general", "debtor", "financial", "projects", "invoice"]


def test_the_head_counts_the_checklist_and_leads_to_it(noord: making.Institute, reader: Client) -> None:
    page = reader.get(koppeling(noord)).content.decode()
    red, amber = (len(re.findall(rf'<li class="{colour}"', page)) for colour in ("red", "amber"))
    words = "punt houdt" if red == 1 else "punten houden"
    assert red
    assert amber > 1
    assert f'<a href="#checklist">Checklist: {red} {words} het boeken tegen, {amber} punten om te bekijken</a>' in page


def test_a_koppeling_without_an_administration_says_so(noord: making.Institute, reader: Client) -> None:
    change(noord, administration=None, login=None)
    assert "Nog geen administratie gekozen" in read(reader, INTEGRATIONS)


def test_green_without_a_token_is_not_green(noord: making.Institute, reader: Client) -> None:
    change(noord, login=None)
    assert "Niet verbonden" in read(reader, koppeling(noord))


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("draft", "Nog niet ingeschakeld"),
        ("enabled", "Ingeschakeld, wacht op verbinding"),
        ("paused", "Gepauzeerd"),
        ("deleted", "Verwijderd"),
    ],
)
def test_each_state_has_its_words(noord: making.Institute, reader: Client, state: str, word: str) -> None:
    change(noord, state=state)
    assert word in read(reader, koppeling(noord))


def test_coachviews_secret_is_never_shown(noord: making.Institute, reader: Client) -> None:
    models.Organisation.objects.filter(pk=noord.organisation.pk).update(
        coachview_url="https://secure.coachview.net/", coachview_secret_sealed="gAAAA-sealed"
    )
    page = read(reader, koppeling(noord))
    assert "https://secure.coachview.net/" in page
    assert "gAAAA-sealed" not in page
    assert "Secret ingevuld" in page


def test_every_option_of_the_panels_is_on_the_page(noord: making.Institute, reader: Client) -> None:
    page = read(reader, koppeling(noord))
    for panel in PANELS:
        assert str(panel.title) in page
        for option in panel.options:
            assert str(option.label) in page
            assert str(option.help) in page


def test_every_save_is_there_with_who_when_and_what(noord: making.Institute, reader: Client) -> None:
    page = read(reader, koppeling(noord))
    assert "Versie 2 · beheer@noord.example" in page
    assert "Registreer uitgestelde omzet: van Nee naar Ja" in page


def test_a_koppeling_that_was_never_saved_says_so(reader: Client, noord: making.Institute) -> None:
    new = models.Integration.objects.create(organisation=noord.organisation, name="Nieuw")
    place = f"{INTEGRATIONS}/{new.pk}"
    assert heading(reader, place) == "Nieuw"
    assert "Deze koppeling is nog niet opgeslagen." in read(reader, place)


def test_every_option_has_a_label_and_an_explanation() -> None:
    assert READERS.keys() <= LABELS.keys()
    assert all(str(label.label) and str(label.help) for label in LABELS.values())


@pytest.mark.parametrize("key", sorted(READERS))
def test_every_choice_has_a_word(key: str) -> None:
    assert set(choices(key)) <= LABELS[key].values.keys()


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("deferred_revenue", True, "Ja"),
        ("deferred_revenue", False, "Nee"),
        ("debtor_number_2", None, "geen"),
        ("debtor_prefix", "", "geen"),
        ("protected_fields", [], "geen"),
        ("protected_fields", ["iban", "payment_term"], "Bankrekening, Betalingstermijn"),
        ("book_from", "2026-01-01", "1 januari 2026"),
        ("bulk_day", "monday", "maandag"),
        ("bulk_day", "28", "28"),
        ("purpose", "schaduw", "Schaduw"),
        ("invoice_filter", None, "alle facturen"),
        ("journal", "70", "70"),
        ("vat_rounding", "0.02", "€\N{NO-BREAK SPACE}0,02"),
        (
            "invoice_filter",
            {"numbers": [["1", "9"]], "cost_centres": ["UTR"], "course_kinds": ["BHV"]},
            "nummers 1–9; kostenplaatsen UTR; opleidingssoorten BHV",
        ),
    ],
)
def test_a_value_is_said_in_words(key: str, value: object, text: str) -> None:
    assert value_of(key, value, "nl").text == text


def test_the_defaults_can_all_be_said() -> None:
    assert all(value_of(key, value, "nl").text for key, value in write_options(Options()).items())


def test_coachview_that_is_filled_in_and_was_never_tried_is_not_red(noord: making.Institute, reader: Client) -> None:
    change(noord, coachview_state="red", coachview_reason="not-connected")
    assert "De gegevens van Coachview zijn nog niet ingevuld." in read(reader, koppeling(noord))
    models.Organisation.objects.filter(pk=noord.organisation.pk).update(
        coachview_url="https://secure.coachview.net/", coachview_client_id="us", coachview_secret_sealed="gAAAA-sealed"
    )
    page = read(reader, koppeling(noord))
    assert "Nog niet geprobeerd" in page
    assert "Kies Verbinding testen" in page
