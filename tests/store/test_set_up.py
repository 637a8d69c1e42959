"""The link to the first institute: good once, and only while there is nobody who can log in."""

import pytest
from tests.store.world import NOW, at_once

from boekbrug.store import models
from boekbrug.store.organisations import AlreadyThere, NotFound, create_organisation, create_user
from boekbrug.store.set_up import FirstPerson, new_set_up_link, nobody_yet, opens_set_up, set_up

ELS = FirstPerson(organisation="Opleidingen Noord", mail="Els@Noord.example", password="een-lang-wachtwoord")


def link() -> str:
    secret = new_set_up_link(now=NOW)
    assert secret is not None
    return secret


@pytest.mark.django_db
def test_the_link_makes_the_institute_and_its_beheerder() -> None:
    organisation_id = set_up(link(), ELS, now=NOW)
    member = models.Membership.objects.get(organisation_id=organisation_id)
    assert (member.user.email, member.role) == ("els@noord.example", "beheerder")
    assert member.user.password.startswith("argon2")
    assert not member.user.is_operator
    assert not nobody_yet()


@pytest.mark.django_db
def test_the_secret_itself_is_nowhere_in_the_database() -> None:
    secret = link()
    assert len(secret) >= 22  # 128 bits in url-safe base64
    assert secret not in str(models.SetUpLink.objects.values())
    assert ELS.password not in repr(ELS)


@pytest.mark.django_db
def test_a_used_link_opens_nothing_any_more() -> None:
    secret = link()
    set_up(secret, ELS, now=NOW)
    assert not opens_set_up(secret)
    with pytest.raises(NotFound):
        set_up(secret, ELS, now=NOW)
    assert models.Organisation.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["", "geraden", "é" * 22, "a" * 100_000])
def test_another_secret_opens_nothing(secret: str) -> None:
    link()
    assert not opens_set_up(secret)
    with pytest.raises(NotFound):
        set_up(secret, ELS, now=NOW)
    assert nobody_yet()


@pytest.mark.django_db
def test_a_new_link_takes_the_place_of_the_one_before() -> None:
    old, new = link(), link()
    assert not opens_set_up(old)
    assert opens_set_up(new)


@pytest.mark.django_db
def test_where_somebody_can_log_in_there_is_no_link() -> None:
    secret = link()
    create_user("operator@example.test", "een-lang-wachtwoord", role="operator")
    assert not opens_set_up(secret)
    with pytest.raises(NotFound):
        set_up(secret, ELS, now=NOW)
    assert new_set_up_link(now=NOW) is None
    assert not models.SetUpLink.objects.exists()


@pytest.mark.django_db
def test_a_name_that_is_taken_leaves_the_link_as_it_was() -> None:
    create_organisation(ELS.organisation, now=NOW)
    secret = link()
    with pytest.raises(AlreadyThere):
        set_up(secret, ELS, now=NOW)
    assert opens_set_up(secret)
    assert nobody_yet()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_exactly_one_makes_an_institute() -> None:
    secret = link()
    jan = FirstPerson(organisation="Opleidingen Zuid", mail="jan@zuid.example", password=ELS.password)

    def begin(person: FirstPerson) -> bool:
        try:
            set_up(secret, person, now=NOW)
        except NotFound:
            return False
        return True

    outcomes = at_once(lambda: begin(ELS), lambda: begin(jan))
    assert sorted(outcomes, key=str) == [False, True]
    assert models.Organisation.objects.count() == models.User.objects.count() == 1
