"""Panel Coachview: which address and profile are taken, the secrets that are never shown, the webhook's address."""

from collections.abc import Iterator
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from tests.web import making
from tests.web.configuring import Desk, desk, faults, inputs_of, warnings
from tests.web.reading_pages import read, text_of

from boekbrug.coachview.address import led_elsewhere, unusable
from boekbrug.coachview.profile import load
from boekbrug.settings import settings
from boekbrug.store import models
from boekbrug.store.organisations import coachview_access
from boekbrug.store.webhooks import find_hook, webhook_of

SECRET = "kn0wn-s3cret-value"
WAY_IN = {"coachview_client_id": "cv", "coachview_client_secret": SECRET}


@pytest.fixture
def beheer(noord: making.Institute) -> Desk:
    """The administrator of the institute."""
    return desk(noord)


@pytest.fixture
def broken_profile(home: Path) -> Iterator[str]:
    """A profile of the operator's own that names what does not exist."""
    folder = home / "profiles"
    folder.mkdir(exist_ok=True)
    file = folder / "eigen.toml"
    text = (files("boekbrug.coachview") / "profiles" / "coachview.toml").read_text(encoding="utf-8")
    text = text.replace('name = "coachview"', 'name = "eigen"').replace(
        "[invoices.fields]\n", '[invoices.fields]\nverzonnen = "x"\n'
    )
    file.write_text(text, encoding="utf-8")
    yield "eigen"
    file.unlink()


def test_what_is_typed_is_saved_and_told_apart_from_the_options(beheer: Desk, noord: making.Institute) -> None:
    beheer.save({"coachview_client_id": "cv", "coachview_client_secret": SECRET, "webhook_secret": "h00k-s3cret"})
    page = beheer.client.get(beheer.address).content.decode()
    assert "De gegevens van Coachview zijn opgeslagen als versie 1." in text_of(page)
    assert "Er is niets gewijzigd" not in page
    assert coachview_access(noord.organisation.pk).client_secret == SECRET
    assert len(beheer.versions()) == 2
    assert "Versie 1 · beheer@noord.example" in text_of(page)
    assert "Secret: ingevuld" in text_of(page)


def test_no_page_shows_a_secret(beheer: Desk, noord: making.Institute) -> None:
    secrets = {"coachview_client_secret": SECRET, "webhook_secret": SECRET}
    refused = beheer.save({**secrets, "vat_rounding": "9"})
    assert SECRET not in refused.content.decode()
    assert "Vul het opnieuw in" in warnings(refused)["coachview_client_secret"]
    beheer.save(secrets)
    for address in (beheer.address, reverse("integrations"), reverse("options"), "/"):
        assert SECRET not in beheer.client.get(address).content.decode()
    assert inputs_of(beheer.client.get(beheer.address))["coachview_client_secret"] == [""]
    assert SECRET not in str(list(models.CoachviewVersion.objects.values()))


def test_an_empty_secret_is_unchanged(beheer: Desk, noord: making.Institute) -> None:
    beheer.save({"coachview_client_secret": SECRET})
    beheer.save({"coachview_client_id": "cv", "coachview_client_secret": ""})
    assert coachview_access(noord.organisation.pk).client_secret == SECRET


def test_the_signature_can_be_given_up(beheer: Desk, noord: making.Institute) -> None:
    assert "webhook_unsigned" not in beheer.client.get(beheer.address).content.decode()
    beheer.save({"webhook_secret": SECRET})
    assert webhook_of(noord.organisation.pk).signed
    beheer.save({"webhook_unsigned": "on"})
    assert not webhook_of(noord.organisation.pk).signed
    assert "Geheim van de webhook: weggehaald" in read(beheer.client, beheer.address)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://secure.coachview.net", "Het adres van Coachview moet met https:// beginnen"),
        ("https://coachview.example.org", "coachview.example.org is hier niet toegestaan als Coachview. Wel: secure."),
        ("https://secure.coachview.net.example.org", "is hier niet toegestaan"),
        ("http://127.0.0.1:8102", "127.0.0.1 is hier niet toegestaan"),
        ("secure.coachview.net", "Dit is geen webadres."),
        ("javascript:alert(1)", "Dit is geen webadres."),
        ("https://user:pw@secure.coachview.net", "Dit is geen webadres."),
        ("https://secure.coachview.net:port", "Dit is geen webadres."),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(address: str, sentence: str, beheer: Desk) -> None:
    answer = beheer.save({"coachview_url": address, "debtor_prefix": "7"})
    assert sentence in faults(answer)["coachview_url"]
    assert inputs_of(answer)["coachview_url"] == [address]
    assert beheer.stored()["debtor_prefix"] == "9", "all or nothing"
    assert not models.CoachviewVersion.objects.exists()


@pytest.mark.parametrize(
    ("status", "location", "elsewhere"),
    [
        (302, "https://login.example.org/x", "login.example.org"),
        (307, "http://secure.coachview.net/", "secure.coachview.net"),
        (301, "//example.org", "example.org"),
        (302, "/login?next=/api", None),
        (302, "https://secure.coachview.net/login", None),
        (401, "", None),
        (200, "https://example.org", None),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(status: int, location: str, elsewhere: str | None) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(status, headers={"Location": location} if location else {})

    refusal = led_elsewhere("https://secure.coachview.net/", load("coachview"), transport=httpx2.MockTransport(answer))
    assert (dict(refusal.values)["host"] if refusal else None) == elsewhere
    assert len(asked) == 1
    assert "Authorization" not in asked[0].headers


def test_a_coachview_that_does_not_answer_is_taken_as_it_is() -> None:
    def silent(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody", request=request)

    transport = httpx2.MockTransport(silent)
    assert led_elsewhere("https://secure.coachview.net", load("coachview"), transport=transport) is None


def test_a_loopback_host_that_is_named_may_be_called_without_https() -> None:
    assert unusable("http://127.0.0.1:8102", allowed=True, hosts=("127.0.0.1",)) is None
    assert unusable("http://secure.coachview.net", allowed=True, hosts=()) is not None


def test_a_profile_that_does_not_exist_is_refused(beheer: Desk) -> None:
    answer = beheer.save({"profile": "verzonnen"})
    assert "Er is geen profiel verzonnen. Kies een van: coachview." in faults(answer)["profile"]


def test_a_profile_that_names_what_does_not_exist_is_refused(broken_profile: str, beheer: Desk) -> None:
    assert broken_profile in read(beheer.client, beheer.address)
    sentence = faults(beheer.save({"profile": broken_profile}))["profile"]
    assert "Profiel eigen kan niet worden gebruikt" in sentence
    assert "invoices.fields.verzonnen is geen naam die bekend is" in sentence


def test_an_administrator_copies_the_webhooks_address_and_nobody_else_sees_it(
    beheer: Desk, noord: making.Institute
) -> None:
    secret = webhook_of(noord.organisation.pk).address_secret
    assert (
        f'value="{settings().public_url}/hooks/coachview/{secret}"'
        in beheer.client.get(beheer.address).content.decode()
    )
    officer = Client()
    officer.force_login(making.person("f@noord.example", noord))
    assert secret not in officer.get(beheer.address).content.decode()


def test_the_webhooks_address_is_renewed_by_a_second_press_only(beheer: Desk, noord: making.Institute) -> None:
    old = webhook_of(noord.organisation.pk).address_secret
    place = reverse("integration_webhook", args=[beheer.integration_id])
    assert "Het oude adres werkt dan meteen niet meer." in read(beheer.client, place)
    assert find_hook(old)
    answer = beheer.client.post(place, follow=True)
    assert "Het webhookadres is vernieuwd." in text_of(answer.content.decode())
    assert find_hook(old) is None
    assert webhook_of(noord.organisation.pk).address_secret != old


def test_another_environment_is_read_from_the_start(beheer: Desk, noord: making.Institute) -> None:
    beheer.save({"coachview_client_id": "another"})
    noord.organisation.refresh_from_db()
    assert noord.organisation.fetched_until is None


@pytest.mark.parametrize(
    ("light", "sentence"),
    [
        ({"coachview_state": "green"}, "groen Verbonden met Coachview"),
        ({"coachview_state": "red", "coachview_reason": "not-connected"}, "oranje Coachview is nog niet geprobeerd"),
        (
            {"coachview_state": "red", "coachview_reason": "coachview-credentials"},
            "rood Coachview laat de koppeling niet toe",
        ),
    ],
)
def test_the_checklist_says_how_coachview_stands(light: dict[str, str], sentence: str, beheer: Desk) -> None:
    models.Organisation.objects.update(coachview_url="https://secure.coachview.net")
    beheer.save(WAY_IN)
    models.Integration.objects.update(**light)
    assert sentence in read(beheer.client, beheer.address)


def test_without_its_data_the_checklist_says_that_coachview_is_missing(beheer: Desk) -> None:
    models.Integration.objects.update(coachview_state="red", coachview_reason="not-connected")
    assert "rood Coachview is nog niet ingevuld" in read(beheer.client, beheer.address)


def test_why_the_former_data_were_refused_is_not_said_of_new_ones(beheer: Desk) -> None:
    models.Integration.objects.update(coachview_state="red", coachview_reason="coachview-credentials")
    beheer.save(WAY_IN)
    assert models.Integration.objects.get(id=beheer.integration_id).coachview_reason == "not-connected"
    models.Integration.objects.update(coachview_reason="coachview-credentials")
    beheer.save({"debtor_prefix": "7"})
    assert models.Integration.objects.get(id=beheer.integration_id).coachview_reason == "coachview-credentials"


@pytest.mark.parametrize("role", ["financieel", "meekijker"])
def test_a_lower_role_changes_nothing(role: str, noord: making.Institute) -> None:
    client = Client()
    client.force_login(making.person(f"{role}@noord.example", noord, role))
    here = Desk(client=client, integration_id=noord.integration.pk)
    page = client.get(here.address).content.decode()
    assert 'id="instellingen"' not in page
    assert "Opslaan" not in page
    assert client.post(here.address, {"version": "2", "debtor_prefix": "7"}).status_code == HTTPStatus.FORBIDDEN
    place = reverse("integration_webhook", args=[here.integration_id])
    assert client.post(place).status_code == HTTPStatus.FORBIDDEN
    assert here.stored()["debtor_prefix"] == "9"


def test_another_organisations_koppeling_is_not_there(noord: making.Institute) -> None:
    outsider = desk(making.institute("Opleidingen Zuid", division=7), "beheer@zuid.example")
    theirs = Desk(client=outsider.client, integration_id=noord.integration.pk)
    assert theirs.client.post(theirs.address, outsider.inputs()).status_code == HTTPStatus.NOT_FOUND
    place = reverse("integration_webhook", args=[theirs.integration_id])
    assert theirs.client.post(place).status_code == HTTPStatus.NOT_FOUND
    assert len(theirs.versions()) == 2
