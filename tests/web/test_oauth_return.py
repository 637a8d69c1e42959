"""The return from Exact: only the person who began it, in the session in which he began it, once and in time."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.reading_pages import read, text_of

from boekbrug.store import lifecycle, models
from boekbrug.sync.failures import NotAllowed, OutsideFailure, Unreachable
from boekbrug.web.middleware import POLICY, allow_forms_to
from boekbrug.web.pages.oauth.consent import BEGUN, why_not

RETURN = "/oauth/exact/return"
NOT_HERE = "Dit inloggen is niet door u en in dit venster begonnen"


@pytest.fixture
def beheer(noord: making.Institute) -> Client:
    """An administrator of the institute, logged in."""
    client = Client()
    client.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    return client


def begin(client: Client, noord: making.Institute, *, minutes_ago: int = 0) -> str:
    """What Authenticeren leaves behind: the state, in the database and in the session."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    state = lifecycle.begin_authorise(noord.integration.pk, now=at)
    session = client.session
    session[BEGUN] = {"state": state, "integration": noord.integration.pk, "user": int(session["_auth_user_id"])}
    session.save()
    return state


def came_back(client: Client, **query: str) -> str:
    """What the person reads after coming back with this query."""
    answer = client.get(RETURN, query, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return text_of(answer.content.decode())


def logged_in(noord: making.Institute) -> None:
    models.Login.objects.filter(integrations=noord.integration).update(refresh_mark="digest")


def light(noord: making.Institute) -> tuple[str, str]:
    row = models.Integration.objects.get(pk=noord.integration.pk)
    return row.exact_state, row.exact_reason


@pytest.mark.parametrize(
    "query", [{}, {"code": "x"}, {"state": ""}, {"code": "x", "state": "nobody-s"}, {"error": "access_denied"}]
)
def test_what_was_not_begun_here_does_not_count(noord: making.Institute, beheer: Client, query: dict[str, str]) -> None:
    begin(beheer, noord)
    assert NOT_HERE in came_back(beheer, **query)
    assert light(noord) == ("green", "")


def test_the_consent_of_another_person_s_session_does_not_count(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord)
    colleague = Client()
    colleague.force_login(making.person("collega@noord.example", noord, "beheerder"))
    assert NOT_HERE in came_back(colleague, code="x", state=state)
    assert models.Integration.objects.get(pk=noord.integration.pk).authorise_state == state


def test_a_session_that_changed_hands_does_not_count(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord)
    session = beheer.session
    session[BEGUN] = {**session[BEGUN], "user": 999_999}
    session.save()
    assert NOT_HERE in came_back(beheer, code="x", state=state)


def test_a_refused_consent_says_so_and_nothing_is_booked(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord)
    page = came_back(beheer, error="access_denied", state=state)
    assert "Bij Exact is geen toestemming gegeven. Er wordt niets geboekt." in page
    assert light(noord) == ("red", "consent-refused")


def test_a_refused_consent_leaves_a_working_login_in_place(noord: making.Institute, beheer: Client) -> None:
    logged_in(noord)
    state = begin(beheer, noord)
    page = came_back(beheer, error="access_denied", state=state)
    assert "Bij Exact is geen toestemming gegeven. De bestaande verbinding blijft in gebruik." in page
    assert "Geldig token informatie aanwezig" in page
    assert light(noord) == ("green", "")


def test_an_error_of_exact_s_page_is_told_as_one(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord)
    assert "Exact heeft het inloggen afgebroken." in came_back(beheer, error="server_error", state=state)


def test_a_state_counts_for_half_an_hour(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord, minutes_ago=31)
    assert "begon meer dan een half uur geleden" in came_back(beheer, code="x", state=state)


def test_a_state_counts_once(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord)
    assert "geen toestemming" in came_back(beheer, error="access_denied", state=state)
    assert NOT_HERE in came_back(beheer, error="access_denied", state=state)


def test_a_later_request_replaces_an_earlier_one(noord: making.Institute, beheer: Client) -> None:
    first = begin(beheer, noord)
    begin(beheer, noord)
    assert NOT_HERE in came_back(beheer, code="x", state=first)


def test_without_an_app_for_the_site_the_person_hears_it(noord: making.Institute, beheer: Client) -> None:
    """The tests know no app: pressing the button and coming back both say so."""
    place = f"/service-center/integraties/{noord.integration.pk}"
    answer = beheer.post(f"{place}/authenticeren", follow=True)
    assert "nog geen Exact-app ingesteld" in text_of(answer.content.decode())
    state = begin(beheer, noord)
    assert "nog geen Exact-app ingesteld" in came_back(beheer, code="x", state=state)


def test_a_deleted_koppeling_cannot_be_logged_in_for(noord: making.Institute, beheer: Client) -> None:
    models.Integration.objects.update(state="deleted")
    address = f"/service-center/integraties/{noord.integration.pk}/authenticeren"
    assert beheer.post(address).status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.FOUND}
    assert BEGUN not in beheer.session


def test_who_is_no_administrator_any_more_connects_nothing(noord: making.Institute, beheer: Client) -> None:
    state = begin(beheer, noord)
    models.Membership.objects.update(role="financieel")
    assert beheer.get(RETURN, {"code": "x", "state": state}).status_code == HTTPStatus.FORBIDDEN


def test_who_looked_at_another_institute_meanwhile_still_connects_his_own(
    noord: making.Institute, beheer: Client
) -> None:
    other = making.institute("Alpha", division=7)
    user = models.User.objects.get(email="beheer@noord.example")
    models.Membership.objects.create(organisation=other.organisation, user=user, role="meekijker")
    state = begin(beheer, noord)
    read(beheer, f"/service-center/integraties/{other.integration.pk}")
    assert "geen toestemming" in came_back(beheer, error="access_denied", state=state)


def test_without_a_login_the_door_is_shut(noord: making.Institute) -> None:
    assert Client().get(RETURN, {"code": "x", "state": "y"}).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (NotAllowed("code-refused"), "De toestemming van Exact was al gebruikt of verlopen."),
        (NotAllowed("NoDivisionAccess"), "Met deze aanmelding bij Exact is administratie 7 niet te bereiken."),
        (NotAllowed("app-refused"), "Exact neemt de gegevens van de Exact-app niet aan."),
        (NotAllowed("BlockedUser"), "De gebruiker waarmee de koppeling in Exact werkt, is geblokkeerd."),
        (Unreachable("oauth2/token: ReadTimeout"), "Exact gaf bij het inloggen geen bruikbaar antwoord."),
    ],
)
@pytest.mark.parametrize("kept", [True, False])
def test_each_failure_is_one_sentence_and_what_holds_now(failure: OutsideFailure, words: str, *, kept: bool) -> None:
    said = why_not(failure, 7, "nl", kept=kept)
    assert said.startswith(words)
    assert ("bestaande verbinding" in said) == kept


@pytest.mark.parametrize("origin", ["https://start.exactonline.nl", ""])
def test_only_a_page_that_leads_to_exact_lets_a_form_go_there(origin: str) -> None:
    from django.http import HttpResponse

    answer: Any = allow_forms_to(HttpResponse(), origin)
    policy = answer.headers.get("Content-Security-Policy", POLICY)
    assert policy == POLICY.replace("form-action 'self'", f"form-action 'self' {origin}".strip())
