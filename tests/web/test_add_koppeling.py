"""Koppeling toevoegen: one press makes a koppeling with the defaults, and nothing starts."""

from http import HTTPStatus

import pytest
from django.test import Client
from tests.store.world import NOW, at_once
from tests.web import making
from tests.web.reading_pages import heading, read

from boekbrug.store import models
from boekbrug.store.integrations import add_integration, create_integration, set_options
from boekbrug.store.organisations import create_organisation

INTEGRATIONS = "/service-center/integraties"


def somebody(role: str) -> tuple[Client, models.Organisation]:
    """A member of a new institute, logged in."""
    organisation = models.Organisation.objects.create(name="Opleidingen Zuid")
    user = making.person(f"{role}@zuid.example")
    models.Membership.objects.create(organisation=organisation, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client, organisation


@pytest.mark.django_db
def test_a_new_institute_is_told_what_to_have_at_hand() -> None:
    page = read(somebody("beheerder")[0], INTEGRATIONS)
    assert "Nog geen koppeling met Exact" in page
    assert "client-id en secret" in page
    assert "Koppeling toevoegen" in page


@pytest.mark.django_db
def test_one_press_leads_to_a_koppeling_that_waits_to_be_filled_in() -> None:
    client, organisation = somebody("beheerder")
    answer = client.post(INTEGRATIONS)
    row = models.Integration.objects.get(organisation=organisation)
    assert (row.name, row.state) == ("Exact Online", "draft")
    assert answer["Location"] == f"{INTEGRATIONS}/{row.pk}"
    assert heading(client, answer["Location"]) == "Exact Online"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["financieel", "meekijker"])
def test_others_cannot_add_and_are_told_whom_to_ask(role: str) -> None:
    client, _ = somebody(role)
    page = read(client, INTEGRATIONS)
    assert "Koppeling toevoegen" not in page
    assert "Vraag een beheerder" in page
    assert client.post(INTEGRATIONS).status_code == HTTPStatus.FORBIDDEN
    assert not models.Integration.objects.exists()


@pytest.mark.django_db
def test_a_second_one_gets_a_name_of_its_own_once_the_first_was_filled_in() -> None:
    organisation_id = create_organisation("Zuid", now=NOW)
    first = add_integration(organisation_id, who="els", now=NOW)
    assert add_integration(organisation_id, who="els", now=NOW) == first, "nothing was done with it yet"
    set_options(first, {"journal": "71"}, who="els", now=NOW)
    create_integration(organisation_id, {"name": "Exact Online 2", "journal": "72"}, who="els", now=NOW)
    third = add_integration(organisation_id, who="els", now=NOW)
    assert models.Integration.objects.get(id=third).name == "Exact Online 3"


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one() -> None:
    organisation_id = create_organisation("Zuid", now=NOW)

    def press() -> int:
        return add_integration(organisation_id, who="els", now=NOW)

    outcomes = at_once(press, press)
    assert len(set(outcomes)) == models.Integration.objects.count() == 1
