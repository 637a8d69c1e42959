"""R2: 2,000 invoices while everything goes wrong at once; then the chaos stops, and it must come to rest by itself."""

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from bench.fire import FIRST_NUMBER, Fire, fire, post
from bench.verdict import amounts, judge
from boekbrug_sim.data.load import load_invoice_id

SEED = 5
INVOICES = 2000
WORKERS = 3
CHAOS_SECONDS = 780.0
REST_SECONDS = 1200.0
ENOUGH = 95
"""Over so many of a hundred invoices the hurts are spread."""

LOOK_SECONDS = 10.0
LOOK_IN_CHAOS_SECONDS = 0.4
LONGEST_PAUSE_SECONDS = 20.0
JUMPS = (-300, -60, 20, 120)
TOKEN_LIFE_SECONDS = 600
WEBHOOK_SECRET = "bench-webhook"
MINUTE = {"minute": 150, "minute_window_seconds": 6, "day": 1800, "day_window_seconds": 90}
COACHVIEW_DAY = {"day": 600, "day_window_seconds": 45}
NO_LIMITS = {"minute": 100_000, "minute_window_seconds": 60, "day": 1_000_000, "day_window_seconds": 86_400}
DOWN = [{"path": "/*", "probability": 1.0, "kind": "close_before"}]
POST, GET = "POST", "GET"
TOKEN = "/api/oauth2/token"

FAULTS: tuple[tuple[str, str, float, Mapping[str, object]], ...] = (
    ("connection closed before reading", POST, 0.010, {"kind": "close_before"}),
    ("reset after commit", POST, 0.015, {"kind": "close_after_commit"}),
    ("500 without a text", POST, 0.005, {"kind": "status_500"}),
    ("500 after commit", POST, 0.005, {"kind": "status_500", "after_commit": True}),
    ("502 after commit", POST, 0.005, {"kind": "status_502", "after_commit": True}),
    ("503", POST, 0.005, {"kind": "status_503"}),
    ("504 after commit", POST, 0.005, {"kind": "status_504", "after_commit": True}),
    ("garbage after commit", POST, 0.010, {"kind": "garbage"}),
    ("slow drip", POST, 0.010, {"kind": "drip", "seconds": 2.0}),
    ("slow drip that never ends in time", POST, 0.0015, {"kind": "drip", "seconds": 75.0}),
    ("time-out, carried out afterwards", POST, 0.0015, {"kind": "delay", "seconds": 65.0}),
    ("late answer", POST, 0.010, {"kind": "delay", "seconds": 1.5}),
    ("429 out of turn", POST, 0.003, {"kind": "status_429"}),
    ("connection closed before reading", GET, 0.05, {"kind": "close_before"}),
    ("500 without a text", GET, 0.03, {"kind": "status_500"}),
    ("502", GET, 0.03, {"kind": "status_502"}),
    ("503", GET, 0.03, {"kind": "status_503"}),
    ("504", GET, 0.03, {"kind": "status_504"}),
    ("garbage", GET, 0.03, {"kind": "garbage"}),
    ("slow drip", GET, 0.03, {"kind": "drip", "seconds": 1.0}),
)
TOKEN_FAULTS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("refresh refused", {"kind": "refuse_refresh"}),
    ("refresh closed before reading", {"kind": "close_before"}),
    ("refresh answered 503", {"kind": "status_503"}),
)


def rules(more: Sequence[Mapping[str, object]] = ()) -> list[Mapping[str, object]]:
    """The faults of Exact as its control call takes them; those of the token endpoint first."""
    data = [{"method": method, "path": "/api/v1/*", "probability": share, **kind} for _, method, share, kind in FAULTS]
    return [*more, *data]


@dataclass(kw_only=True)
class Chaos:
    """One run of chaos: what is done to the house at which moment is drawn from the seed."""

    fire: Fire
    seed: int
    changed: dict[str, Decimal] = field(default_factory=dict)
    later: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    wanted: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.wanted = amounts(self.fire.invoices)
        often: tuple[tuple[int, Callable[[], object]], ...] = (
            (6, lambda: self.fire.kill_worker(self.dice)),
            (2, self.freeze),
            *((3, partial(self.fire.stop_database, how)) for how in ("fast", "immediate", "killed (-9)")),
            (2, lambda: self.fire.kill_web(self.dice)),
            *((1, partial(self.jump, party, seconds)) for party in ("Exact", "Coachview") for seconds in JUMPS),
            (3, self.age),
            *((1, partial(self.age, name, fault)) for name, fault in TOKEN_FAULTS),
            (30, self.change),
            (12, self.webhooks),
            (2, self.coachview_down),
            (1, self.exact_down),
        )
        self.plan = [verb for times, verb in often for _ in range(times)]
        self.dice.shuffle(self.plan)

    def rage(self, seconds: float) -> None:
        """Hurt the house in the order of the seed, spread over the booking of all invoices; then stop hurting it."""
        self.faults()
        self.exact("limits", MINUTE)
        self.coachview("limits", COACHVIEW_DAY)
        ends_at = time.monotonic() + seconds
        share = self.fire.invoices * ENOUGH // 100 // len(self.plan)
        for hurt in self.plan:
            if time.monotonic() > ends_at:
                break
            hurt()
            self._let_book(share, min(ends_at, time.monotonic() + LONGEST_PAUSE_SECONDS))
        self.calm()

    def _let_book(self, share: int, until: float) -> None:
        """Wait until so many more invoices are booked, or the time is over."""
        enough = len(self.fire.ours.entries()) + share
        while time.monotonic() < until and len(self.fire.ours.entries()) < enough:
            self.do_what_is_due()
            time.sleep(LOOK_IN_CHAOS_SECONDS)
        self.do_what_is_due()

    def calm(self) -> None:
        """The faults and limits end; everything else is left as it is."""
        self.later = [(0.0, verb) for _, verb in self.later]
        self.do_what_is_due()
        self.exact("faults", [])
        self.coachview("faults", [])
        self.exact("limits", NO_LIMITS)
        self.coachview("limits", {"day": 1_000_000, "day_window_seconds": 86_400})

    def do_what_is_due(self) -> None:
        """Thaw the frozen, let a party come back, send late webhooks."""
        due = [verb for at, verb in self.later if at <= time.monotonic()]
        self.later = [(at, verb) for at, verb in self.later if at > time.monotonic()]
        for verb in due:
            verb()

    def in_a_while(self, seconds: float, verb: Callable[[], object]) -> None:
        """Do something later."""
        self.later.append((time.monotonic() + seconds, verb))

    # --- the hurts

    def exact(self, path: str, body: object) -> Any:
        """Steer the Exact simulator."""
        return self.fire.ours.book.exact.control(path, body)

    def coachview(self, path: str, body: object) -> Any:
        """Steer the Coachview simulator."""
        return self.fire.ours.book.coachview.control(path, body)

    def faults(self, more: Sequence[Mapping[str, object]] = ()) -> None:
        """Set the faults of both parties."""
        self.exact("faults", rules(more))
        kinds = ("close_before", "status_500", "status_503", "garbage")
        self.coachview("faults", [{"path": "/*", "probability": 0.02, "kind": kind} for kind in kinds])

    def freeze(self) -> None:
        """A worker stands still for longer than its lease, and then goes on as if nothing had happened."""
        self.in_a_while(self.dice.uniform(2, 60), self.fire.freeze_worker(self.dice))

    def jump(self, party: str, seconds: float) -> None:
        """The clock of Exact or of Coachview jumps, forth or back, and is set right after a while."""
        steer = self.exact if party == "Exact" else self.coachview
        steer("clock", {"advance_seconds": seconds})
        self.in_a_while(self.dice.uniform(5, 25), partial(steer, "clock", {"advance_seconds": -seconds}))
        self.fire.count(f"clock of {party} jumped and came back")

    def age(self, name: str = "token refreshed", fault: Mapping[str, object] | None = None) -> None:
        """Ten minutes pass for the login, and its refresh goes well or wrong."""
        self.faults([{"method": POST, "path": TOKEN, "count": 1, **fault}] if fault else [])
        self.fire.pass_login_time(TOKEN_LIFE_SECONDS)
        self.fire.count(name)

    def change(self) -> None:
        """Somebody changes a few invoices, whatever is being done with them."""
        for _ in range(3):
            index = self.dice.randrange(self.fire.invoices)
            number = str(FIRST_NUMBER + index)
            values: dict[str, object] = {"referentienummer": f"PO-{self.dice.randrange(10_000, 99_999)}"}
            self.coachview("records", {"entity": "Facturen", "id": load_invoice_id(index), "values": values})
            self.changed.setdefault(number, self.wanted[number])
            self.fire.count("invoice changed")

    def webhooks(self) -> None:
        """Webhooks come twice, late, about what was long ago, and forged."""
        for _ in range(5):
            number = self.dice.randrange(self.fire.invoices)
            body = json.dumps({"event": "Facturen.Gewijzigd", "id": load_invoice_id(number)}).encode()
            signed = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha512).hexdigest()
            for signature, wait in ((signed, 0.0), (signed, 0.0), (signed, self.dice.uniform(1, 30)), ("00", 0.0)):
                self.in_a_while(wait, partial(self._hook, body, signature))
        self.fire.count("webhooks twice, late, out of order, forged", 20)

    def _hook(self, body: bytes, signature: str) -> None:
        post(f"{self.fire.address}{self.fire.hook}", body, {"X-WebHook-Signature": signature})

    def coachview_down(self) -> None:
        """Coachview answers nobody for a while."""
        self.coachview("faults", DOWN)
        self.in_a_while(self.dice.uniform(3, 15), self.faults)
        self.fire.count("Coachview down")

    def exact_down(self) -> None:
        """Exact answers nobody for a while."""
        self.exact("faults", DOWN)
        self.in_a_while(self.dice.uniform(2, 8), self.faults)
        self.fire.count("Exact down")


def rest(fire: Fire, seconds: float) -> dict[str, Any]:
    """Wait until everything is booked or held and no outcome is open, by itself; how it stands then."""
    ends_at = time.monotonic() + seconds
    while True:
        standing = fire.standing()
        going = sum(standing["states"].get(state, 0) for state in ("received", "ready", "booking", "unknown"))
        known = sum(standing["states"].values())
        open_now = standing["intents"].get("open", 0)
        if (known >= fire.invoices and not going and not open_now) or time.monotonic() > ends_at:
            return standing
        time.sleep(LOOK_SECONDS)


def run(*, invoices: int, workers: int, seconds: float, seed: int) -> dict[str, Any]:
    """Let the chaos rage over a house, wait for its rest, and judge."""
    with fire(invoices) as burning:
        chaos = Chaos(fire=burning, seed=seed)
        burning.serve(workers)
        began = time.monotonic()
        chaos.rage(seconds)
        before = len(burning.ours.entries())
        standing = rest(burning, REST_SECONDS)
        rested = time.monotonic() - began - seconds
        statuses = _faults_met(burning)
        verdict = judge(burning, changed=chaos.changed, told=standing["changed"], pdf_later=standing["pdf_later"])
    left = {state: count for state, count in standing["states"].items() if state not in {"booked", "proven"}}
    return {
        "invoices": invoices,
        "booked": verdict.booked,
        **verdict.value(),
        "waiting_for_a_person": sum(left.values()),
        "left": left,
        "pdf_later": len(standing["pdf_later"]),
        "unknown_outcomes": standing["unknown_ever"],
        "booked_in_the_chaos": before,
        "seconds_to_rest": round(rested),
        "hurts": burning.hurts,
        "calls_that_failed": statuses,
        "standing": standing,
        "clean": verdict.clean and not left,
        "verdict": verdict,
    }


def _faults_met(fire: Fire) -> dict[str, int]:
    met: dict[str, int] = {}
    for call in fire.ours.book.exact.read("calls"):
        if call["status"] in {0, 408, 429, 500, 502, 503, 504, 401, 403}:
            name = f"{call['method']} {call['status'] or 'closed'}"
            met[name] = met.get(name, 0) + 1
    return met


def measure(*, full: bool = False) -> dict[str, object]:
    """The chaos of the seed, once."""
    found = run(invoices=INVOICES * (3 if full else 1), workers=WORKERS, seconds=CHAOS_SECONDS, seed=SEED)
    return {
        "value": {name: value for name, value in found.items() if name not in {"standing", "verdict", "clean"}},
        "target": "0 lost, 0 twice, totals equal to the cent, no manual step",
        "ok": found["clean"],
    }
