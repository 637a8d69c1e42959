"""Webhooks: subscriptions, the validation call, signed events and their retries. Source: exact-rest.md 4.9."""

import asyncio
import hashlib
import hmac
import json
import random
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from boekbrug_sim.control import Control
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.oauth import CLIENT_GUID
from boekbrug_sim.exact.schema import entities
from boekbrug_sim.exact.store import Row, Store
from boekbrug_sim.exact.texts import Refusal, RefusedError, invalid, mandatory, not_allowed

SECRET = "sim-webhook"  # noqa: S105 - practice account of interfaces.md
TRIES = 11
TIMEOUT_SECONDS = 10
WAITING_AT_MOST = 10_000
SHUFFLED_SECONDS = 0.5
INSTANT_TOPIC = "GoodsDeliveries"
BANK_ENTRIES = "financialtransaction/BankEntries"  # an endpoint that is not here; its events are
TOPICS = {  # topic -> endpoint that its key belongs to
    "Accounts": "Accounts",
    "Contacts": "Contacts",
    "BankAccounts": "BankAccounts",
    "Documents": "Documents",
    "DocumentAttachments": "DocumentAttachments",
    "FinancialTransactions": "Transactions",
    "GLAccounts": "GLAccounts",
    "SalesEntries": "SalesEntries",
    "BankEntries": BANK_ENTRIES,
}
SILENT_TOPICS = frozenset(  # known to the service, nothing here makes them happen
    {
        "CashEntries",
        "CostTransactions",
        "GeneralJournalEntries",
        "GoodsDeliveries",
        "Items",
        "ProjectPlanning",
        "PurchaseEntries",
        "PurchaseOrders",
        "Quotations",
        "SalesInvoices",
        "SalesOrders",
        "StockPositions",
        "TimeTransactions",
    }
)

Event = tuple[str, str, str]  # topic, action, key


def is_allowed_address(url: str) -> bool:
    """A practice app takes http on a loopback host; elsewhere https only."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    return parts.scheme == "http" and (host in {"localhost", "::1"} or host.startswith("127."))


def signature(content: str) -> str:
    """HMAC-SHA256 in upper-case hex over the raw text of the Content object."""
    return hmac.new(SECRET.encode(), content.encode(), hashlib.sha256).hexdigest().upper()


class Webhooks:
    """Tells subscribers what happened; what is not yet taken is kept with the state and sent on after a stop."""

    def __init__(self, store: Store, control: Control) -> None:
        self._store = store
        self._control = control
        self._session: aiohttp.ClientSession | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._dice = random.Random(control.seed)
        self._waiting = True

    async def check(self, desk: Desk, values: Row, kept: Row | None = None) -> None:
        """Refuse a subscription that cannot be, new or changed; calls a new address with an empty body."""
        wanted = {**(kept or {}), **values}
        url, topic = str(wanted.get("CallbackURL") or ""), wanted.get("Topic")
        if not url or not topic:
            raise RefusedError(mandatory("callback" if not url else "topic"))
        if topic not in TOPICS and topic not in SILENT_TOPICS:
            raise RefusedError(invalid("topic"))  # guessed
        if wanted.get("IsInstant") and topic != INSTANT_TOPIC:
            raise RefusedError(not_allowed("instant"))  # guessed
        if not is_allowed_address(url):
            raise RefusedError(invalid("callback"))  # guessed
        same = desk.store.find("WebhookSubscriptions", desk.division, Topic=topic)
        if same is not None and (kept is None or same["ID"] != kept["ID"]):
            raise RefusedError(Refusal("exists"))
        is_new = kept is None or url != kept["CallbackURL"]
        if is_new and await self._post(url, b"") not in {200, 201}:
            raise RefusedError(invalid("callback"))  # guessed
        values["ClientID"] = CLIENT_GUID

    def keep(self, division: int, events: list[Event], base: str) -> None:
        """Keep the events for those who subscribed to their topics; part of the transaction that made them happen."""
        for topic, action, key in events:
            found = self._subscription(division, topic)
            if found is None or len(self._tasks) >= WAITING_AT_MOST:
                continue
            body = self._body(division, (topic, action, key), base)
            for _ in range(2 if self._control.switches["webhook_twice"] else 1):
                start = time.time()
                if self._control.switches["webhook_order"] == "shuffled":
                    start += self._dice.random() * SHUFFLED_SECONDS
                sql = 'INSERT INTO "Deliveries" ("URL", "Body", "Tried", "Next") VALUES (?, ?, 0, ?)'
                self._store.execute(sql, (found["CallbackURL"], body, start))
                self._waiting = True

    def send(self) -> None:
        """Send what is kept and not yet under way: after a commit, and after a start."""
        if not self._waiting:
            return
        self._waiting = False
        for (number,) in self._store.all('SELECT "ID" FROM "Deliveries" ORDER BY "ID"'):
            if number in self._tasks:
                continue
            task = asyncio.get_running_loop().create_task(self._deliver(number))
            self._tasks[number] = task
            task.add_done_callback(partial(self._done, number))

    def _done(self, number: int, _task: "asyncio.Task[None]") -> None:
        self._tasks.pop(number, None)

    def _subscription(self, division: int, topic: str) -> Row | None:
        table = "WebhookSubscriptions"
        return self._store.remembered(table, (division, topic), lambda: self._store.find(table, division, Topic=topic))

    def _body(self, division: int, event: Event, base: str) -> bytes:
        topic, action, key = event
        moment = datetime.fromtimestamp(self._control.clock.timestamp(), UTC).replace(tzinfo=None)
        place = TOPICS[topic]
        path = entities()[place].path if place in entities() else place
        content = json.dumps(
            {
                "Topic": topic,
                "ClientId": CLIENT_GUID,
                "Division": division,
                "Action": action,
                "Key": key,
                "ExactOnlineEndpoint": f"{base}/api/v1/{division}/{path}(guid'{key}')",
                "EventCreatedOn": moment.isoformat(timespec="milliseconds"),
            },
            separators=(",", ":"),
        )
        return f'{{"Content":{content},"HashCode":"{signature(content)}"}}'.encode()

    async def _deliver(self, number: int) -> None:
        kept = 'SELECT "URL", "Body", "Tried", "Next" FROM "Deliveries" WHERE "ID" = ?'
        while row := self._store.one(kept, (number,)):
            url, body, tried, start = row
            if (wait := start - time.time()) > 0:
                await asyncio.sleep(wait)
                continue
            taken = 200 <= await self._post(url, body) < 300
            with self._store.transaction():
                if taken or tried + 1 >= TRIES:
                    self._store.execute('DELETE FROM "Deliveries" WHERE "ID" = ?', (number,))
                    return
                wait = self._control.switches.number("webhook_retry_seconds") * 2**tried
                sql = 'UPDATE "Deliveries" SET "Tried" = "Tried" + 1, "Next" = ? WHERE "ID" = ?'
                self._store.execute(sql, (time.time() + wait, number))

    async def _post(self, url: str, body: bytes) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        try:
            headers = {"Content-Type": "application/json"}
            async with self._session.post(url, data=body, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0

    async def close(self, _app: Any = None) -> None:
        """Stop sending."""
        for task in tuple(self._tasks.values()):
            task.cancel()
        if self._session is not None:
            await self._session.close()
            self._session = None
