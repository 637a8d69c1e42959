"""The gate before a simulator: draws faults, adds latency, keeps the journal; and the control calls that both share."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Middleware

from boekbrug_sim.control.clock import Clock, moment_of
from boekbrug_sim.control.faults import Fault, FaultPlan, rule_of
from boekbrug_sim.control.journal import Call, CallJournal
from boekbrug_sim.control.limits import Limiter, Limits
from boekbrug_sim.control.switches import Switches, is_amount

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Verb = Callable[[web.Request, Any], Any]

REFUSE_REFRESH = web.RequestKey("REFUSE_REFRESH", bool)  # the token endpoint must refuse this call
CONTROL_PREFIX = "/_sim"
DRIP_PIECES = 20


class UnreadableBody(ValueError):
    """A body that is not the text that its headers promise."""


async def text_of(request: web.Request) -> str:
    """The body as text; raises UnreadableBody."""
    try:
        return await request.text()
    except (UnicodeDecodeError, LookupError):
        raise UnreadableBody("the body is not text in the encoding that it says") from None


class Program(Protocol):
    """What a simulator must be able to do for its control calls."""

    def load(self, scenario: str, seed: int, invoices: int | None) -> None:
        """Empty the data and load a scenario; an unknown one is a ValueError."""

    def forget_logins(self) -> None:
        """Drop every token that was handed out."""

    def throttled(self) -> web.Response:
        """The 429 answer as this service sends it, for a fault."""


@dataclass(kw_only=True)
class Control:
    """All that can be steered from outside, of one running simulator."""

    limiter: Limiter
    switches: Switches
    scenario: str
    seed: int
    invoices: int | None = None
    clock: Clock = field(default_factory=Clock)
    faults: FaultPlan = field(default_factory=FaultPlan)
    calls: CallJournal = field(default_factory=CallJournal)
    latency_seconds: float = 0.0
    keep: Callable[[dict[str, object]], None] = lambda _state: None
    """Where the steering is kept, when the state is in a file."""

    def remember(self) -> None:
        """Keep how the program is steered, so that it goes on so after a stop."""
        self.keep(
            {
                "scenario": self.scenario,
                "seed": self.seed,
                "invoices": self.invoices,
                "clock": self.clock.as_dict(),
                "limits": asdict(self.limiter.limits),
                "switches": self.switches.changed(),
                "latency_seconds": self.latency_seconds,
            }
        )

    def restore(self, kept: dict[str, Any]) -> None:
        """Go on as it was kept; a switch that is gone is left out."""
        self.scenario, self.seed, self.invoices = kept["scenario"], kept["seed"], kept["invoices"]
        self.clock.restore(kept["clock"])
        self.limiter.change(Limits(**kept["limits"]))
        self.switches.change({name: value for name, value in kept["switches"].items() if name in self.switches.known})
        self.latency_seconds = kept["latency_seconds"]

    def reset(self) -> None:
        """Everything as at the start, except the data (which is the program's)."""
        self.limiter.reset()
        self.switches.reset()
        self.clock.reset()
        self.faults.set([])
        self.calls.clear()
        self.latency_seconds = 0.0


def gate(control: Control, program: Program) -> Middleware:
    """The middleware; control calls pass it freely."""

    @web.middleware
    async def pass_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(CONTROL_PREFIX):
            return await handler(request)
        came = time.time()
        fault = control.faults.draw(request.method, request.path)
        if control.latency_seconds:
            await asyncio.sleep(control.latency_seconds)
        if fault is None:
            response = await handler(request)
            status = response.status
        else:
            response = await _with_fault(request, handler, fault, program)
            status = 0 if fault.kind in {"close_before", "close_after_commit"} else response.status
        control.calls.note(
            Call(at=came, method=request.method, path=request.path, query=request.query_string, status=status)
        )
        return response

    return pass_gate


async def _with_fault(request: web.Request, handler: Handler, fault: Fault, program: Program) -> web.StreamResponse:
    match fault.kind:
        case "close_before":
            return _close(request)
        case "close_after_commit":
            await handler(request)
            return _close(request)
        case "delay":
            await asyncio.sleep(fault.seconds)
            return await handler(request)
        case "garbage":
            done = await handler(request)
            return web.Response(status=done.status, body=b'\x1f\x8b{"d":<', content_type="application/json")
        case "drip":
            return await _drip(request, await handler(request), fault.seconds)
        case "refuse_refresh":
            request[REFUSE_REFRESH] = True
            return await handler(request)
        case _:
            if fault.after_commit:
                await handler(request)
            return program.throttled() if fault.kind == "status_429" else _bare(int(fault.kind[-3:]))


def _close(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _bare(status: int) -> web.Response:
    """A failing proxy or server: no JSON in it."""
    if status == 500:
        return web.Response(status=500)
    page = f"<html><body><h1>{status}</h1></body></html>"
    return web.Response(status=status, text=page, content_type="text/html")


async def _drip(request: web.Request, done: web.StreamResponse, seconds: float) -> web.StreamResponse:
    body = done.body if isinstance(done, web.Response) and isinstance(done.body, bytes) else b""
    slow = web.StreamResponse(status=done.status)
    slow.content_type = done.content_type
    slow.content_length = len(body)
    await slow.prepare(request)
    size = max(1, -(-len(body) // DRIP_PIECES))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / DRIP_PIECES)
        await slow.write(body[start : start + size])
    await slow.write_eof()
    return slow


def control_routes(control: Control, program: Program) -> list[web.RouteDef]:
    """The control calls that both simulators have. Source: interfaces.md, simulator control."""
    steer = _Steering(control, program)
    return [
        web.post("/_sim/reset", answering(steer.kept(steer.reset))),
        web.post("/_sim/scenario", answering(steer.kept(steer.scenario))),
        web.post("/_sim/clock", answering(steer.kept(steer.clock))),
        web.post("/_sim/limits", answering(steer.kept(steer.limits))),
        web.post("/_sim/latency", answering(steer.kept(steer.latency))),
        web.post("/_sim/faults", answering(steer.faults)),
        web.post("/_sim/switches", answering(steer.kept(steer.switches))),
        web.get("/_sim/switches", answering(steer.known_switches)),
        web.get("/_sim/calls", answering(steer.calls)),
        web.delete("/_sim/calls", answering(steer.forget_calls)),
    ]


def answering(verb: Verb) -> Handler:
    """Make a handler of a plain function: JSON in, JSON out, a ValueError is a 400 with its sentence."""

    async def handle(request: web.Request) -> web.Response:
        try:
            text = await text_of(request)
            answer = verb(request, json.loads(text) if text.strip() else {})
        except KeyError as problem:
            return web.json_response({"error": f"{problem.args[0]} is missing"}, status=400)
        except RecursionError:
            return web.json_response({"error": "the body is nested too deeply"}, status=400)
        except (ValueError, TypeError, OverflowError, AttributeError) as problem:
            return web.json_response({"error": str(problem)}, status=400)
        return web.json_response(answer)

    return handle


class _Steering:
    """The verbs of the shared control calls: (request, decoded body) -> answer."""

    def __init__(self, control: Control, program: Program) -> None:
        self._control = control
        self._program = program

    def kept(self, verb: Verb) -> Verb:
        """The same verb, after which the steering is kept."""

        def done(request: web.Request, data: Any) -> Any:
            answer = verb(request, data)
            self._control.remember()
            return answer

        return done

    def reset(self, _request: web.Request, _data: Any) -> Any:
        self._control.reset()
        self._program.forget_logins()
        self._program.load(self._control.scenario, self._control.seed, self._control.invoices)
        return {"scenario": self._control.scenario, "seed": self._control.seed}

    def scenario(self, _request: web.Request, data: Any) -> Any:
        name, seed = str(data["name"]), int(data.get("seed", self._control.seed))
        invoices = None if data.get("invoices") is None else int(data["invoices"])
        self._program.load(name, seed, invoices)
        self._control.scenario, self._control.seed, self._control.invoices = name, seed, invoices
        return {"scenario": name, "seed": seed, "invoices": invoices}

    def clock(self, _request: web.Request, data: Any) -> Any:
        clock = self._control.clock
        if "now" in data:
            clock.set(moment_of(data["now"]))
        if data.get("freeze") is False:
            clock.release()
        elif "freeze" in data:
            clock.freeze(moment_of(data["freeze"]) if isinstance(data["freeze"], str) else None)
        if "advance_seconds" in data:
            clock.advance(float(data["advance_seconds"]))
        return {"now": clock.now().isoformat()}

    def limits(self, _request: web.Request, data: Any) -> Any:
        known = {"minute", "day", "minute_window_seconds", "day_window_seconds"}
        if set(data) - known:
            raise ValueError(f"limits know {', '.join(sorted(known))}")
        if any(value is not None and not is_amount(value) for value in data.values()):
            raise ValueError("a limit is a number from 0")
        wanted = replace(self._control.limiter.limits, **data)
        if not (wanted.minute_window_seconds and wanted.day_window_seconds):
            raise ValueError("a window must last longer than 0 seconds")
        self._control.limiter.change(wanted)
        return {name: getattr(wanted, name) for name in sorted(known)}

    def latency(self, _request: web.Request, data: Any) -> Any:
        milliseconds = data["milliseconds"]
        if not is_amount(milliseconds):
            raise ValueError("milliseconds is a number from 0")
        self._control.latency_seconds = milliseconds / 1000
        return {"milliseconds": milliseconds}

    def faults(self, _request: web.Request, data: Any) -> Any:
        if not isinstance(data, list):
            raise ValueError("faults is a list of rules")  # noqa: TRY004 - every bad body is a ValueError
        self._control.faults.set([rule_of(rule) for rule in data])
        return {"rules": len(data)}

    def switches(self, _request: web.Request, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError("switches is an object of names and values")  # noqa: TRY004 - as for faults
        self._control.switches.change(data)
        return self._control.switches.as_dict()

    def known_switches(self, _request: web.Request, _data: Any) -> Any:
        return [
            {
                "name": switch.name,
                "value": self._control.switches[switch.name],
                "default": switch.default,
                "section": switch.section,
                "meaning": switch.meaning,
            }
            for switch in self._control.switches.known.values()
        ]

    def calls(self, request: web.Request, _data: Any) -> Any:
        with_query = "query" in request.query
        return [call.as_dict(with_query=with_query) for call in self._control.calls]

    def forget_calls(self, _request: web.Request, _data: Any) -> Any:
        self._control.calls.clear()
        return {}
