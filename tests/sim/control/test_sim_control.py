"""What both simulators share: clock, limits, faults, switches."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from boekbrug_sim.control import Clock, Fault, FaultPlan, FaultRule, Limiter, Limits, Switch, Switches
from boekbrug_sim.control.clock import moment_of
from boekbrug_sim.control.faults import rule_of
from boekbrug_sim.control.limits import UNLIMITED

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class RealTime:
    """Real time under a test's control."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def test_a_frozen_clock_stands_still_and_can_be_moved() -> None:
    clock = Clock()
    clock.freeze(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(90)
    assert clock.now() == NOON + timedelta(seconds=90)
    clock.set(NOON)
    assert clock.timestamp() == NOON.timestamp()


def test_a_running_clock_goes_on_from_where_it_was_put() -> None:
    clock = Clock()
    clock.set(NOON)
    clock.advance(3600)
    assert timedelta(0) <= clock.now() - NOON - timedelta(hours=1) < timedelta(seconds=30)
    clock.freeze()
    stood = clock.now()
    clock.release()
    assert clock.now() >= stood
    clock.reset()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=30)


@pytest.mark.parametrize("text", ["2026-06-15T12:00:00", "2026-06-15T12:00:00Z", "2026-06-15T14:00:00+02:00"])
def test_a_moment_without_a_zone_is_utc(text: str) -> None:
    assert moment_of(text) == NOON


def test_a_minute_ends_on_the_whole_minute_and_a_day_at_midnight_utc() -> None:
    limiter = Limiter(Limits(minute=60, day=5000), now=RealTime(NOON.timestamp() + 12.5))
    verdict = limiter.spend("a")
    assert verdict.minute.reset == NOON.timestamp() + 60
    assert verdict.day.reset == NOON.timestamp() + 12 * 3600
    assert (verdict.minute.remaining, verdict.day.remaining) == (59, 4999)


def test_a_limit_trips_per_key_and_opens_again_in_the_next_window() -> None:
    now = RealTime(NOON.timestamp())
    limiter = Limiter(Limits(minute=2, day=None), now=now)
    assert [limiter.spend("a").tripped for _ in range(3)] == [None, None, "minute"]
    assert limiter.spend("b").tripped is None
    now.seconds += 59.9
    assert limiter.spend("a").tripped == "minute"
    now.seconds += 0.1
    assert limiter.spend("a").tripped is None


def test_a_refused_call_is_not_counted_for_the_day() -> None:
    now = RealTime(NOON.timestamp())
    limiter = Limiter(Limits(minute=1, day=2), now=now)
    for _ in range(5):
        limiter.spend("a")
    now.seconds += 60
    assert limiter.spend("a").tripped is None
    now.seconds += 60
    assert limiter.spend("a").tripped == "day"


@pytest.mark.parametrize("nothing", [None, 0])
def test_no_limit_is_a_large_one(nothing: int | None) -> None:
    limiter = Limiter(Limits(minute=nothing, day=nothing), now=RealTime(0))
    assert limiter.spend("a").minute.limit == UNLIMITED


def test_windows_can_be_shorter_and_a_change_starts_counting_anew() -> None:
    now = RealTime(NOON.timestamp() + 1)
    limiter = Limiter(Limits(minute=1, day=5000), now=now)
    limiter.spend("a")
    limiter.change(Limits(minute=1, day=5000, minute_window_seconds=6))
    assert limiter.spend("a").minute.reset == NOON.timestamp() + 6
    assert limiter.used()["minute"] == {"a": 1}
    limiter.reset()
    assert limiter.limits.minute_window_seconds == 60


def fired(plan: FaultPlan, *calls: tuple[str, str]) -> list[bool]:
    return [plan.draw(*call) is not None for call in calls]


@pytest.mark.parametrize(
    ("method", "path", "hits"),
    [
        (None, None, [True, True, True]),
        ("GET", None, [True, False, True]),
        (None, "/api/v1/1/crm", [True, False, False]),
        (None, "/api/v1/*/crm/Accounts", [True, False, True]),
        ("POST", "*SalesEntries", [False, True, False]),
    ],
)
def test_a_rule_hits_by_method_and_by_prefix_or_glob(method: str | None, path: str | None, hits: list[bool]) -> None:
    plan = FaultPlan()
    plan.set([FaultRule(fault=Fault(kind="delay"), method=method, path=path, count=9)])
    calls = (
        ("GET", "/api/v1/1/crm/Accounts"),
        ("POST", "/api/v1/1/salesentry/SalesEntries"),
        ("GET", "/api/v1/2/crm/Accounts"),
    )
    assert fired(plan, *calls) == hits


def test_a_rule_counts_matching_calls_from_when_it_was_set() -> None:
    plan = FaultPlan()
    plan.set([FaultRule(fault=Fault(kind="delay"), at=2, count=2)])
    assert fired(plan, *[("GET", "/")] * 5) == [False, True, True, False, False]
    plan.set([FaultRule(fault=Fault(kind="delay"))])
    assert fired(plan, *[("GET", "/")] * 3) == [True, False, False]
    assert plan.fired() == [1]


def test_chance_is_seeded_and_can_be_bounded() -> None:
    def run(count: int | None) -> list[bool]:
        plan = FaultPlan(seed=7)
        plan.set([FaultRule(fault=Fault(kind="delay"), probability=0.3, count=count)])
        return fired(plan, *[("GET", "/")] * 200)

    assert run(None) == run(None)
    assert 30 < sum(run(None)) < 90
    assert sum(run(5)) == 5


def test_the_first_rule_that_fires_wins() -> None:
    plan = FaultPlan()
    plan.set([FaultRule(fault=Fault(kind="delay"), at=2), FaultRule(fault=Fault(kind="drip"), count=5)])
    drawn = [plan.draw("GET", "/") for _ in range(3)]
    assert [fault.kind for fault in drawn if fault] == ["drip", "delay", "drip"]


@pytest.mark.parametrize("data", ["x", {"kind": "x"}, {"kind": "delay", "count": True}, {"kind": "delay", "x": 1}])
def test_a_rule_that_cannot_be_read_is_told(data: Any) -> None:
    with pytest.raises(ValueError, match=r"fault|kind|count"):
        rule_of(data)


def test_switches_change_all_or_none() -> None:
    known = (
        Switch(name="mode", default="a", allowed=("a", "b"), section="1", meaning="m"),
        Switch(name="days", default=3, section="2", meaning="n"),
    )
    switches = Switches(known)
    with pytest.raises(ValueError, match="wants a number"):
        switches.change({"mode": "b", "days": "many"})
    assert switches.as_dict() == {"mode": "a", "days": 3}
    switches.change({"mode": "b", "days": 0.5})
    assert switches.number("days") == 0.5
    with pytest.raises(TypeError):
        switches.number("mode")
    switches.reset()
    assert switches["mode"] == "a"
