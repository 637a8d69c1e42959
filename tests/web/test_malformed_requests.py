"""Whatever is sent to a page, a form or a webhook, it answers; nothing that is sent breaks it."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.malformed import TEXT, cases
from tests.tried import tried
from tests.web import making

from boekbrug.coachview.webhook import SIGNATURE_HEADER
from boekbrug.store import models, reading, webhooks
from boekbrug.web.urls import ADDRESSES, Address

GOES_OUTSIDE = {"integration_test", "exact_return"}
TELLS_OF_OTHERS = {"readyz"}
ENDS_EVERYTHING = {"integration_delete", "account_logout"}
TRIED = [
    one
    for one in ADDRESSES
    if one.name not in GOES_OUTSIDE | TELLS_OF_OTHERS | ENDS_EVERYTHING and "<str:" not in one.route
]
NAMES = (
    "staat",
    "zoek",
    "volgorde",
    "van",
    "tot",
    "vanaf",
    "pagina",
    "code",
    "debiteur",
    "cause",
    "next",
    "id",
    "actie",
)
VALUES = st.one_of(TEXT, st.sampled_from(["1", "on", "held", "geboekt", "-bedrag", "2026-11-01", "vat-code-unknown"]))
QUERY = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3)
BODIES = st.one_of(st.binary(max_size=80), TEXT.map(lambda text: text.encode(errors="surrogatepass")))
KINDS = st.sampled_from(
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)


@pytest.fixture(scope="module")
def known() -> dict[str, list[str]]:
    """What can be filled in at each address."""
    return {}


@pytest.fixture
def beheerder(noord: making.Institute) -> tuple[Client, making.Institute]:
    """An administrator, who may send everything."""
    client = Client()
    client.force_login(making.person("beheer@noord.example", noord, "beheerder"))
    return client, noord


def place(address: Address, institute: making.Institute) -> str:
    """The address, of a thing of this institute when it names one."""
    if address.owner is None:
        return reverse(address.name)
    invoice, integration = institute.made["20260312"].pk, institute.integration.pk
    things = {reading.owner_of_invoice: invoice, reading.owner_of_integration: integration}
    return reverse(address.name, args=[things[address.owner]])


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """The data as a client can send it: half a character is none."""
    return {name: value.encode(errors="replace").decode() for name, value in data.items()}


def fields_of(answer: Any) -> list[str]:
    """The names of everything on a page that can be filled in."""
    content = answer.content.decode() if isinstance(answer, HttpResponse) else ""
    return sorted(set(re.findall(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"', content)))


@cases(100)
@given(address=st.sampled_from(TRIED), query=QUERY, data=st.data())
def test_any_form_is_taken_or_refused(
    beheerder: tuple[Client, making.Institute],
    known: dict[str, list[str]],
    address: Address,
    query: dict[str, str],
    data: st.DataObject,
) -> None:
    client, institute = beheerder
    client.force_login(models.User.objects.get(email="beheer@noord.example"))
    where = place(address, institute)
    if where not in known:
        known[where] = [] if address.posts else fields_of(client.get(where))
    names = [*known[where], *NAMES]
    form = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=6))
    answer = client.post(where, sent(form)) if data.draw(st.booleans()) else client.get(where, sent(query))
    tried("forms and pages")
    assert answer.status_code < 500


@cases(50)
@given(
    body=BODIES,
    kind=KINDS,
    signature=st.one_of(st.none(), st.text(st.characters(codec="latin-1", exclude_characters="\r\n"))),
)
def test_any_webhook_is_taken_or_refused(
    noord: making.Institute, body: bytes, kind: str, signature: str | None
) -> None:
    tried("webhooks")
    secret = webhooks.webhook_of(noord.organisation.pk).address_secret
    headers = {} if signature is None else {SIGNATURE_HEADER: signature}
    for address in (secret, "onbekend"):
        answer = Client(enforce_csrf_checks=True).post(
            reverse("coachview_hook", args=[address]), data=body, content_type=kind, headers=headers
        )
        assert answer.status_code in {200, 403, 404, 413}
