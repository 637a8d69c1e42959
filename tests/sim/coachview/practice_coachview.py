"""A running Coachview simulator for the tests, and a client that has logged in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from boekbrug_sim.coachview.app import make_app
from boekbrug_sim.control import running

NOON = "2026-11-24T11:00:00+00:00"  # in Amsterdam 12:00
FORM = {"grant_type": "client_credentials", "client_id": "cv-client", "client_secret": "cv-secret"}
RELATIONS = {"InclusiefDirecteRelaties": "true"}


@dataclass(frozen=True, kw_only=True)
class Coachview:
    """The simulator as a client sees it."""

    http: httpx2.Client

    def login(self, scope: str | None = None) -> dict[str, Any]:
        """Ask a token and use it from now on."""
        answer = self.http.post("/auth/connect/token", data=FORM | ({"scope": scope} if scope else {}))
        assert answer.status_code == 200, answer.text
        token: dict[str, Any] = answer.json()
        self.http.headers["Authorization"] = f"Bearer {token['access_token']}"
        return token

    def control(self, verb: str, data: Any) -> Any:
        """Steer the simulator."""
        answer = self.http.post(f"/_sim/{verb}", json=data)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **parameters: str) -> httpx2.Response:
        """One call on the API."""
        return self.http.get(f"/api/v1/{path}", params=parameters)

    def invoices(self, **parameters: str) -> list[dict[str, Any]]:
        """A list of invoices with their relations."""
        answer = self.get("Facturen", **{**RELATIONS, **parameters})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def invoice(self, number: str) -> dict[str, Any]:
        """The invoice with that number."""
        (row,) = self.invoices(where=f"factuurnummer={number}")
        return row

    def add_like(self, number: str, new: str) -> None:
        """A new invoice like the one with that number, with a number and lines of its own."""
        self.control("records", {"entity": "Facturen", "values": copy_of(self.invoice(number), new)})


def copy_of(invoice: Mapping[str, Any], number: str) -> dict[str, Any]:
    """What makes another invoice of one, with a number and lines of its own."""
    lines: list[dict[str, Any]] = [{**line, "id": str(uuid4())} for line in invoice["factuurregels"]]
    unconfirmed = {"bevestigd": False, "bevestigdOmschrijving": None}
    return {**invoice, "factuurnummer": number, "factuurregels": lines, **unconfirmed}


@contextmanager
def practice_coachview(
    *,
    scenario: str = "demo",
    invoices: int | None = None,
    state: Path | None = None,
    fresh: bool = False,
    now: str | None = NOON,
    load: bool = True,
) -> Iterator[Coachview]:
    """A simulator on a free port, logged in, its clock standing still at `now` (None: the real time).

    Without `load` it goes on with the records of its state file.
    """
    app = make_app(state=state, fresh=fresh, scenario=scenario, invoices=invoices)
    with running(app) as server, httpx2.Client(base_url=server.address, timeout=20) as http:
        coachview = Coachview(http=http)
        if now:
            coachview.control("clock", {"freeze": now})
        if now and load:
            coachview.control("scenario", {"name": scenario, "seed": 1, "invoices": invoices})
        coachview.login()
        yield coachview
