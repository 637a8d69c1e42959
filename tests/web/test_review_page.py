"""After a restore the page of a koppeling says how far its review is, and offers to resume only when it has ended."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.reading_pages import text_of

from boekbrug.store import models, restoring

BUTTON = "/hervatten"


@pytest.fixture
def beheer(noord: making.Institute) -> Client:
    """An administrator of the institute, logged in; its backup was put back a moment ago."""
    restoring.put_in_review(timezone.now())
    client = Client()
    client.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    return client


def seen(client: Client, noord: making.Institute) -> tuple[str, bool]:
    """What the page says, and whether it offers to resume."""
    answer = client.get(f"/service-center/integraties/{noord.integration.pk}")
    assert answer.status_code == HTTPStatus.OK
    return text_of(answer.content.decode()), BUTTON in answer.content.decode()


def logged_out() -> None:
    models.Login.objects.update(refresh_mark="")


def logged_in() -> None:
    models.Login.objects.update(refresh_mark="fresh")


def test_first_somebody_has_to_log_in_again(noord: making.Institute, beheer: Client) -> None:
    logged_out()
    text, resumes = seen(beheer, noord)
    assert "Nakijken na herstel" in text
    assert "Er wordt niets geboekt. Kies Authenticeren om opnieuw in te loggen bij Exact" in text
    assert not resumes


def test_while_it_is_reviewed_nobody_needs_to_do_anything(noord: making.Institute, beheer: Client) -> None:
    logged_in()
    text, resumes = seen(beheer, noord)
    assert "Er wordt niets verstuurd, en u hoeft niets te doen." in text
    assert not resumes


def test_a_review_that_has_ended_tells_its_figures_and_offers_to_resume(
    noord: making.Institute, beheer: Client
) -> None:
    models.Review.objects.update(done_at=timezone.now(), found=50, taken=1, absent=2)
    text, resumes = seen(beheer, noord)
    assert "50 facturen stonden al in Exact en zijn weer als geboekt genoteerd." in text
    assert "Van 1 factuur is het boekstuknummer in Exact bezet door iets anders; die wacht op u." in text
    assert "2 facturen staan niet in Exact en worden na het hervatten geboekt." in text
    assert resumes
    answer = beheer.post(f"/service-center/integraties/{noord.integration.pk}/hervatten", follow=True)
    assert "Hervat." in text_of(answer.content.decode())
    assert models.Integration.objects.get(pk=noord.integration.pk).state == "active"


def test_what_has_never_booked_may_resume_at_once(noord: making.Institute, beheer: Client) -> None:
    models.Integration.objects.update(activated_at=None)
    text, resumes = seen(beheer, noord)
    assert "Deze koppeling heeft nog nooit geboekt" in text
    assert resumes


def test_vandaag_says_why_nothing_is_booked(noord: making.Institute, beheer: Client) -> None:
    text = text_of(beheer.get("/").content.decode())
    assert "Er is een back-up teruggezet. Er wordt niets geboekt tot dit is nagekeken." in text


def test_a_koppeling_that_is_not_in_review_says_nothing_of_it(noord: making.Institute, beheer: Client) -> None:
    models.Review.objects.all().delete()
    models.Integration.objects.update(state="active", state_since=timezone.now() - timedelta(days=1))
    text, resumes = seen(beheer, noord)
    assert "Nakijken" not in text
    assert not resumes
