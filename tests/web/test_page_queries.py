"""Every address of the list asks the database at most twelve times, session and login included (figure P7)."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.domain import builders
from tests.web import deciding, making

from boekbrug.store import models
from boekbrug.store.records import write, write_problems
from boekbrug.web.access import Level
from boekbrug.web.urls import ADDRESSES, Address

MOST = 12
SEVERAL = MOST + 2
"""So many of everything that a page lists: one that reads row by row asks more often than it may."""

MACHINES = {"healthz", "readyz", "metrics", "coachview_hook"}
"""What programs ask is no page."""

PAGES = [address for address in ADDRESSES if not address.posts and address.name not in MACHINES]
STATES = ("active", "draft", "enabled", "paused", "review", "deleted")


def name(address: Address) -> str:
    return address.name


@pytest.fixture
def full(db: None) -> making.Institute:
    """An institute with several of everything: causes, koppelingen, people, saves, codes, suppliers."""
    made = making.furnish(making.institute())
    deciding.causes(deciding.codes_that_differ(made))
    models.ReferenceMark.objects.create(administration=made.administration, endpoint="full", read_at=making.NIGHT)
    models.Login.objects.update(refresh_mark="held", reaches={str(number): "Noord" for number in range(SEVERAL)})
    for place in range(SEVERAL):
        making.person(f"collega{place}@noord.example", made)
        other = models.Integration.objects.create(
            organisation=made.organisation, name=f"Koppeling {place}", state=STATES[place % 5]
        )
        models.OptionVersion.objects.create(
            integration=other, number=1, saved_at=making.NIGHT, saved_by="els", values={}, changes={}
        )
        _decided(made, place)
        held = write_problems([making.vat_code_unknown(f"{place}H")])
        making.add(made, making.training(f"2027{place:04}", f"Debiteur {place}"), "held", problems=held)
        making.add(made, deciding.using(f"2028{place:04}", vat_code=f"B{place}"), "received")
    return made


def _decided(made: making.Institute, place: int) -> None:
    """One more of what people decided about the koppeling, and a supplier whose number is a debtor's."""
    code = {"integration": made.integration, "kind": "vat_code", "from_code": f"A{place}"}
    models.Mapping.objects.create(**code, to_code="2", who="els", at=making.NIGHT)
    models.MappingChange.objects.create(**code, old_code="", new_code="2", who="els", at=making.NIGHT)
    models.CoachviewVersion.objects.create(
        organisation=made.organisation, number=place + 1, saved_at=making.NIGHT, saved_by="els", changes={}
    )
    models.ChecklistConfirmation.objects.create(
        integration=made.integration, item=f"item-{place}", who="els", at=making.NIGHT
    )
    supplier = builders.customer(exact_id=f"s-{place}", code="900042", supplier=True, status="A")
    models.CustomerCopy.objects.create(
        administration=made.administration, exact_id=f"s-{place}", code_key="900042", record=write(supplier)
    )


def administrator(made: making.Institute) -> Client:
    client = Client()
    client.force_login(making.person("beheer@noord.example", made, "beheerder"))
    return client


def places(address: Address, made: making.Institute) -> Iterator[str]:
    """The address of each thing that it is about, in each of its states."""
    if "<str:" in address.route:
        yield reverse(address.name, args=["een-geheim-dat-niet-bestaat"])
    elif "<int:" not in address.route:
        causes = models.Booking.objects.exclude(causes=[]).values_list("causes__0", flat=True).distinct()
        yield reverse(address.name)
        yield from (f"{reverse(address.name)}?oorzaak={cause}" for cause in causes)
    elif address.route.startswith("facturen/"):
        yield from (reverse(address.name, args=[booking.pk]) + "?relatie=jansen" for booking in made.made.values())
    else:
        for state in STATES:
            models.Integration.objects.filter(id=made.integration.pk).update(state=state)
            yield reverse(address.name, args=[made.integration.pk])


@pytest.mark.parametrize("address", PAGES, ids=name)
def test_no_page_asks_the_database_more_than_twelve_times(address: Address, full: making.Institute) -> None:
    models.Review.objects.create(
        integration=full.integration, back_to="active", since=making.NIGHT, restored_at=making.NIGHT
    )
    client = administrator(full) if address.level is not Level.ANYONE else Client()
    for place in places(address, full):
        with CaptureQueriesContext(connection) as asked:
            client.get(place)
        assert len(asked) <= MOST, "\n".join([place, *(query["sql"][:150] for query in asked)])


def test_the_first_look_at_configureren_makes_the_webhook_and_later_ones_show_it(full: making.Institute) -> None:
    client, address = administrator(full), reverse("integration", args=[full.integration.pk])
    first, later = client.get(address).content.decode(), client.get(address).content.decode()
    full.organisation.refresh_from_db()
    assert full.organisation.hook_sealed
    assert _hook(first) == _hook(later)


def _hook(page: str) -> str:
    return page.split("/hooks/coachview/")[1][:32]
