"""A right that Coachview wants before it takes what we report back: the beheerder reads which one."""

import pytest
from django.test import Client
from tests.store.world import NOW, World
from tests.web import making
from tests.web.deciding import member
from tests.web.reading_pages import read

from boekbrug.store import models
from boekbrug.store.koppelingen import coachview_changed


def test_it_stands_beside_the_form_and_on_the_first_page(noord: making.Institute) -> None:
    beheer: Client = member(noord, "beheerder")
    place = f"/service-center/integraties/{noord.integration.pk}"
    assert "Facturen.Schrijven" not in read(beheer, place)
    models.Organisation.objects.update(write_scope_missing="Facturen.Schrijven")
    page = read(beheer, place)
    assert "Coachview neemt onze terugmelding niet aan" in page
    assert "Geef de API-client in Coachview het recht Facturen.Schrijven." in page
    assert "Verbonden, zonder terugmelding" in page
    assert "de API-client mist het recht Facturen.Schrijven." in read(beheer, "/")


def test_it_is_kept_once_and_goes_when_coachview_takes_it(world: World) -> None:
    world.books.write_right(world.organisation_id, "Facturen.Schrijven")
    world.books.write_right(world.organisation_id, "Facturen.Schrijven")
    assert models.Organisation.objects.get().write_scope_missing == "Facturen.Schrijven"
    world.books.write_right(world.organisation_id, "")
    assert models.Organisation.objects.get().write_scope_missing == ""


@pytest.fixture
def world(db: None) -> World:
    return World.make()


def test_other_data_for_coachview_make_it_unknown(world: World) -> None:
    world.books.write_right(world.organisation_id, "Facturen.Schrijven")
    coachview_changed(world.organisation_id, NOW)
    assert models.Organisation.objects.get().write_scope_missing == ""
