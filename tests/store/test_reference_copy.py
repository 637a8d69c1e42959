"""The copy of Exact's reference data: what was read comes back the same, and only the customers that matter."""

from dataclasses import replace
from datetime import date

import pytest
from tests.domain import builders
from tests.store.world import NOW, World

from boekbrug.domain.customers import Customer
from boekbrug.domain.reference import CostCentre, Project
from boekbrug.store import models
from boekbrug.store.decide import set_mapping
from boekbrug.sync.ports import ReferencePage, Step

OTHERS = {"vat_number": "", "email": ""}


def kept(world: World, *customers: Customer) -> None:
    world.books.keep_page("customers", ReferencePage(timestamp=7, customers=customers))


def ids_for(world: World, **debtor: object) -> list[str]:
    invoice = builders.invoice(debtor=builders.debtor(**OTHERS | debtor))
    return [customer.exact_id for customer in world.books.reference([invoice]).customers]


def test_what_was_read_comes_back_the_same(world: World) -> None:
    reference = builders.reference(
        periods=builders.periods(closed=((2026, 1),)),
        cost_centres=builders.by_code(CostCentre(code="OUD", description="Oud", end=date(2025, 12, 31))),
    )
    world.books.keep_reference(reference, NOW, 9)
    kept(world, *reference.customers)
    world.books.keep_page("projects", ReferencePage(timestamp=8, projects=tuple(reference.projects.values())))
    invoice = builders.invoice(reference="PO 55")
    assert world.books.reference([invoice]) == replace(
        reference, periods=tuple(sorted(reference.periods, key=lambda one: (one.year, one.period)))
    )
    assert world.books.reference_read_at() == NOW
    assert (world.books.timestamp("customers"), world.books.timestamp("projects")) == (7, 8)


def test_before_the_first_read_there_is_nothing(world: World) -> None:
    reference = world.books.reference([builders.invoice()])
    assert (reference.division, reference.journals, reference.customers) == (100001, {}, ())
    assert world.books.reference_read_at() is None
    assert world.books.timestamp("customers") == 0


@pytest.mark.parametrize(
    ("customer", "debtor"),
    [
        ({"code": "42"}, {"number": "00042"}),
        ({"code": "00042"}, {"number": " 42 "}),
        ({"vat_number": "NL 0012.34.567.B01"}, {"vat_number": "NL001234567B01"}),
        ({"chamber_of_commerce": "12 34 56 78"}, {"chamber_of_commerce": "12345678"}),
        ({"ibans": ("NL91 ABNA 0417 1643 00",)}, {"iban": "nl91abna0417164300"}),
    ],
)
def test_a_customer_that_may_be_the_debtor_is_loaded(
    world: World, customer: dict[str, object], debtor: dict[str, object]
) -> None:
    kept(
        world,
        builders.customer(**{"exact_id": "c-1", "code": "9", **OTHERS} | customer),
        builders.customer(exact_id="c-2", code="77", **OTHERS),
    )
    assert ids_for(world, **{"number": "1"} | debtor) == ["c-1"]


def test_empty_marks_lead_to_nobody(world: World) -> None:
    kept(world, builders.customer(code="9", **OTHERS))
    assert ids_for(world, number="") == []


def test_a_linked_customer_is_loaded_whatever_its_number(world: World) -> None:
    kept(world, builders.customer(code="9", **OTHERS))
    world.books.link_debtor(world.organisation_id, "d-42", "c-42")
    assert ids_for(world, number="1") == ["c-42"]


def test_a_changed_customer_replaces_the_old(world: World) -> None:
    kept(world, builders.customer())
    world.books.keep_customer(builders.customer(name="Bakkerij Jansen en Zoon", code="43"))
    assert ids_for(world, number="42") == []
    (customer,) = world.books.reference([builders.invoice(debtor=builders.debtor(number="43"))]).customers
    assert customer.name == "Bakkerij Jansen en Zoon"


def test_a_project_that_was_just_made_is_there(world: World) -> None:
    project = Project(exact_id="p-9", code="A-7", description="Aanvraag 7")
    world.books.keep_project(project)
    assert world.books.reference([builders.invoice()]).projects == {"A-7": project}


def held(world: World) -> None:
    world.receive(builders.invoice())
    models.Booking.objects.update(state="held", needs_check=False)
    models.DueStep.objects.all().delete()


def test_what_is_held_is_checked_again_when_the_copy_changed(world: World) -> None:
    world.books.keep_reference(builders.reference(), NOW, 9)
    held(world)
    world.books.keep_reference(builders.reference(), world.advance(days=1), 9)
    assert not world.row().needs_check
    world.books.keep_reference(builders.reference(vat_codes={}), world.advance(days=1), 9)
    assert world.row().needs_check
    assert world.books.due_steps(world.now) == (Step.CHECK,)
    assert world.books.reference([]).vat_codes == {}


def test_what_is_held_is_checked_again_when_a_customer_changed(world: World) -> None:
    kept(world, builders.customer())
    held(world)
    kept(world, builders.customer())
    assert not world.row().needs_check
    kept(world, builders.customer(supplier=True))
    assert world.row().needs_check


def test_a_meeting_is_remembered_as_one(world: World) -> None:
    world.books.link_debtor(world.organisation_id, "d-42", "c-1")
    world.books.link_debtor(world.organisation_id, "d-42", "c-2")
    links = world.books.links(world.integration_id, [builders.invoice()])
    assert dict(links.customer_of_debtor) == {"d-42": "c-2"}
    assert links.met == frozenset({"d-42"})


def test_a_persons_choice_is_not_overwritten_by_a_meeting(world: World) -> None:
    world.books.link_debtor(world.organisation_id, "d-42", "c-1")
    models.DebtorLink.objects.update(who="els", make_customer=True)
    world.books.link_debtor(world.organisation_id, "d-42", "c-2")
    links = world.books.links(world.integration_id, [builders.invoice()])
    assert dict(links.customer_of_debtor) == {"d-42": "c-1"}
    assert links.met == frozenset()
    assert links.make_customer == frozenset({"c-1"})


def test_mappings_and_exceptions_are_part_of_the_links(world: World) -> None:
    world.receive(builders.invoice())
    models.Booking.objects.update(book_anyway=True)
    set_mapping(world.integration_id, "vat_code", "H", "2", who="els", now=NOW)
    set_mapping(world.integration_id, "payment_term", "30", "30D", who="els", now=NOW)
    links = world.books.links(world.integration_id, [builders.invoice()])
    assert dict(links.vat_codes) == {"H": "2"}
    assert dict(links.payment_terms) == {"30": "30D"}
    assert links.book_anyway == frozenset({"i-1"})
