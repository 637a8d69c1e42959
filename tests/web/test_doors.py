"""Who may open what: the address list itself is walked, so that a new address cannot be forgotten (law 6)."""

import re
from http import HTTPStatus

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from tests.web import making

from boekbrug.store import models, reading
from boekbrug.web.access import Level
from boekbrug.web.urls import ADDRESSES, Address

ROLES = {Level.MEEKIJKER: "meekijker", Level.FINANCIEEL: "financieel", Level.BEHEERDER: "beheerder"}
GUARDED = [address for address in ADDRESSES if address.level is not Level.ANYONE]
NAMED = [address for address in GUARDED if address.owner is not None]
DOORS = {"account_login", "account_logout", "account_inactive", "language"}
ANYONE = {"healthz", "readyz", "metrics", "begin", "shared", "coachview_hook"} | DOORS


def name(address: Address) -> str:
    return address.name


def place(address: Address, institute: making.Institute) -> str:
    """The address, of a thing of this institute when it names one."""
    if address.owner is None:
        return reverse(address.name)
    invoice, integration = next(iter(institute.made.values())).pk, institute.integration.pk
    things = {reading.owner_of_invoice: invoice, reading.owner_of_integration: integration}
    return reverse(address.name, args=[things[address.owner]])


def knock(client: Client, address: Address, institute: making.Institute) -> HttpResponse | StreamingHttpResponse:
    """What comes of opening the address, or of posting nothing to one that changes something."""
    knocked = client.post if address.posts else client.get
    answer = knocked(place(address, institute))
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    return answer


def someone(mail: str, institute: making.Institute | None = None, role: str = "financieel") -> Client:
    client = Client()
    client.force_login(making.person(mail, institute, role))
    return client


def test_the_list_holds_every_address_that_is_served() -> None:
    served = {str(pattern.pattern) for pattern in get_resolver().url_patterns}
    assert served == {address.route for address in ADDRESSES}


def test_only_the_door_itself_is_open_to_anyone() -> None:
    assert {address.name for address in ADDRESSES if address.level is Level.ANYONE} == ANYONE


def test_an_address_of_one_thing_knows_its_owner() -> None:
    assert {address.name for address in GUARDED if re.search(r"<\w+:\w+>", address.route)} == {
        address.name for address in NAMED
    }


@pytest.mark.parametrize("address", GUARDED, ids=name)
def test_without_a_login_comes_the_login_page(address: Address, noord: making.Institute) -> None:
    answer = knock(Client(), address, noord)
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("address", GUARDED, ids=name)
def test_each_role_opens_what_its_level_allows_and_nothing_more(address: Address, noord: making.Institute) -> None:
    for level, role in ROLES.items():
        client = someone(f"{role}@noord.example", noord, role)
        status = knock(client, address, noord).status_code
        if level < address.level:
            assert status == HTTPStatus.FORBIDDEN
        else:
            assert status in ({HTTPStatus.OK, HTTPStatus.FOUND} if address.posts else {HTTPStatus.OK})


@pytest.mark.parametrize("address", [address for address in GUARDED if address.posts], ids=name)
def test_what_changes_something_is_not_done_by_a_link(address: Address, noord: making.Institute) -> None:
    administrator = someone("beheer@noord.example", noord, "beheerder")
    assert administrator.get(place(address, noord)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("address", [address for address in GUARDED if address.acts is not None], ids=name)
def test_acting_demands_more_than_seeing(address: Address, noord: making.Institute) -> None:
    assert address.acts is not None
    for level, role in ROLES.items():
        status = someone(f"{role}@noord.example", noord, role).post(place(address, noord)).status_code
        assert (status == HTTPStatus.FORBIDDEN) == (level < address.acts), role


@pytest.mark.parametrize("address", NAMED, ids=name)
def test_a_thing_of_another_organisation_does_not_exist(address: Address, noord: making.Institute) -> None:
    zuid = making.institute("Opleidingen Zuid", division=7)
    outsider = someone("beheer@zuid.example", zuid, "beheerder")
    assert knock(outsider, address, noord).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("address", NAMED, ids=name)
def test_an_operator_sees_no_content_of_others(address: Address, noord: making.Institute) -> None:
    operator = Client()
    operator.force_login(making.person("operator@example.test", is_operator=True))
    assert knock(operator, address, noord).status_code == HTTPStatus.NOT_FOUND


def test_somebody_without_an_organisation_gets_no_page(noord: making.Institute) -> None:
    assert someone("niemand@example.test").get("/").status_code == HTTPStatus.FORBIDDEN


def test_a_thing_that_does_not_exist_is_not_found(reader: Client) -> None:
    for page in ("invoice", "integration"):
        assert reader.get(reverse(page, args=[999_999])).status_code == HTTPStatus.NOT_FOUND


def test_the_lists_show_one_organisation_only(reader: Client) -> None:
    zuid = making.institute("Opleidingen Zuid", division=7)
    making.add(zuid, making.training("20269999", "Geheime Klant"), "received")
    for page in ("today", "invoices", "invoices_csv", "integrations"):
        answer = reader.get(reverse(page))
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"Geheime Klant" not in body
        assert b"Zuid" not in body


def test_a_member_of_two_stays_where_he_looked_last(noord: making.Institute) -> None:
    alpha = making.institute("Alpha", division=7)
    client = Client()
    user = making.person("beide@example.test", noord)
    models.Membership.objects.create(organisation=alpha.organisation, user=user, role="meekijker")
    client.force_login(user)
    assert b"Alpha" in client.get("/").content
    client.get(reverse("integration", args=[noord.integration.pk]))
    assert b"Opleidingen Noord" in client.get("/").content
