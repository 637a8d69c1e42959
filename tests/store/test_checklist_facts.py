"""The facts of the checklist come from our own books: what was read of Exact, and what the latest invoices use."""

from datetime import date, timedelta
from typing import Any

from tests.domain import builders
from tests.store.world import NOW, World

from boekbrug.domain.checklist import Facts, Rights, Used
from boekbrug.store import checklist, models, starting
from boekbrug.store.decide import set_mapping


def facts(world: World, **given: Any) -> Facts:
    return checklist.facts_of(world.integration_id, now=world.now, **given)


def supplier(world: World, code: str, **fields: Any) -> None:
    known = builders.customer(exact_id=f"s-{code}", code=code, name="Drukkerij Smit", supplier=True, **fields)
    world.books.keep_customer(known)


def test_before_anything_was_read_there_is_no_copy(world: World) -> None:
    found = facts(world)
    assert found.connected
    assert found.reference is None
    assert found.read_at is None


def test_the_copy_is_there_with_the_moment_of_reading(world: World) -> None:
    world.books.keep_reference(builders.reference(), NOW, 9)
    found = facts(world)
    assert found.reference is not None
    assert found.reference.journals["70"].kind == 20
    assert found.read_at == NOW


def test_the_latest_invoices_say_what_is_used(world: World) -> None:
    world.receive(builders.invoice(builders.line(vat_code=" 2 ", cost_centre="UTR")))
    world.receive(builders.invoice(id="i-2", number="20260002", payment_term_days=14, direct_debit=True))
    assert facts(world).used == Used(
        invoices=2,
        vat_codes=frozenset({"2"}),
        cost_centres=frozenset({"UTR", "Intern"}),
        payment_terms=frozenset({30}),
        direct_debit=True,
    )


def test_what_is_skipped_uses_nothing(world: World) -> None:
    world.receive(builders.invoice())
    models.Booking.objects.update(state="skipped")
    assert facts(world).used.invoices == 0


def test_invoices_that_were_only_read_count_instead_of_ours(world: World) -> None:
    world.receive(builders.invoice())
    given = builders.invoice(builders.line(vat_code="9"), id="i-9")
    assert facts(world, invoices=(given,)).used.vat_codes == {"9"}


def test_a_debtor_with_the_number_of_a_supplier_is_named_until_a_person_decides(world: World) -> None:
    supplier(world, "42", status="A")
    world.receive(builders.invoice())
    assert facts(world).used.collisions == ("00042 Drukkerij Smit",)
    models.DebtorLink.objects.create(
        organisation_id=world.organisation_id,
        administration_id=world.administration_id,
        debtor_id="d-42",
        who="els",
        at=NOW,
    )
    assert facts(world).used.collisions == ()


def test_a_supplier_that_is_a_customer_too_is_no_collision(world: World) -> None:
    supplier(world, "42", status="C")
    world.receive(builders.invoice())
    assert facts(world).used.collisions == ()


def test_mapped_codes_are_known(world: World) -> None:
    set_mapping(world.integration_id, "vat_code", "2H", "2", who="els", now=NOW)
    assert facts(world).links.vat_codes == {"2H": "2"}


def test_rights_are_kept_and_looked_at_once_a_day(world: World) -> None:
    ids = (world.administration_id, world.login_id)
    assert starting.rights_are_stale(*ids, NOW)
    assert facts(world).rights is None
    starting.keep_rights(*ids, Rights(missing={"crm/Accounts": "scope-missing"}, document_type=True), now=NOW)
    assert facts(world).rights == Rights(missing={"crm/Accounts": "scope-missing"}, document_type=True)
    assert not starting.rights_are_stale(*ids, NOW + timedelta(hours=23))
    assert starting.rights_are_stale(*ids, NOW + timedelta(days=1))


def test_where_nothing_lacked_only_what_shows_red_is_looked_at_again(world: World) -> None:
    ids = (world.administration_id, world.login_id)
    starting.keep_rights(*ids, Rights(document_type=True), now=NOW)
    assert not starting.rights_are_stale(*ids, NOW + timedelta(days=30))
    models.Integration.objects.filter(id=world.integration_id).update(exact_state="red")
    assert not starting.rights_are_stale(*ids, NOW + timedelta(hours=23))
    assert starting.rights_are_stale(*ids, NOW + timedelta(days=1))


def test_a_look_that_found_nothing_keeps_what_was_known(world: World) -> None:
    ids = (world.administration_id, world.login_id)
    starting.keep_rights(*ids, Rights(document_type=False), now=NOW)
    starting.keep_rights(*ids, None, now=NOW + timedelta(days=1))
    assert facts(world).rights == Rights(document_type=False)
    assert not starting.rights_are_stale(*ids, NOW + timedelta(days=1))
    starting.forget_rights(world.integration_id)
    assert facts(world).rights is None


def test_a_confirmation_says_who_and_on_which_day_of_the_institute(world: World) -> None:
    late = NOW.replace(hour=23, minute=30)
    assert checklist.confirm_item(world.integration_id, "own-journal", so=True, who="els", now=late)
    said = facts(world).confirmed["own-journal"]
    assert (said.who, said.on) == ("els", date(2026, 3, 21))
    assert not checklist.confirm_item(world.integration_id, "deferral-account", so=True, who="els", now=late)
    assert checklist.confirm_item(world.integration_id, "own-journal", so=False, who="els", now=late)
    assert facts(world).confirmed == {}


def test_what_is_booked_or_on_its_way_is_not_expected_again(world: World) -> None:
    world.receive(builders.invoice())
    world.booked("i-2", number="20260002")
    found = starting.on_their_way(world.organisation_id, ["i-1", "i-2", "i-3"])
    assert found == {"i-2"}
