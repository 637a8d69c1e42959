"""An integration from draft to deleted, with every version of its options."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.domain import builders
from tests.store.world import NOW, Pair, World, add_koppeling, at_once, keep_login

from boekbrug.domain.problem import Subject, report
from boekbrug.store import integrations, lifecycle, logins, models, organisations
from boekbrug.store.integrations import create_integration, set_options, show_integration
from boekbrug.store.lifecycle import NotAllowedNow
from boekbrug.store.moves import SYSTEM
from boekbrug.store.options import OptionsRefused, SavedMeanwhile, options_of, save_organisation_options
from boekbrug.store.organisations import NotFound
from boekbrug.sync.ports import Step

IGNORED = report("entry-number-ignored", Subject(kind="entry", key="9"), asked="1", got="9")
ONES, TWOS = {"numbers": [["1", "19999999"]]}, {"numbers": [["20000000", "29999999"]]}


def versions(**owner: int) -> list[models.OptionVersion]:
    return list(models.OptionVersion.objects.filter(**owner).order_by("number"))


def draft(world: World, **values: Any) -> int:
    return create_integration(world.organisation_id, {"name": "Tweede", "division": 2} | values, who="els", now=NOW)


def refused(*codes: str) -> Any:
    return pytest.raises(OptionsRefused, match=", ".join(codes))


# options


def test_each_save_keeps_who_when_and_both_values(world: World) -> None:
    number = set_options(world.integration_id, {"journal": "71", "debtor_prefix": "9"}, who="jan", now=NOW)
    latest = versions(integration_id=world.integration_id)[-1]
    assert (latest.number, latest.saved_by, latest.saved_at) == (number, "jan", NOW)
    assert latest.changes == {"journal": {"old": "70", "new": "71"}, "debtor_prefix": {"old": "", "new": "9"}}
    assert options_of(world.integration_id).options.journal == "71"


def test_a_save_that_changes_nothing_is_no_version(world: World) -> None:
    before = versions(integration_id=world.integration_id)
    assert set_options(world.integration_id, {"journal": "70"}, who="jan", now=NOW) == before[-1].number
    assert versions(integration_id=world.integration_id) == before


def test_nothing_of_a_refused_form_is_saved(world: World) -> None:
    before = versions(integration_id=world.integration_id)
    with refused("bulk_repeat: option-not-a-choice"):
        set_options(world.integration_id, {"journal": "71", "bulk_repeat": "never"}, who="jan", now=NOW)
    with refused("debtor_number_3: debtor-number-3-without-2"):
        set_options(world.integration_id, {"journal": "71", "debtor_number_3": "debiteurnummer"}, who="j", now=NOW)
    with refused("nonsense: option-unknown"):
        draft(world, nonsense=1)
    assert versions(integration_id=world.integration_id) == before
    assert models.Integration.objects.count() == 1


def test_a_file_may_hold_the_organisations_keys_too(world: World) -> None:
    integration_id = draft(
        world,
        order_date_type="aanvraag",
        coachview_url="https://secure.coachview.net",
        coachview_client_id="cv",
        coachview_client_secret="geheim",
    )
    assert options_of(integration_id).options.order_date_type == "aanvraag"
    assert options_of(world.integration_id).options.order_date_type == "aanvraag"
    access = organisations.coachview_access(world.organisation_id)
    assert (access.url, access.client_secret) == ("https://secure.coachview.net", "geheim")
    assert "geheim" not in str(list(models.OptionVersion.objects.values()))


def test_the_organisations_options_are_versioned_too(world: World) -> None:
    save_organisation_options(world.organisation_id, {"order_date_type": "aanvraag"}, who="els", at=NOW)
    save_organisation_options(world.organisation_id, {"order_date_determination": "eerste_regel"}, who="jan", at=NOW)
    latest = versions(organisation_id=world.organisation_id)[-1]
    assert latest.values == {"order_date_type": "aanvraag", "order_date_determination": "eerste_regel"}
    assert list(latest.changes) == ["order_date_determination"]
    with refused("journal: option-unknown"):
        save_organisation_options(world.organisation_id, {"journal": "71"}, who="jan", at=NOW)


def test_a_name_is_unique_among_what_is_not_deleted(world: World) -> None:
    with refused("name: name-taken"):
        draft(world, name="Exact")
    lifecycle.delete(world.integration_id, by=SYSTEM, now=NOW)
    assert draft(world, name="Exact")


def test_changed_options_are_checked_against_what_is_waiting(world: World) -> None:
    world.ready()
    set_options(world.integration_id, {"debtor_prefix": "9"}, who="jan", now=NOW)
    assert world.books.ready(NOW, 10) == ()
    assert world.books.to_check(10) == (world.booking(),)


def test_the_division_stays_once_something_is_booked(world: World) -> None:
    world.booked()
    with refused("division: division-booked"):
        set_options(world.integration_id, {"division": 5}, who="jan", now=NOW)


def test_what_was_seen_decides_whether_prefixes_fit(world: World) -> None:
    world.receive(
        builders.invoice(number="202600001"), builders.invoice(id="i-2", debtor=builders.debtor(number="1" * 12))
    )
    with refused("debtor_prefix: debtor-prefix-too-long", "invoice_prefix: invoice-prefix-too-long"):
        set_options(world.integration_id, {"debtor_prefix": "A" * 7, "invoice_prefix": "99"}, who="jan", now=NOW)


def test_what_exact_has_decides_about_the_journal(world: World) -> None:
    world.books.keep_reference(builders.reference(journals=builders.by_code(builders.journal(code="75"))), NOW, 9)
    with refused("journal: journal-not-there"):
        set_options(world.integration_id, {"debtor_prefix": "9"}, who="jan", now=NOW)
    assert set_options(world.integration_id, {"journal": "75"}, who="jan", now=NOW)
    assert integrations.verdict_of(world.integration_id).refusals == ()


def test_another_division_leads_to_another_administration(world: World) -> None:
    world.receive(builders.invoice())
    set_options(world.integration_id, {"division": 2}, who="jan", now=NOW)
    shown = show_integration(world.integration_id)
    assert shown.administration_id != world.administration_id
    assert world.row().administration_id == shown.administration_id


def test_a_division_that_the_login_does_not_reach_is_refused(world: World) -> None:
    with refused("division: division-not-reached"):
        set_options(world.integration_id, {"division": 5}, who="jan", now=NOW)
    login_id = show_integration(world.integration_id).login_id
    assert login_id is not None
    logins.keep_reach(login_id, {5: "Noord", 2: "Zuid"})
    set_options(world.integration_id, {"division": 5}, who="jan", now=NOW)
    models.Login.objects.filter(id=login_id).update(refresh_mark="")
    assert set_options(world.integration_id, {"division": 6}, who="jan", now=NOW), "nobody is logged in to ask"


def test_the_administration_is_named_as_exact_names_it(world: World) -> None:
    login_id = show_integration(world.integration_id).login_id
    assert login_id is not None
    logins.keep_reach(login_id, {5: "Noord B.V.", 2: "Zuid"})
    set_options(world.integration_id, {"division": 5}, who="jan", now=NOW)
    administration = models.Integration.objects.get(id=world.integration_id).administration
    assert administration is not None
    assert administration.name == "Noord B.V."


def test_a_form_that_was_made_from_an_older_version_overwrites_nothing(world: World) -> None:
    number = show_integration(world.integration_id).options_version
    set_options(world.integration_id, {"journal": "71"}, who="els", now=NOW, expected_version=number)
    with pytest.raises(SavedMeanwhile):
        set_options(world.integration_id, {"debtor_prefix": "9"}, who="jan", now=NOW, expected_version=number)
    assert options_of(world.integration_id).options.debtor_prefix == ""


# enabling


def test_two_koppelingen_that_may_book_one_invoice_are_refused(world: World) -> None:
    with refused("invoice_filter: invoice-filter-overlaps"):
        lifecycle.enable(draft(world), now=NOW)


@pytest.mark.parametrize("purpose", ["proef", "schaduw"])
def test_a_rehearsal_may_stand_beside_a_live_one(world: World, purpose: str) -> None:
    lifecycle.enable(draft(world, purpose=purpose), now=NOW)


def test_disjoint_series_may_stand_beside_each_other_and_stay_so(world: World) -> None:
    set_options(world.integration_id, {"invoice_filter": ONES}, who="els", now=NOW)
    second = draft(world, invoice_filter=TWOS)
    lifecycle.enable(second, now=NOW)
    with refused("invoice_filter: invoice-filter-overlaps"):
        set_options(second, {"invoice_filter": ONES}, who="els", now=NOW)


def test_another_organisation_on_the_same_coachview_counts_too(world: World) -> None:
    environment = {"coachview_url": "https://c", "coachview_client_id": "cv"}
    organisations.set_coachview(world.organisation_id, environment, who="els", at=NOW)
    other = organisations.create_organisation("Dubbel", now=NOW)
    organisations.set_coachview(other, environment, who="els", at=NOW)
    integration_id = create_integration(other, {"division": 3}, who="els", now=NOW)
    with refused("invoice_filter: invoice-filter-overlaps"):
        lifecycle.enable(integration_id, now=NOW)
    organisations.set_coachview(other, {"coachview_client_id": "own"}, who="els", at=NOW)
    lifecycle.enable(integration_id, now=NOW)


def test_of_two_that_are_enabled_at_once_one_is(shared_world: World) -> None:
    lifecycle.delete(shared_world.integration_id, by=SYSTEM, now=NOW)
    ids = [draft(shared_world, name="A"), draft(shared_world, name="B")]
    results = at_once(*[lambda i=i: lifecycle.enable(i, now=NOW) for i in ids])
    assert sum(isinstance(result, OptionsRefused) for result in results) == 1
    assert models.Integration.objects.filter(state="enabled").count() == 1


# the life


def test_it_starts_only_when_it_is_enabled_and_connected(world: World) -> None:
    integration_id = draft(world, purpose="proef")
    assert not lifecycle.activate(integration_id, now=NOW)
    lifecycle.enable(integration_id, now=NOW)
    assert not lifecycle.activate(integration_id, now=NOW)
    lifecycle.connect(integration_id, world.login_id, now=NOW)
    assert not lifecycle.activate(integration_id, now=NOW)
    lifecycle.confirm(integration_id, who="els", now=NOW)
    assert lifecycle.activate(integration_id, now=NOW)
    assert not lifecycle.activate(integration_id, now=NOW)


def test_what_is_not_enabled_cannot_be_confirmed(world: World) -> None:
    integration_id = draft(world, purpose="proef")
    with pytest.raises(NotAllowedNow):
        lifecycle.confirm(integration_id, who="els", now=NOW)


def test_both_confirmations_may_be_given_at_once_and_later(world: World) -> None:
    integration_id = draft(world, purpose="proef")
    for who in ("els", "jan"):
        lifecycle.enable_and_confirm(integration_id, who=who, now=NOW)
        row = models.Integration.objects.get(id=integration_id)
        assert (row.state, row.confirmed_by) == ("enabled", who)


def test_a_start_that_does_not_come_leaves_nothing_confirmed(world: World) -> None:
    integration_id = draft(world, purpose="proef")
    lifecycle.enable(integration_id, now=NOW)
    assert not lifecycle.start_confirmed(integration_id, who="els", now=NOW)
    assert models.Integration.objects.get(id=integration_id).confirmed_at is None
    lifecycle.connect(integration_id, world.login_id, now=NOW)
    assert lifecycle.start_confirmed(integration_id, who="els", now=NOW)
    row = models.Integration.objects.get(id=integration_id)
    assert (row.state, row.confirmed_by, row.confirmed_at) == ("active", "els", NOW)


def test_starting_sets_the_open_start_dates_to_the_local_day(world: World) -> None:
    late = NOW.replace(hour=23, minute=30)
    integration_id = draft(world, purpose="proef")
    lifecycle.enable(integration_id, now=late)
    lifecycle.confirm(integration_id, who="els", now=late)
    lifecycle.connect(integration_id, world.login_id, now=late)
    assert lifecycle.activate(integration_id, now=late)
    options = options_of(integration_id).options
    assert options.book_from == options.payments_from == date(2026, 3, 21)
    shown = show_integration(integration_id)
    assert (shown.state, shown.activated_at) == ("active", late)


def test_a_start_makes_everything_due_and_tells_the_day(world: World) -> None:
    assert set(world.books.due_steps(NOW)) == set(Step)
    (koppeling,) = world.books.koppelingen()
    assert (koppeling.integration_id, koppeling.options.activated_on) == (world.integration_id, NOW.date())


def test_pausing_hides_the_koppeling_and_resuming_goes_on(world: World) -> None:
    lifecycle.pause(world.integration_id, now=NOW)
    assert world.books.koppelingen() == ()
    with pytest.raises(NotAllowedNow):
        lifecycle.pause(world.integration_id, now=NOW)
    models.DueStep.objects.all().delete()
    lifecycle.resume(world.integration_id, now=NOW)
    assert len(world.books.koppelingen()) == 1
    assert Step.BOOK in world.books.due_steps(NOW)


def test_what_never_started_waits_again_after_a_pause(world: World) -> None:
    integration_id = draft(world, purpose="proef")
    lifecycle.enable(integration_id, now=NOW)
    lifecycle.pause(integration_id, now=NOW)
    lifecycle.resume(integration_id, now=NOW)
    assert show_integration(integration_id).state == "enabled"


def test_a_stop_pauses_and_says_why_until_it_is_resumed(world: World) -> None:
    world.books.stop(world.integration_id, IGNORED)
    row = models.Integration.objects.get(id=world.integration_id)
    assert row.state == "paused"
    assert (row.stopped_problem or {})["code"] == "entry-number-ignored"
    lifecycle.resume(world.integration_id, now=NOW)
    assert models.Integration.objects.get(id=world.integration_id).stopped_problem is None


def test_deleting_forgets_the_tokens_that_nobody_else_uses(world: World) -> None:
    second, login_id, _ = add_koppeling(world.organisation_id, name="Proef", purpose="proef", division=2)
    assert login_id == world.login_id
    lifecycle.delete(world.integration_id, by=SYSTEM, now=NOW)
    assert logins.LoginTokens(login_id).read() is not None
    lifecycle.delete(second, by=SYSTEM, now=NOW)
    assert logins.LoginTokens(login_id).read() is None
    assert versions(integration_id=second)
    with pytest.raises(NotFound):
        set_options(second, {"journal": "71"}, who="els", now=NOW)
    with pytest.raises(NotFound):
        lifecycle.enable(second, now=NOW)


def test_a_new_login_replaces_the_old_one(world: World) -> None:
    new = keep_login(world.organisation_id, Pair(access="a", refresh="r"), exact_user="jan@exact")
    models.DueStep.objects.all().delete()
    lifecycle.connect(world.integration_id, new, now=NOW)
    assert logins.LoginTokens(world.login_id).read() is None
    assert lifecycle.login_of(world.administration_id) == new
    assert Step.SETTLE in world.books.due_steps(NOW)


def test_an_administration_without_tokens_has_no_login(world: World) -> None:
    models.Login.objects.update(refresh_mark="")
    assert lifecycle.login_of(world.administration_id) is None


def test_an_authorisation_counts_once_and_for_half_an_hour(world: World) -> None:
    first = lifecycle.begin_authorise(world.integration_id, now=NOW)
    second = lifecycle.begin_authorise(world.integration_id, now=NOW)
    assert first != second
    assert lifecycle.take_authorise(first, now=NOW) is None
    assert lifecycle.take_authorise(second, now=NOW + timedelta(minutes=30)) is None
    assert lifecycle.take_authorise(second, now=NOW) == world.integration_id
    assert lifecycle.take_authorise(second, now=NOW) is None
    assert lifecycle.take_authorise("", now=NOW) is None


def test_red_shows_the_reason_since_when_it_is_so(world: World) -> None:
    world.books.connection_failed("exact", "rights-missing", "403")
    world.advance(hours=1)
    world.books.connection_failed("exact", "rights-missing", "403 again")
    row = models.Integration.objects.get(id=world.integration_id)
    assert (row.exact_state, row.exact_reason, row.exact_detail, row.exact_since) == (
        "red",
        "rights-missing",
        "403 again",
        NOW,
    )
    world.books.connection_works("exact")
    row.refresh_from_db()
    assert (row.exact_state, row.exact_reason, row.exact_since) == ("green", "", world.now)
    assert show_integration(world.integration_id).exact == ("green", "")
    with pytest.raises(ValueError, match="party"):
        world.books.connection_works("somebody")


def test_another_division_than_the_stored_one_shows_red(world: World) -> None:
    lifecycle.disconnect(world.integration_id, "NoDivisionAccess", "els", now=NOW)
    assert show_integration(world.integration_id).exact == ("red", "NoDivisionAccess")


def test_several_mistakes_of_ours_on_one_day_are_one_notice(world: World) -> None:
    world.books.broken("crm/Accounts", "400 first")
    world.books.broken("crm/Accounts", "400 second")
    world.advance(days=1)
    world.books.broken("crm/Accounts", "400 third")
    rows = models.OperatorNotice.objects.order_by("day").values_list("times", "detail")
    assert list(rows) == [(2, "400 second"), (1, "400 third")]


def test_lists_leave_out_what_is_deleted(world: World) -> None:
    second = draft(world)
    assert [one.id for one in integrations.list_integrations()] == [world.integration_id, second]
    lifecycle.delete(second, by=SYSTEM, now=NOW)
    assert [one.name for one in integrations.list_integrations(world.organisation_id)] == ["Exact"]
    assert integrations.option_values(world.integration_id)["journal"] == "70"
    with pytest.raises(NotFound):
        show_integration(999_999)
