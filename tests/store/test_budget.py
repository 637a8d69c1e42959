"""No window ever sees more calls than its limit, and what is kept for urgent calls is kept."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.store.world import NOW, World, at_once

from boekbrug.coachview.limits import CallBudget as CoachviewCallBudget
from boekbrug.exact.limits import CallBudget, Priority, Window
from boekbrug.store import models
from boekbrug.store.budget import KEPT, AdministrationBudget, OrganisationBudget
from boekbrug.sync.failures import Throttled

MIDNIGHT = datetime(2026, 3, 21, tzinfo=UTC)


def budget_of(world: World, *, patient: bool = False, **columns: Any) -> CallBudget:
    models.Administration.objects.filter(id=world.administration_id).update(**FRESH | columns)
    return AdministrationBudget(world.administration_id, patient=patient)


FRESH: dict[str, Any] = {
    f"{window}_{name}": value
    for window in ("minute", "day")
    for name, value in {"used": 0, "pending": 0, "resets_at": None, "learned": False, "cap": None}.items()
} | {"minute_limit": 60, "day_limit": 5000}


def sent(budget: CallBudget, now: datetime, most: int = 100, priority: Priority = Priority.BULK) -> int:
    """How many calls are let through at one moment."""
    for number in range(most):
        try:
            budget.reserve(priority, "crm/Accounts", now)
        except Throttled:
            return number
    return most


def throttled_until(budget: CallBudget, now: datetime, priority: Priority = Priority.BULK) -> datetime:
    with pytest.raises(Throttled) as caught:
        budget.reserve(priority, "crm/Accounts", now)
    return caught.value.until


@dataclass
class Server:
    """Exact's own count: windows from a fixed moment on, a call counts where it arrives."""

    limit: int
    seconds: int
    offset: int
    seen: Counter[int] = field(default_factory=Counter)

    def window(self, at: datetime) -> int:
        return int((at.timestamp() + self.offset) // self.seconds)

    def call(self, at: datetime) -> Window:
        number = self.window(at)
        self.seen[number] += 1
        reset = datetime.fromtimestamp((number + 1) * self.seconds - self.offset, UTC)
        return Window(limit=self.limit, remaining=max(0, self.limit - self.seen[number]), reset=reset)


@dataclass(frozen=True)
class Attempt:
    """A call after a pause: how long it travels each way in milliseconds, and whether its answer comes."""

    pause: int
    there: int
    back: int
    answered: bool


ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        pause=st.integers(0, 9000),
        there=st.integers(1, 4000),
        back=st.integers(1, 4000),
        answered=st.sampled_from([True, True, True, False]),
    ),
    max_size=40,
)
STRADDLER = [Attempt(pause=0, there=3999, back=1, answered=True)] * 12
LOST_STRADDLER = [
    Attempt(pause=0, there=1, back=1, answered=True),
    Attempt(pause=18_000, there=3000, back=1000, answered=False),
    *[Attempt(pause=0, there=1, back=1, answered=False)] * 3,
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(1, 6),
    seconds=st.integers(5, 60),
    offset=st.integers(0, 59),
    attempts=ATTEMPTS,
    daily=st.booleans(),
    patient=st.booleans(),
)
@example(limit=3, seconds=10, offset=0, attempts=STRADDLER, daily=False, patient=False)
@example(limit=2, seconds=20, offset=0, attempts=LOST_STRADDLER, daily=False, patient=False)
@example(limit=3, seconds=10, offset=0, attempts=STRADDLER, daily=False, patient=True)
@example(limit=2, seconds=20, offset=0, attempts=LOST_STRADDLER, daily=False, patient=True)
def test_no_window_ever_sees_more_calls_than_its_limit(
    world: World, limit: int, seconds: int, offset: int, attempts: list[Attempt], daily: bool, patient: bool
) -> None:
    server = Server(limit=limit, seconds=seconds, offset=offset)
    name = "day" if daily else "minute"
    budget = budget_of(world, patient=patient, **{f"{name}_limit": limit})
    now = NOW
    for attempt in attempts:
        now += timedelta(milliseconds=attempt.pause)
        try:
            budget.reserve(Priority.SETTLE, "crm/Accounts", now)
        except Throttled as throttled:
            now = max(throttled.until, now + timedelta(milliseconds=1))
            continue
        header = server.call(now + timedelta(milliseconds=attempt.there))
        now += timedelta(milliseconds=attempt.there + attempt.back)
        if attempt.answered:
            budget.learn(None if daily else header, header if daily else None, now)
    assert max(server.seen.values(), default=0) <= limit


def test_workers_at_once_never_reserve_more_than_there_is(shared_world: World) -> None:
    def reserve() -> int:
        return sent(AdministrationBudget(shared_world.administration_id), NOW, 10)

    budget_of(shared_world, minute_limit=25)
    results = at_once(*[reserve] * 4)
    assert sum(result for result in results if isinstance(result, int)) == 25


def test_the_minute_and_the_day_both_count(world: World) -> None:
    assert sent(budget_of(world), NOW) == 60
    assert sent(budget_of(world, day_limit=40), NOW, priority=Priority.REALTIME) == 40
    assert sent(budget_of(world, minute_cap=7), NOW) == 7


def test_a_limit_that_the_header_lowers_counts_at_once(world: World) -> None:
    budget = budget_of(world)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.learn(Window(limit=10, remaining=9, reset=NOW + timedelta(seconds=20)), None, NOW)
    assert sent(budget, NOW) == 9
    assert throttled_until(budget, NOW) == NOW + timedelta(seconds=20)


def test_our_count_is_corrected_upwards_only(world: World) -> None:
    budget, reset = budget_of(world), NOW + timedelta(seconds=20)
    sent(budget, NOW, 5)
    budget.learn(Window(limit=60, remaining=59, reset=reset), None, NOW)
    assert models.Administration.objects.get(id=world.administration_id).minute_used == 5
    budget.learn(Window(limit=60, remaining=20, reset=reset), None, NOW)
    assert models.Administration.objects.get(id=world.administration_id).minute_used == 40


def test_the_window_is_what_the_reset_says(world: World) -> None:
    budget, reset = budget_of(world, minute_limit=2), NOW + timedelta(seconds=7)
    sent(budget, NOW, 2)
    budget.learn(Window(limit=2, remaining=0, reset=reset), None, NOW)
    budget.learn(None, None, NOW)
    assert throttled_until(budget, reset - timedelta(seconds=1)) == reset
    assert sent(budget, reset) == 2


def test_a_call_without_an_answer_counts_in_the_next_minute_too(world: World) -> None:
    budget, reset = budget_of(world, minute_limit=3), NOW + timedelta(seconds=7)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.learn(Window(limit=3, remaining=2, reset=reset), None, NOW)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    assert sent(budget, reset) == 2


def test_a_late_header_of_a_window_that_is_over_says_nothing(world: World) -> None:
    budget = budget_of(world)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.learn(Window(limit=60, remaining=59, reset=NOW + timedelta(seconds=40)), None, NOW)
    budget.learn(Window(limit=60, remaining=0, reset=NOW + timedelta(seconds=1)), None, NOW)
    assert models.Administration.objects.get(id=world.administration_id).minute_used == 1


def test_a_clock_that_is_ahead_of_ours_begins_its_new_window(world: World) -> None:
    budget = budget_of(world, minute_limit=5)
    sent(budget, NOW, 4)
    budget.learn(Window(limit=5, remaining=1, reset=NOW + timedelta(seconds=10)), None, NOW)
    for _ in range(3):
        budget.learn(None, None, NOW)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.learn(Window(limit=5, remaining=4, reset=NOW + timedelta(seconds=70)), None, NOW)
    assert sent(budget, NOW) == 4


def test_a_spent_minute_of_which_the_reset_has_passed_is_tried_in_a_second(world: World) -> None:
    budget = budget_of(world)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.learn(Window(limit=60, remaining=0, reset=NOW - timedelta(seconds=3)), None, NOW)
    assert throttled_until(budget, NOW) == NOW + timedelta(seconds=1)
    assert sent(budget, NOW + timedelta(seconds=1)) > 0


def test_a_reset_that_cannot_be_believed_is_left(world: World) -> None:
    budget = budget_of(world, minute_limit=1)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.learn(Window(limit=1, remaining=0, reset=NOW + timedelta(days=400)), None, NOW)
    assert throttled_until(budget, NOW) == NOW + timedelta(seconds=60)


def test_a_tenth_of_the_day_is_kept_and_the_rest_goes_by_urgency(world: World) -> None:
    left = {}
    for priority in Priority:
        budget = budget_of(world, minute_limit=5000, day_limit=1000, day_used=850, day_resets_at=MIDNIGHT)
        left[priority] = sent(budget, NOW, 200, priority)
    assert left[Priority.SETTLE] == left[Priority.REALTIME] == 150
    assert left[Priority.BULK] == 50
    assert list(left.values()) == sorted(left.values(), reverse=True)
    assert set(KEPT) == {str(priority) for priority in Priority}


def test_the_day_ends_at_midnight_utc_until_a_header_says_otherwise(world: World) -> None:
    budget = budget_of(world, day_limit=1)
    budget.reserve(Priority.SETTLE, "crm/Accounts", NOW)
    assert throttled_until(budget, NOW, Priority.SETTLE) == MIDNIGHT


def test_room_is_now_or_the_reset_of_the_limit_in_the_way(world: World) -> None:
    budget, reset = budget_of(world, minute_limit=5), NOW + timedelta(seconds=9)
    assert budget.room_at(50, NOW, Priority.BULK) == NOW
    sent(budget, NOW, 3)
    budget.learn(Window(limit=5, remaining=2, reset=reset), None, NOW)
    assert budget.room_at(2, NOW, Priority.BULK) == NOW
    assert budget.room_at(3, NOW, Priority.BULK) == reset
    full = budget_of(world, day_limit=100, day_used=90, day_resets_at=MIDNIGHT)
    assert full.room_at(1, NOW, Priority.BULK) == MIDNIGHT
    assert full.room_at(1, NOW, Priority.REALTIME) == NOW
    assert budget_of(world, minute_cap=0).room_at(1, NOW, Priority.REALTIME) > NOW


def test_an_endpoint_rests_after_eight_errors_for_the_rest_of_the_hour(world: World) -> None:
    budget = budget_of(world)
    for _ in range(7):
        budget.error("crm/Accounts", 404, NOW)
    budget.error("crm/Accounts", 500, NOW)
    budget.reserve(Priority.BULK, "crm/Accounts", NOW)
    budget.error("crm/Accounts", 400, NOW)
    next_hour = NOW.replace(hour=13)
    assert throttled_until(budget, NOW) == next_hour
    budget.reserve(Priority.BULK, "vat/VATCodes", NOW)
    budget.reserve(Priority.BULK, "crm/Accounts", next_hour)
    budget.error("crm/Accounts", 400, next_hour)
    budget.reserve(Priority.BULK, "crm/Accounts", next_hour)


def test_calls_are_counted_by_day_and_priority(world: World) -> None:
    budget = budget_of(world)
    sent(budget, NOW, 3)
    sent(budget, NOW, 2, Priority.SETTLE)
    rows = models.CallsUsed.objects.values_list("day", "priority", "calls").order_by("priority")
    assert list(rows) == [(NOW.date(), "bulk", 3), (NOW.date(), "settle", 2)]
    assert AdministrationBudget(world.administration_id).left(NOW) == 4995


def coachview(world: World) -> CoachviewCallBudget:
    return OrganisationBudget(world.organisation_id, world.clock)


def test_coachviews_calls_end_where_its_header_says(world: World) -> None:
    budget, reset = coachview(world), NOW + timedelta(hours=3)
    budget.reserve()
    budget.learn(10, 8, reset)
    for _ in range(8):
        budget.reserve()
    with pytest.raises(Throttled) as caught:
        budget.reserve()
    assert caught.value.until == reset
    world.advance(hours=3)
    budget.reserve()
    assert models.Organisation.objects.get(id=world.organisation_id).coachview_calls_used == 1


def test_coachviews_count_is_corrected_upwards_only(world: World) -> None:
    budget = coachview(world)
    for _ in range(5):
        budget.reserve()
    budget.learn(5000, 4999, None)
    assert models.Organisation.objects.get(id=world.organisation_id).coachview_calls_used == 5
    budget.learn(None, 4000, NOW + timedelta(days=400))
    assert models.Organisation.objects.get(id=world.organisation_id).coachview_calls_used == 1000


def pending(world: World) -> int:
    return models.Administration.objects.values_list("minute_pending", flat=True).get(id=world.administration_id)


def answer(used: int, limit: int = 60) -> Window:
    return Window(limit=limit, remaining=limit - used, reset=NOW + timedelta(seconds=30))


def test_a_patient_budget_writes_an_answer_down_with_the_next_call_or_at_its_rest(world: World) -> None:
    budget_of(world)
    budget = AdministrationBudget(world.administration_id, patient=True)
    for used in (1, 2, 3):
        budget.reserve(Priority.BULK, "crm/Accounts", NOW)
        budget.learn(answer(used), None, NOW)
        assert pending(world) == (0 if used == 1 else 1)  # the first one taught the reset, the others nothing
    budget.rest()
    assert pending(world) == 0
    budget.rest()
    assert pending(world) == 0


def test_a_patient_budget_writes_what_is_new_at_once(world: World) -> None:
    budget_of(world)
    budget = AdministrationBudget(world.administration_id, patient=True)
    for window in (answer(1), answer(2), answer(9), answer(10, limit=12)):
        budget.reserve(Priority.BULK, "crm/Accounts", NOW)
        budget.learn(window, None, NOW)
    row = models.Administration.objects.get(id=world.administration_id)
    assert (row.minute_limit, row.minute_used, row.minute_pending) == (12, 10, 0)


def test_an_answer_that_waits_takes_no_call_of_another_worker_away(world: World) -> None:
    budget_of(world)
    ours = AdministrationBudget(world.administration_id, patient=True)
    for used in (1, 2):
        ours.reserve(Priority.BULK, "crm/Accounts", NOW)
        ours.learn(answer(used), None, NOW)
    later = NOW + timedelta(seconds=31)
    AdministrationBudget(world.administration_id).reserve(Priority.BULK, "crm/Accounts", later)
    ours.rest()
    assert pending(world) == 1


def test_calls_to_coachview_are_learned_once(world: World, django_assert_num_queries: Any) -> None:
    models.Organisation.objects.filter(id=world.organisation_id).update(
        coachview_calls_used=0, coachview_calls_limit=5000, coachview_calls_resets_at=None
    )
    budget = OrganisationBudget(world.organisation_id, lambda: NOW)
    for used, limit, queries in ((1, 5000, 1), (2, 5000, 0), (7, 5000, 1), (8, 100, 1)):
        budget.reserve()
        with django_assert_num_queries(queries):
            budget.learn(limit, limit - used, NOW + timedelta(hours=3))
    row = models.Organisation.objects.get(id=world.organisation_id)
    assert (row.coachview_calls_used, row.coachview_calls_limit) == (8, 100)
