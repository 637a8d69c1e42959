"""Opties: panel Factuur of the whole institute, the language, and who has access."""

from http import HTTPStatus

import pytest
from django.test import Client
from tests.web import making
from tests.web.reading_pages import read, text_of

from boekbrug.store import models
from boekbrug.store.options import options_of

OPTIES = "/service-center/opties"
CHOSEN = {"version": "0", "order_date_type": "aanvraag", "order_date_determination": "vroegste_laatste"}


@pytest.fixture
def administrator(noord: making.Institute) -> Client:
    """The beheerder of that institute, logged in."""
    client = Client()
    client.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    return client


def versions(noord: making.Institute) -> list[dict[str, object]]:
    rows = models.OptionVersion.objects.filter(organisation=noord.organisation).order_by("number")
    return [{"number": row.number, "by": row.saved_by, **row.values} for row in rows]


def said(client: Client, form: dict[str, str]) -> str:
    """What the page says after a save that is not taken."""
    answer = client.post(OPTIES, form)
    assert answer.status_code == HTTPStatus.OK
    return text_of(answer.content.decode())


def test_a_beheerder_sees_the_two_choices_with_their_explanation(administrator: Client) -> None:
    page = read(administrator, OPTIES)
    assert "Wat voor heel Opleidingen Noord geldt." in page
    for words in ("Orderdatum type", "Orderdatum bepaling", "Opleidingsonderdelen", "Vroegste start", "Opslaan"):
        assert words in page
    assert "Nog niet gewijzigd: dit zijn de standaardwaarden." in page


def test_a_save_counts_for_every_koppeling_and_is_remembered(administrator: Client, noord: making.Institute) -> None:
    answer = administrator.post(OPTIES, CHOSEN, follow=True)
    page = text_of(answer.content.decode())
    assert "Opgeslagen." in page
    assert "Versie 1 · beheer@noord.example" in page
    assert "Orderdatum type: van Opleiding naar Aanvraag" in page
    assert options_of(noord.integration.pk).options.order_date_type.value == "aanvraag"


def test_what_waits_is_checked_again_after_a_save(administrator: Client, noord: making.Institute) -> None:
    held = models.Booking.objects.filter(state="held", organisation=noord.organisation)
    held.update(needs_check=False)
    administrator.post(OPTIES, CHOSEN)
    assert not held.filter(needs_check=False).exists()


def test_saving_what_holds_already_makes_no_version(administrator: Client, noord: making.Institute) -> None:
    administrator.post(OPTIES, CHOSEN)
    answer = administrator.post(OPTIES, CHOSEN | {"version": "1"}, follow=True)
    assert "Er is niets gewijzigd." in text_of(answer.content.decode())
    assert len(versions(noord)) == 1


def test_the_defaults_saved_as_they_are_make_no_version(administrator: Client, noord: making.Institute) -> None:
    form = CHOSEN | {"order_date_type": "opleiding", "order_date_determination": "per_regel"}
    assert administrator.post(OPTIES, form).status_code == HTTPStatus.FOUND
    assert versions(noord) == []


def test_who_saves_second_is_told_and_overwrites_nothing(administrator: Client, noord: making.Institute) -> None:
    administrator.post(OPTIES, CHOSEN)
    second = Client()
    second.force_login(making.person("piet@noord.example", noord, "beheerder"))
    page = said(second, CHOSEN | {"order_date_type": "opleidingsonderdelen"})
    assert "Iemand anders heeft deze opties intussen opgeslagen." in page
    assert "beheer@noord.example" in page
    assert [version["order_date_type"] for version in versions(noord)] == ["aanvraag"]


def test_what_the_second_chose_stands_ready_to_be_saved_on_top(administrator: Client, noord: making.Institute) -> None:
    administrator.post(OPTIES, CHOSEN)
    form = CHOSEN | {"order_date_type": "opleidingsonderdelen"}
    page = administrator.post(OPTIES, form).content.decode()
    assert '<option value="opleidingsonderdelen" selected>' in page
    assert 'name="version" value="1"' in page
    administrator.post(OPTIES, form | {"version": "1"})
    assert [version["order_date_type"] for version in versions(noord)] == ["aanvraag", "opleidingsonderdelen"]


@pytest.mark.parametrize("value", ["", "geheim", "OPLEIDING", "<script>", "x" * 5000])
def test_a_value_that_does_not_exist_is_refused_at_its_field(
    administrator: Client, noord: making.Institute, value: str
) -> None:
    answer = administrator.post(OPTIES, CHOSEN | {"order_date_type": value}).content.decode()
    assert "Er is niets opgeslagen. Controleer dit eerst." in answer
    assert 'href="#id_order_date_type"' in answer
    assert answer.count('aria-invalid="true"') == 1
    assert "<script>" not in answer
    assert versions(noord) == []


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 400, "²", "7"])
def test_a_version_that_never_was_saves_nothing(administrator: Client, noord: making.Institute, version: str) -> None:
    assert "Er is niets overschreven." in said(administrator, CHOSEN | {"version": version})
    assert versions(noord) == []


def test_an_empty_form_saves_nothing(administrator: Client, noord: making.Institute) -> None:
    assert administrator.post(OPTIES, {}).status_code == HTTPStatus.OK
    assert versions(noord) == []


def test_other_options_cannot_be_slipped_in(administrator: Client, noord: making.Institute) -> None:
    administrator.post(OPTIES, CHOSEN | {"journal": "71", "organisation": "Zuid"})
    assert versions(noord)[0].keys() == {"number", "by", "order_date_type", "order_date_determination"}


@pytest.mark.parametrize("role", ["financieel", "meekijker"])
def test_others_read_and_cannot_save(noord: making.Institute, role: str) -> None:
    client = Client()
    client.force_login(making.person("kijker@noord.example", noord, role))
    page = read(client, OPTIES)
    assert "Orderdatum type" in page
    assert "Opleiding" in page
    assert "Opslaan" not in page
    assert client.post(OPTIES, CHOSEN).status_code == HTTPStatus.FORBIDDEN
    assert versions(noord) == []


def test_everybody_with_access_is_there_with_role(administrator: Client, noord: making.Institute) -> None:
    making.person("ada@noord.example", noord, "financieel", name="Ada de Boer")
    making.person("oud@noord.example", noord, "meekijker", is_active=False)
    making.person("ander@zuid.example", making.institute("Zuid", division=7))
    page = read(administrator, OPTIES)
    assert "ada@noord.example Ada de Boer Financieel" in page
    assert "oud@noord.example uitgeschakeld Meekijker" in page
    assert "beheer@noord.example Beheerder" in page
    assert "ander@zuid.example" not in page


def test_the_language_is_switched_from_here(administrator: Client) -> None:
    administrator.post("/taal", {"language": "en", "next": OPTIES})
    page = read(administrator, OPTIES)
    assert "Who has access" in page
    assert "Administrator" in page


def test_it_stands_in_the_menu(administrator: Client) -> None:
    page = administrator.get("/").content.decode()
    assert f'href="{OPTIES}"' in page
    assert f'href="{OPTIES}" aria-current="page"' in administrator.get(OPTIES).content.decode()
