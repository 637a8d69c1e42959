"""The buttons of a koppeling: who presses them when, and what he hears when it is not possible."""

from http import HTTPStatus

import pytest
from django.test import Client
from tests.web import making
from tests.web.reading_pages import heading, read, text_of

from boekbrug.store import models


@pytest.fixture
def beheer(noord: making.Institute) -> Client:
    """An administrator of the institute, logged in."""
    client = Client()
    client.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    return client


def place(noord: making.Institute, deed: str = "") -> str:
    """The address of the koppeling, or of something that is done with it."""
    return f"/service-center/integraties/{noord.integration.pk}" + (f"/{deed}" if deed else "")


def press(client: Client, noord: making.Institute, deed: str, **fields: str) -> str:
    """What the administrator reads after pressing."""
    answer = client.post(place(noord, deed), fields, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return text_of(answer.content.decode())


def put(noord: making.Institute, **fields: object) -> None:
    models.Integration.objects.filter(pk=noord.integration.pk).update(**fields)


def state(noord: making.Institute) -> str:
    return models.Integration.objects.get(pk=noord.integration.pk).state


def draft(noord: making.Institute) -> None:
    put(noord, state="draft", activated_at=None, login=None, exact_state="red", exact_reason="not-connected")


# Pauzeren and Hervatten


def test_pausing_and_resuming_act_at_once(noord: making.Institute, beheer: Client) -> None:
    assert "Gepauzeerd. Er wordt niets meer naar Exact gestuurd" in press(beheer, noord, "pauzeren")
    assert state(noord) == "paused"
    assert "Hervat. De koppeling gaat verder waar zij was." in press(beheer, noord, "hervatten")
    assert state(noord) == "active"


@pytest.mark.parametrize(("deed", "before"), [("pauzeren", "paused"), ("pauzeren", "draft"), ("hervatten", "active")])
def test_a_button_of_another_state_changes_nothing_and_says_so(
    noord: making.Institute, beheer: Client, deed: str, before: str
) -> None:
    put(noord, state=before)
    assert "Er is niets gewijzigd." in press(beheer, noord, deed)
    assert state(noord) == before


def test_what_is_deleted_has_no_buttons(noord: making.Institute, beheer: Client) -> None:
    put(noord, state="deleted")
    for deed in ("authenticeren", "pauzeren", "hervatten", "inschakelen", "verwijderen"):
        assert beheer.post(place(noord, deed)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("stands", "offered", "absent"),
    [
        ("draft", ("Inschakelen",), ("Pauzeren", "Hervatten", "Bevestigen en starten")),
        ("enabled", ("Bevestigen en starten", "Pauzeren"), ("Inschakelen", "Hervatten")),
        ("active", ("Pauzeren",), ("Inschakelen", "Hervatten")),
        ("paused", ("Hervatten",), ("Inschakelen", "Pauzeren")),
    ],
)
def test_each_state_offers_its_own_buttons(
    noord: making.Institute, beheer: Client, stands: str, offered: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    put(noord, state=stands)
    page = beheer.get(place(noord)).content.decode()
    for button in ("Opslaan", "Authenticeren", "Verbinding testen", "Verwijderen", *offered):
        assert f">{button}<" in page
    for button in absent:
        assert f">{button}<" not in page


# Inschakelen


def test_it_can_be_enabled_before_anybody_logged_in(noord: making.Institute, beheer: Client) -> None:
    draft(noord)
    assert "U kunt de koppeling alvast inschakelen" in read(beheer, place(noord, "inschakelen"))
    page = press(beheer, noord, "inschakelen", step="enable")
    assert "Ingeschakeld. Er wordt niets geboekt tot u bevestigt wat er wordt geboekt." in page
    assert "Ingeschakeld, wacht op verbinding" in page
    row = models.Integration.objects.get(pk=noord.integration.pk)
    assert (row.state, row.confirmed_at) == ("enabled", None)


def test_another_koppeling_for_the_same_invoices_is_refused(noord: making.Institute, beheer: Client) -> None:
    draft(noord)
    models.Integration.objects.create(
        organisation=noord.organisation, name="Andere", state="active", administration=noord.administration
    )
    page = press(beheer, noord, "inschakelen", step="enable")
    assert "Koppeling Andere kan dezelfde facturen boeken." in page
    assert state(noord) == "draft"


def test_what_is_active_is_not_enabled_again(noord: making.Institute, beheer: Client) -> None:
    assert heading(beheer, place(noord, "inschakelen")) == "Exact Online is al ingeschakeld"
    assert "Er is niets gewijzigd." in press(beheer, noord, "inschakelen", step="start")
    assert state(noord) == "active"


def test_a_confirmation_of_older_settings_starts_nothing(noord: making.Institute, beheer: Client) -> None:
    put(noord, state="enabled")
    page = press(beheer, noord, "inschakelen", step="start", version="1")
    assert "De instellingen zijn intussen gewijzigd. Er is niets gestart" in page
    assert state(noord) == "enabled"


def test_nothing_starts_without_a_login(noord: making.Institute, beheer: Client) -> None:
    draft(noord)
    page = press(beheer, noord, "inschakelen", step="start", version="2")
    assert "Er is niets gestart." in page
    row = models.Integration.objects.get(pk=noord.integration.pk)
    assert (row.state, row.confirmed_at) == ("enabled", None)


# Verwijderen


def test_deleting_pauses_first_and_then_asks_for_the_name(noord: making.Institute, beheer: Client) -> None:
    assert heading(beheer, place(noord, "verwijderen")) == "Exact Online verwijderen?"
    assert "Typ de naam van de koppeling: Exact Online" in press(beheer, noord, "verwijderen")
    assert state(noord) == "paused"
    assert "Koppeling “Exact Online” is verwijderd." in press(beheer, noord, "verwijderen", name=" Exact Online ")
    assert state(noord) == "deleted"


@pytest.mark.parametrize("typed", ["", "exact online", "Exact", "<script>"])
def test_another_name_deletes_nothing(noord: making.Institute, beheer: Client, typed: str) -> None:
    put(noord, state="paused")
    answer = beheer.post(place(noord, "verwijderen"), {"name": typed})
    page = answer.content.decode()
    assert "Er is niets verwijderd" in text_of(page)
    assert "<script>" not in page
    assert state(noord) == "paused"


# Verbinding testen


def test_a_test_without_connections_has_red_lines_and_no_error(noord: making.Institute, beheer: Client) -> None:
    page = press(beheer, noord, "testen")
    assert "Niet alles werkt" in page
    assert "Nog niet verbonden met Exact." in page
    assert "De gegevens van Coachview zijn nog niet ingevuld." in page


# The checklist


def shown_beside(client: Client, noord: making.Institute) -> str:
    page = client.get(place(noord)).content.decode()
    return page.partition('id="checklist"')[2].partition("</section>")[0]


def test_the_checklist_stands_beside_the_form_and_says_what_to_do(noord: making.Institute, beheer: Client) -> None:
    words = text_of(shown_beside(beheer, noord))
    assert "Nog niet verbonden met Exact" in words
    assert "Kies Authenticeren en log in bij Exact." in words
    assert "Uit Exact is nog niets gelezen." in words


def test_what_a_person_confirms_is_kept_with_who_and_when(noord: making.Institute, beheer: Client) -> None:
    assert "Wordt het verkoopdagboek alleen door deze koppeling gebruikt?" in text_of(shown_beside(beheer, noord))
    assert "Bevestigd, met uw naam en de datum." in press(beheer, noord, "checklist", item="own-journal", so="yes")
    kept = models.ChecklistConfirmation.objects.get()
    assert (kept.item, kept.who, kept.integration_id) == ("own-journal", "beheer@noord.example", noord.integration.pk)
    assert "Het verkoopdagboek wordt alleen door deze koppeling gebruikt" in text_of(shown_beside(beheer, noord))
    assert "beheer@noord.example" in shown_beside(beheer, noord)
    press(beheer, noord, "checklist", item="own-journal", so="yes")
    assert models.ChecklistConfirmation.objects.count() == 1
    assert "De bevestiging is ingetrokken." in press(beheer, noord, "checklist", item="own-journal", so="no")
    assert not models.ChecklistConfirmation.objects.exists()


@pytest.mark.parametrize("item", ["", "journal", "vat-codes", "no-such"])
def test_only_what_is_asked_can_be_confirmed(noord: making.Institute, beheer: Client, item: str) -> None:
    assert "Er is niets gewijzigd." in press(beheer, noord, "checklist", item=item, so="yes")
    assert not models.ChecklistConfirmation.objects.exists()


def test_a_reader_sees_the_checklist_without_its_buttons(noord: making.Institute, reader: Client) -> None:
    assert "<button" not in shown_beside(reader, noord)
    assert "Wordt het verkoopdagboek alleen door deze koppeling gebruikt?" in text_of(shown_beside(reader, noord))


def test_reading_again_without_a_login_says_so(noord: making.Institute, beheer: Client) -> None:
    assert "Nog niet verbonden met Exact." in press(beheer, noord, "opnieuw-lezen")
