"""A Coachview made of answers: what coachview.md tells of its wire, in a few lines."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2

from boekbrug.coachview.auth import Credentials, Tokens
from boekbrug.coachview.client import CoachviewClient
from boekbrug.coachview.connection import Connection
from boekbrug.coachview.profile import Profile, load

BASE = "https://training.coachview.net"
SECRET = "zeer-geheim-9f2c"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PROFILE = load("coachview")

DEBTOR: dict[str, Any] = {
    "id": "d-1",
    "debiteurnummer": "00042",
    "debiteurnummerExtern": None,
    "naam": "Academie De Brug B.V.",
    "btwNummer": "NL123456782B90",
    "kvkNummer": "12345678",
    "particulier": False,
    "factuurAdres": {"adres1": "Kade 1", "postcode": "3511 AB", "plaats": "Utrecht", "landCode": "nl"},
    "email1": "facturen@debrug.example",
    "bedrijf": {"id": "b-9", "externeIds": [{"externId": "1042", "externSource": "Exact"}]},
    "contactpersoon": {"id": 77, "geslacht": "V", "voornaam": "Anna", "tussenvoegsels": "de", "achternaam": "Wit"},
    "betaaltermijn": 30,
}
LINE: dict[str, Any] = {
    "id": "l-1",
    "omschrijving": "Training gespreksvoering",
    "aantal": 2,
    "stuksprijs": 500,
    "bedragExclBtw": 1000.00,
    "btw": {"code": "4", "percentage": 0.21},
    "btwBedrag": 210.00,
    "grootboekrekening": {"nummer": "8000"},
    "kostenplaats": {"code": "Intern"},
    "aanvraag": {"aanvraagnummer": "A-17", "referentieNrKlant": "PO 5"},
    "opleiding": {
        "code": "GV-1",
        "startDatum": "2026-11-02",
        "eindDatum": "2027-01-29T00:00:00",
        "opleidingssoort": {"code": "GV"},
    },
}
INVOICE: dict[str, Any] = {
    "id": "f-1",
    "factuurnummer": "20260001",
    "factuurStatusId": "Definitief",
    "definitiefDatum": "2026-11-03",
    "factuurdatum": "2026-11-03",
    "vervaldatum": "2026-12-03",
    "betaaltermijn": 30,
    "valutaCode": "EUR",
    "totaalExclBtw": 1000,
    "totaalBtw": 210,
    "totaalInclBtw": 1210,
    "betaalwijze": {"type": "Op rekening"},
    "betaald": False,
    "audittrail": {"gewijzigdDatumTijd": "2026-11-03T10:15:00"},
    "debiteurId": "d-1",
    "debiteur": DEBTOR,
    "factuurregels": [LINE],
    "btwSpecificatie": [{"btwCode": "4", "grondslag": 1000, "btwBedrag": 210}],
}


def an_invoice(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An invoice like INVOICE with ids of its own and these fields changed."""
    invoice = copy.deepcopy(INVOICE)
    invoice["id"] = f"f-{number}"
    invoice["factuurnummer"] = f"2026{number:04d}"
    invoice["factuurregels"][0]["id"] = f"l-{number}"
    invoice.update(changes)
    return invoice


def changed_at(moment: datetime) -> dict[str, str]:
    """The audit trail of a record that was changed at this local moment."""
    return {"gewijzigdDatumTijd": moment.strftime("%Y-%m-%dT%H:%M:%S")}


class Budget:
    """A budget that counts and remembers; `left` calls may be reserved."""

    def __init__(self) -> None:
        self.reserved = 0
        self.learned: list[tuple[int | None, int | None, datetime | None]] = []

    def reserve(self) -> None:
        self.reserved += 1

    def learn(self, limit: int | None, remaining: int | None, reset: datetime | None) -> None:
        self.learned.append((limit, remaining, reset))


class Coachview:
    """Gives tokens and lists by the conventions of coachview.md 4.3; a `fault` may answer before it does."""

    def __init__(self, invoices: list[Any] | None = None, debtors: list[Any] | None = None) -> None:
        self.invoices = [INVOICE] if invoices is None else invoices
        self.debtors = [DEBTOR] if debtors is None else debtors
        self.pdf: Callable[[], httpx2.Response] = lambda: httpx2.Response(200, content=b"%PDF-1.7 ...")
        self.fault: Callable[[httpx2.Request], httpx2.Response | None] = lambda _: None
        self.requests: list[httpx2.Request] = []
        self.token_requests: list[httpx2.Request] = []
        self.written: list[tuple[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/auth/connect/token":
            self.token_requests.append(request)
            return self.fault(request) or httpx2.Response(
                200, json={"access_token": f"token-{len(self.token_requests)}", "expires_in": 3600}
            )
        self.requests.append(request)
        return self.fault(request) or self._answer(request)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        parts = request.url.path.removeprefix("/api/v1/").split("/")
        if request.method == "PUT":
            self.written.append((parts[1], json.loads(request.content)))
            return httpx2.Response(204)
        if parts[-1] == "Pdf":
            return self.pdf()
        rows = self.invoices if parts[0] == "Facturen" else self.debtors
        if len(parts) == 2:
            found = [row for row in rows if row["id"] == parts[1]]
            return httpx2.Response(200, json=found[0]) if found else httpx2.Response(404)
        return httpx2.Response(200, json=self._listed(rows, request.url.params))

    def _listed(self, rows: list[Any], parameters: httpx2.QueryParams) -> list[Any]:
        name, _, values = parameters.get("where", "").partition("=")
        if name == "id":
            rows = [row for row in rows if row["id"] in values.split(",")]
        elif name:
            start, end = (_filter_moment(one) for one in values.split(","))
            rows = [row for row in rows if start <= _moment(row) <= end]
        if parameters.get("orderby", "").endswith(" asc"):
            rows = sorted(rows, key=_moment)
        skip, take = int(parameters.get("skip", "0")), int(parameters.get("take", "100"))
        return rows[skip : skip + take]


def _filter_moment(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M:%S")  # noqa: DTZ007 - Coachview's local time


def _moment(row: Any) -> datetime:
    return datetime.fromisoformat(row["audittrail"]["gewijzigdDatumTijd"])


def a_client(
    coachview: Callable[[httpx2.Request], httpx2.Response],
    *,
    budget: Budget | None = None,
    tokens: Tokens | None = None,
    base_url: str = BASE,
    profile: Profile = PROFILE,
    seconds: Callable[[], float] = lambda: 0.0,
) -> CoachviewClient:
    """A client of ours that talks to these answers."""
    connection = Connection(
        base_url=base_url,
        credentials=Credentials(client_id="instituut", secret=SECRET),
        profile=profile,
        budget=budget or Budget(),
        tokens=tokens,
        transport=httpx2.MockTransport(coachview),
        now=lambda: NOW,
        seconds=seconds,
    )
    return CoachviewClient(connection, now=lambda: NOW)
