"""One refresh at a time per login, by compare and swap; secrets are sealed and never show."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from tests.store.world import NOW, Pair, World, at_once, keep_login

from boekbrug.exact.oauth import TokenStore
from boekbrug.store import logins, models, organisations
from boekbrug.store.logins import LoginTokens
from boekbrug.store.secrets import SealBroken, seal, unseal
from boekbrug.sync.failures import Throttled

SECRET = "geheim-1234-é"


def store(world: World) -> LoginTokens:
    kept = LoginTokens(world.login_id, world.clock)
    port: TokenStore = kept
    assert port is kept
    return kept


def refresh_of(world: World) -> str:
    pair = store(world).read()
    assert pair is not None
    return pair.refresh


def test_a_new_pair_replaces_the_one_that_was_offered(world: World) -> None:
    tokens, old = store(world), refresh_of(world)
    assert tokens.start_refresh(old, NOW)
    new = Pair(access="access-2", refresh="refresh-2", issued_at=NOW, expires_at=NOW + timedelta(seconds=600))
    assert tokens.finish_refresh(old, new)
    read = tokens.read()
    assert read is not None
    assert (read.access, read.refresh, read.expires_at) == ("access-2", "refresh-2", new.expires_at)
    assert tokens.start_refresh("refresh-2", NOW)


def test_a_token_that_is_no_longer_ours_is_neither_offered_nor_replaced(world: World) -> None:
    tokens, old = store(world), refresh_of(world)
    tokens.start_refresh(old, NOW)
    tokens.finish_refresh(old, Pair(access="access-2", refresh="refresh-2"))
    assert not tokens.start_refresh(old, NOW)
    assert not tokens.finish_refresh(old, Pair(access="access-3", refresh="refresh-3"))
    assert refresh_of(world) == "refresh-2"


def test_a_start_without_an_answer_is_offered_again_after_75_seconds(world: World) -> None:
    tokens, old = store(world), refresh_of(world)
    assert tokens.start_refresh(old, NOW)
    assert not tokens.start_refresh(old, NOW + timedelta(seconds=74))
    assert tokens.start_refresh(old, NOW + timedelta(seconds=75))
    assert not tokens.start_refresh(old, NOW + timedelta(seconds=76))


def test_a_claim_that_was_given_back_is_free(world: World) -> None:
    tokens, old = store(world), refresh_of(world)
    tokens.start_refresh(old, NOW)
    tokens.abandon_refresh("another token")
    assert not tokens.start_refresh(old, NOW)
    tokens.abandon_refresh(old)
    assert tokens.start_refresh(old, NOW)


def test_of_many_workers_that_race_one_refreshes(shared_world: World) -> None:
    old = refresh_of(shared_world)

    def race(number: int) -> Callable[[], bool]:
        def work() -> bool:
            tokens = store(shared_world)
            if not tokens.start_refresh(old, NOW):
                return False
            return tokens.finish_refresh(old, Pair(access=f"a-{number}", refresh=f"r-{number}"))

        return work

    results = at_once(*(race(number) for number in range(8)))
    assert sum(result is True for result in results) == 1
    assert refresh_of(shared_world) == f"r-{results.index(True)}"


def test_a_disconnected_login_is_red_and_has_no_tokens(world: World) -> None:
    tokens = store(world)
    tokens.read()
    tokens.disconnected("invalid-grant")
    assert tokens.read() is None
    row = models.Integration.objects.get(id=world.integration_id)
    assert (row.exact_state, row.exact_reason) == ("red", "invalid-grant")


def test_a_new_consent_in_the_meantime_survives_a_disconnection(world: World) -> None:
    late = store(world)
    late.read()
    keep_login(world.organisation_id, Pair(access="a", refresh="new"), exact_user="els@exact")
    late.disconnected("invalid-grant")
    assert refresh_of(world) == "new"
    assert models.Integration.objects.get(id=world.integration_id).exact_state == "green"


def test_the_same_user_renews_his_login_and_another_has_his_own(world: World) -> None:
    again = keep_login(world.organisation_id, Pair(access="a", refresh="r"), exact_user="els@exact")
    other = keep_login(world.organisation_id, Pair(access="a", refresh="r"), exact_user="jan@exact")
    assert again == world.login_id
    assert other != world.login_id


def test_somebody_of_the_same_name_at_another_institute_has_his_own_login(world: World) -> None:
    elsewhere = organisations.create_organisation("Elders", now=NOW)
    other = keep_login(elsewhere, Pair(access="a", refresh="theirs"), exact_user="els@exact")
    assert other != world.login_id
    assert refresh_of(world) == f"refresh-{world.integration_id}"


def test_a_consent_that_reaches_less_leaves_the_login_of_the_others_alone(world: World) -> None:
    narrow = keep_login(world.organisation_id, Pair(access="a", refresh="n"), exact_user="els@exact", divisions=(7,))
    assert narrow != world.login_id
    assert refresh_of(world) == f"refresh-{world.integration_id}"


def test_a_login_unused_for_twenty_days_is_due_for_a_refresh(world: World) -> None:
    assert logins.unused_logins(NOW + timedelta(days=19), 10) == ()
    assert logins.unused_logins(NOW + timedelta(days=20), 10) == ((world.login_id, "NL"),)
    assert logins.unused_logins(NOW + timedelta(days=20), 0) == ()


def test_a_login_has_two_hundred_token_calls_a_day(world: World) -> None:
    tokens, old = store(world), refresh_of(world)
    for minute in range(logins.MOST_TOKEN_CALLS):
        assert tokens.start_refresh(old, NOW + timedelta(minutes=2 * minute))
        tokens.abandon_refresh(old)
    late = NOW + timedelta(hours=8)
    with pytest.raises(Throttled) as told:
        tokens.start_refresh(old, late)
    midnight = datetime(2026, 3, 21, tzinfo=UTC)
    assert told.value.until == midnight
    assert not tokens.start_refresh("another token", late)
    assert tokens.start_refresh(old, midnight)


def test_what_is_sealed_opens_with_any_key_of_the_list(world: World) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = seal(SECRET, [old])
    assert SECRET not in sealed
    assert unseal(sealed, [new, old]) == SECRET
    with pytest.raises(SealBroken):
        unseal(sealed, [new])
    assert seal("") == unseal("") == ""


def test_no_secret_shows_in_a_repr_or_a_column(world: World) -> None:
    organisations.set_coachview(
        world.organisation_id, {"coachview_client_secret": SECRET, "coachview_url": "https://c"}, who="els", at=NOW
    )
    pair, access = store(world).read(), organisations.coachview_access(world.organisation_id)
    assert access.client_secret == SECRET
    assert pair is not None
    columns = [list(table.objects.values()) for table in (models.Login, models.Organisation)]
    shown = f"{pair!r} {access!r} {columns!r} {store(world)!r}"
    assert not [secret for secret in (SECRET, pair.access, pair.refresh) if secret in shown]


def test_an_empty_secret_leaves_the_one_that_is_there(world: World) -> None:
    organisations.set_coachview(world.organisation_id, {"coachview_client_secret": SECRET}, who="els", at=NOW)
    organisations.set_coachview(
        world.organisation_id, {"coachview_client_secret": "", "profile": "coachview"}, who="els", at=NOW
    )
    assert organisations.coachview_access(world.organisation_id).client_secret == SECRET
