"""Organisations and people."""

import pytest
from tests.store.world import NOW, World

from boekbrug.store import models
from boekbrug.store.options import SavedMeanwhile
from boekbrug.store.organisations import (
    AlreadyThere,
    NotFound,
    create_organisation,
    create_user,
    find_organisation,
    list_organisations,
    set_coachview,
    show_organisation,
)
from boekbrug.store.webhooks import webhook_of


def test_an_organisation_is_found_by_name_and_by_id(world: World) -> None:
    digits = create_organisation("2026", now=NOW)
    assert find_organisation(" Instituut Noord ") == world.organisation_id
    assert find_organisation(str(world.organisation_id)) == world.organisation_id
    assert find_organisation("2026") == digits
    with pytest.raises(NotFound):
        find_organisation("Instituut Zuid")
    assert [one.name for one in list_organisations()] == ["2026", "Instituut Noord"]


def test_a_name_is_given_once(world: World) -> None:
    with pytest.raises(AlreadyThere):
        create_organisation("Instituut Noord", now=NOW)


def test_another_environment_is_read_from_the_start(world: World) -> None:
    set_coachview(world.organisation_id, {"coachview_url": "https://a"}, who="els", at=NOW)
    models.Organisation.objects.update(fetched_until=NOW, fetched_from=NOW)
    set_coachview(
        world.organisation_id, {"coachview_client_secret": "new", "coachview_url": "https://a"}, who="els", at=NOW
    )
    assert show_organisation(world.organisation_id).fetched_until == NOW
    set_coachview(world.organisation_id, {"coachview_url": "https://b"}, who="els", at=NOW)
    assert show_organisation(world.organisation_id).fetched_until is None


@pytest.mark.parametrize("role", ["beheerder", "financieel", "meekijker"])
def test_a_person_has_a_role_in_an_organisation(world: World, role: str) -> None:
    user_id = create_user("Els@Noord.example", "long enough words", role=role, organisation_id=world.organisation_id)
    user = models.User.objects.get(id=user_id)
    assert (user.email, user.is_operator, user.memberships.get().role) == ("els@noord.example", False, role)
    with pytest.raises(AlreadyThere):
        create_user("ELS@noord.example", "x", role=role, organisation_id=world.organisation_id)


def test_an_operator_needs_no_organisation_and_others_do(world: World) -> None:
    operator = models.User.objects.get(id=create_user("op@boekbrug.example", "words", role="operator"))
    assert operator.is_operator
    assert not operator.memberships.exists()
    with pytest.raises(ValueError, match="say which"):
        create_user("jan@noord.example", "words", role="financieel")
    with pytest.raises(ValueError, match="no such role"):
        create_user("jan@noord.example", "words", role="chef", organisation_id=world.organisation_id)
    with pytest.raises(NotFound):
        create_user("jan@noord.example", "words", role="financieel", organisation_id=999_999)
    assert not models.User.objects.filter(email="jan@noord.example").exists()


def test_each_save_of_coachview_keeps_who_when_and_what_but_no_secret(world: World) -> None:
    values = {"coachview_url": "https://a", "coachview_client_secret": "s3cret", "webhook_secret": "hook-s3cret"}
    assert set_coachview(world.organisation_id, values, who="els", at=NOW, expected_version=0) == 1
    assert set_coachview(world.organisation_id, values, who="jan", at=NOW, expected_version=1) == 1
    saved = models.CoachviewVersion.objects.get(organisation_id=world.organisation_id)
    assert (saved.saved_by, saved.saved_at) == ("els", NOW)
    assert saved.changes == {
        "coachview_url": {"old": "", "new": "https://a"},
        "coachview_client_secret": {"old": False, "new": True},
        "webhook_secret": {"old": False, "new": True},
    }


def test_of_two_who_save_coachview_at_once_the_second_overwrites_nothing(world: World) -> None:
    set_coachview(world.organisation_id, {"coachview_url": "https://a"}, who="els", at=NOW, expected_version=0)
    with pytest.raises(SavedMeanwhile):
        set_coachview(world.organisation_id, {"coachview_url": "https://b"}, who="jan", at=NOW, expected_version=0)
    assert show_organisation(world.organisation_id).coachview_url == "https://a"


def test_the_webhooks_signature_can_be_given_up_again(world: World) -> None:
    set_coachview(world.organisation_id, {"webhook_secret": "hook-s3cret"}, who="els", at=NOW)
    assert webhook_of(world.organisation_id).signed
    set_coachview(world.organisation_id, {"webhook_secret": ""}, who="els", at=NOW)
    assert not webhook_of(world.organisation_id).signed
