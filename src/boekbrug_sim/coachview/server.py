"""One running Coachview: its data, its clock, its webhooks, and the control calls of its own."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from boekbrug_sim.coachview.api import Api
from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.records import Kind, Loaded, Records
from boekbrug_sim.coachview.webhooks import MOST_WAITING, Event, Webhooks
from boekbrug_sim.coachview.where import Span
from boekbrug_sim.coachview.wire import Json
from boekbrug_sim.control import Control
from boekbrug_sim.control.gate import Handler, answering

CLOCK_SECONDS = 0.5
ASKED, STEERING = "asked", "steering"


class Server:
    """One running Coachview: its data, its clients' tokens, its webhooks."""

    def __init__(self, names: Profile, control: Control, state: Path | None) -> None:
        self._names = names
        self._control = control
        self.records = Records(names, state)
        self.api = Api(names, control, self.records, self.now)
        self.webhooks = Webhooks(self.records.database, names.signature_header, control.switches)
        self._seen_until = self.now()
        control.keep = lambda steering: self.records.keep(STEERING, steering)

    def now(self) -> datetime:
        """The simulated moment as a Dutch clock shows it, to the second."""
        return self._control.clock.now().astimezone(self._names.time_zone).replace(tzinfo=None, microsecond=0)

    def load(self, scenario: str, seed: int, invoices: int | None) -> None:
        """Forget all changes and put a scenario in force that starts today."""
        self.records.load(Loaded(name=scenario, seed=seed, invoices=invoices, today=self.now().date()))
        self._seen_until = self.now()

    def start(self, asked: Mapping[str, Any]) -> None:
        """Go on where the state stopped, as it was steered, when the same data is asked for as at the last start."""
        kept = self.records.loaded()
        if kept is None or self.records.kept(ASKED) != asked:
            self.load(asked["scenario"], asked["seed"], asked["invoices"])
            self.records.keep(ASKED, asked)
            self._control.remember()
            return
        self._control.restore(self.records.kept(STEERING))
        self.records.load(kept, keep_changes=True)
        self._seen_until = self.now()

    def forget_logins(self) -> None:
        """Make every token invalid, and call no webhook any more."""
        self.api.access.forget()
        self.webhooks.forget()

    def throttled(self) -> web.Response:
        """The answer above the limit."""
        return self.api.throttled()

    def routes(self) -> list[web.RouteDef]:
        """The control calls that only this simulator has. Source: interfaces.md, simulator control."""
        return [
            web.post("/_sim/records", answering(self.change_record)),
            web.post("/_sim/webhooks", answering(self.add_webhook)),
            web.get("/_sim/webhooks", answering(self.known_webhooks)),
            web.delete("/_sim/webhooks", answering(self.forget_webhooks)),
        ]

    def change_record(self, _request: web.Request, data: Any) -> Json:
        """`POST /_sim/records`: change one record, or make one when no id is given."""
        kind = self.records.kind_of(str(data["entity"]))
        if kind is None:
            raise ValueError(f"unknown entity {data['entity']!r}")
        values = data["values"]
        if not isinstance(values, dict):
            raise ValueError("values is an object")  # noqa: TRY004 - every bad body is a ValueError
        _demand_plain(values)
        record_id = data.get("id")
        if record_id is None:
            record_id = self.records.create(kind, values, self.now())
        else:
            place = self.records.place_of(kind, str(record_id))
            if place is None:
                raise ValueError(f"no {kind} with id {record_id}")
            self.records.change(kind, place, values, self.now())
        self._announce(kind, str(record_id))
        return {"entity": self.records.entity(kind).path, "id": record_id}

    def add_webhook(self, _request: web.Request, data: Any) -> Json:
        """`POST /_sim/webhooks`: call this address at every change."""
        url, secret = data["url"], data.get("secret", "")
        if not isinstance(url, str) or not _is_address(url):
            raise ValueError("url is an address that begins with http:// or https://")
        if not isinstance(secret, str):
            raise ValueError("secret is a text")  # noqa: TRY004 - every bad body is a ValueError
        self.webhooks.register(url, secret)
        return {"webhooks": sorted(self.webhooks.registered())}

    def known_webhooks(self, _request: web.Request, _data: Any) -> Json:
        """`GET /_sim/webhooks`: the addresses that are called."""
        return {"webhooks": sorted(self.webhooks.registered())}

    def forget_webhooks(self, _request: web.Request, _data: Any) -> Json:
        """`DELETE /_sim/webhooks`: call nobody any more."""
        self.webhooks.forget()
        return {"webhooks": []}

    def _announce(self, kind: Kind, record_id: str) -> None:
        at = self.now().strftime(self._names.datetime_format)
        self.webhooks.announce(Event(entity=self.records.entity(kind).path, id=record_id, at=at))

    async def work(self, _app: web.Application) -> AsyncIterator[None]:
        """The background work of a running server: webhooks, and invoices that the clock brings."""
        tasks = [asyncio.create_task(self.webhooks.send_all()), asyncio.create_task(self._watch_clock())]
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.records.close()

    @web.middleware
    async def after_clock(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """When the clock was set, tell at once what it brought."""
        answer = await handler(request)
        if request.path == "/_sim/clock":
            self.announce_new()
        return answer

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_SECONDS)
            self.announce_new()

    def announce_new(self) -> None:
        """Tell the webhooks which invoices came into being since the last look."""
        now = self.now()
        if now > self._seen_until:
            span = Span(first=self._seen_until, last=now)
            for place in islice(self.records.arrived("invoices", span), MOST_WAITING):
                self._announce("invoices", self.records.read("invoices", place)[self._names.invoices.id])
        self._seen_until = now


def _demand_plain(values: Json) -> None:
    """Only what JSON can say again, and no deeper than records are."""
    try:
        json.dumps(values, allow_nan=False)
    except (ValueError, RecursionError):
        raise ValueError("values holds a number that is none, or is nested too deeply") from None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
