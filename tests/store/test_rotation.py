"""Every secret goes under the first key, however often it is begun; what no key opens is named."""

from cryptography.fernet import Fernet
from django.apps import apps
from tests.store.world import NOW, World

from boekbrug.settings import settings
from boekbrug.store import models, organisations
from boekbrug.store.secrets import SEALED, rotate, seal, unreadable, unseal

SECRET = "kn0wn-s3cret-value"


def new_key() -> str:
    return Fernet.generate_key().decode()


def a_secret_at_coachview(world: World) -> None:
    organisations.set_coachview(world.organisation_id, {"coachview_client_secret": SECRET}, who="els", at=NOW)


def test_every_sealed_column_is_rotated() -> None:
    columns = {
        (model, field.name)
        for model in apps.get_app_config("store").get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("_sealed")
    }
    assert columns == set(SEALED)


def test_rotation_seals_everything_under_the_first_key(world: World) -> None:
    ours, new = list(settings().secret_keys), new_key()
    a_secret_at_coachview(world)
    done = rotate([new, *ours])
    assert (done.sealed, done.unreadable) == (3, ())
    row = models.Login.objects.get(id=world.login_id)
    organisation = models.Organisation.objects.get(id=world.organisation_id)
    assert unseal(row.access_token_sealed, [new]) == "access-1"
    assert unseal(organisation.coachview_secret_sealed, [new]) == SECRET
    assert unreadable([new]) == ()


def test_a_rotation_that_is_begun_again_leaves_what_was_done(world: World) -> None:
    ours, new = list(settings().secret_keys), new_key()
    rotate([new, *ours])
    before = models.Login.objects.values().get(id=world.login_id)
    a_secret_at_coachview(world)
    assert rotate([new, *ours]).sealed == 3
    assert models.Login.objects.values().get(id=world.login_id) == before


def test_what_no_key_opens_is_named_and_the_rest_is_done(world: World) -> None:
    ours, lost = list(settings().secret_keys), new_key()
    models.Organisation.objects.filter(id=world.organisation_id).update(
        coachview_secret_sealed=seal(SECRET, [lost]), webhook_secret_sealed=seal(SECRET, [lost])
    )
    new = new_key()
    done = rotate([new, *ours])
    assert (done.sealed, done.unreadable) == (2, ("Instituut Noord",))
    assert unreadable([new, *ours]) == ("Instituut Noord",)
    assert unreadable([new, lost]) == ()


def test_a_login_that_no_key_opens_is_named_by_its_user(world: World) -> None:
    models.Login.objects.filter(id=world.login_id).update(access_token_sealed=seal("a", [new_key()]))
    assert rotate().unreadable == ("els@exact (NL)",)
