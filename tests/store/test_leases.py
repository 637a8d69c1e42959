"""One owner at a time; who was frozen and comes back changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from tests.domain import builders
from tests.store.world import NOW, World, at_once, checked, decision, entry_of, made, sending

from boekbrug.domain.problem import Subject, report
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import leases, models
from boekbrug.store.books import Books
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Answer, IntentKind, NotThere, ReferencePage, Step

PROBLEM = report("vat-code-unknown", Subject(kind="VATCode", key="7"), code="7")
DIFFERENCE = Difference(field="amount", line=1, sent="1", stored="2")


def test_a_lease_that_has_not_expired_is_somebody_elses(world: World) -> None:
    until = world.now + timedelta(seconds=leases.LEASE_SECONDS)
    assert leases.acquire(world.administration_id, "worker-2", world.now) is None
    assert leases.acquire(world.administration_id, "worker-2", until - timedelta(milliseconds=1)) is None
    taken = leases.acquire(world.administration_id, "worker-2", until)
    assert taken is not None
    assert taken.number == world.lease.number + 1


def test_a_lease_that_was_given_back_is_free_at_once(world: World) -> None:
    assert leases.release(world.lease)
    assert leases.acquire(world.administration_id, "worker-2", world.now) is not None
    assert not leases.release(world.lease)


def test_working_renews_the_lease(world: World) -> None:
    world.advance(seconds=leases.LEASE_SECONDS - 1)
    world.books.step_due(Step.CHECK, world.now)
    world.advance(seconds=2)
    assert leases.acquire(world.administration_id, "worker-2", world.now) is None


def test_an_expired_lease_that_nobody_took_still_holds(world: World) -> None:
    world.advance(hours=1)
    world.books.step_due(Step.CHECK, world.now)
    assert world.books.due_steps(world.now)


def test_of_many_workers_that_ask_at_once_one_gets_the_lease(shared_world: World) -> None:
    leases.release(shared_world.lease)

    def ask(owner: str) -> Callable[[], leases.Lease | None]:
        return lambda: leases.acquire(shared_world.administration_id, owner, NOW)

    results = at_once(*(ask(f"worker-{number}") for number in range(6)))
    assert sum(isinstance(result, leases.Lease) for result in results) == 1


def test_who_only_looks_can_change_nothing(world: World) -> None:
    looking = Books(leases.looking(world.administration_id, world.now), world.clock)
    booking = world.ready()
    assert looking.ready(world.now, 10) == (booking,)
    with pytest.raises(LeaseLost):
        looking.claim(booking, builders.TODAY)


def test_a_lease_is_given_back_also_over_a_database_that_starts_anew() -> None:
    lease = leases.Lease(administration_id=1, owner="worker-1", number=7, until=NOW)
    troubles: list[Exception] = [OperationalError("the connection is lost"), InterfaceError("closed")]
    given: list[leases.Lease] = []
    waits: list[float] = []

    def release(mine: leases.Lease) -> bool:
        if troubles:
            raise troubles.pop()
        given.append(mine)
        return True

    leases.give_back(lease, release=release, wait=waits.append)
    assert given == [lease]
    assert waits == [leases.AGAIN_SECONDS] * 2


def test_a_database_that_stays_away_keeps_nobody_for_ever() -> None:
    lease = leases.Lease(administration_id=1, owner="worker-1", number=7, until=NOW)
    passed = 0.0

    def release(_lease: leases.Lease) -> bool:
        pass_time(10.0)  # what a connection takes that nobody answers
        raise OperationalError("the connection is lost")

    def pass_time(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    with pytest.raises(OperationalError):
        leases.give_back(lease, release=release, wait=pass_time, seconds=lambda: passed)
    assert leases.MOST_SECONDS < passed < leases.LEASE_SECONDS


CHANGES: dict[str, Callable[[World, Books, Any, Any], object]] = {
    "step_done": lambda w, b, _r, _i: b.step_done(Step.FETCH, w.now),
    "step_due": lambda w, b, _r, _i: b.step_due(Step.FETCH, w.now),
    "step_failed": lambda w, b, _r, _i: b.step_failed(Step.FETCH, w.now, "why"),
    "connection_failed": lambda _w, b, _r, _i: b.connection_failed("exact", "rights-missing", ""),
    "stop": lambda w, b, _r, _i: b.stop(w.integration_id, PROBLEM),
    "broken": lambda _w, b, _r, _i: b.broken("salesentry", "400"),
    "fetch_window": lambda w, b, _r, _i: b.fetch_window(w.organisation_id, w.now),
    "reread_done": lambda w, b, _r, _i: b.reread_done(w.organisation_id, ["i-1"]),
    "keep_reference": lambda w, b, _r, _i: b.keep_reference(builders.reference(), w.now, 9),
    "keep_page": lambda _w, b, _r, _i: b.keep_page("customers", ReferencePage(timestamp=1)),
    "keep_customer": lambda _w, b, _r, _i: b.keep_customer(builders.customer()),
    "link_debtor": lambda w, b, _r, _i: b.link_debtor(w.organisation_id, "d-42", "c-1"),
    "decided": lambda _w, b, r, _i: b.decided(checked(r, decision())),
    "claim": lambda _w, b, r, _i: b.claim(r, builders.TODAY),
    "hold": lambda _w, b, r, _i: b.hold(r, (PROBLEM,), "why"),
    "retry": lambda w, b, r, _i: b.retry(r, w.now, "why"),
    "unknown": lambda _w, b, r, _i: b.unknown(r, "why"),
    "booked": lambda _w, b, r, _i: b.booked(r, entry_of(), made()),
    "orphans_to_unknown": lambda _w, b, _r, _i: b.orphans_to_unknown(),
    "pdf_state": lambda _w, b, r, _i: b.pdf_state(r, PdfState.DONE, (), None),
    "proven": lambda _w, b, r, _i: b.proven([r]),
    "differs": lambda _w, b, r, _i: b.differs(r, (DIFFERENCE,)),
    "commit_intent": lambda _w, b, r, _i: b.commit_intent(IntentKind.ENTRY, "key", {}, booking=sending(r)),
    "answered": lambda _w, b, _r, i: b.answered(i, Answer(exact_id="guid-1")),
    "refused": lambda _w, b, _r, i: b.refused(i, (PROBLEM,)),
    "unsent": lambda _w, b, _r, i: b.unsent(i, "why"),
    "absent": lambda w, b, _r, i: b.absent(i, w.now),
    "settled": lambda _w, b, _r, i: b.settled(i, NotThere()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_worker_whose_lease_was_taken_over_changes_nothing(world: World, name: str) -> None:
    other = world.claimed("i-other")
    intent = world.committed(other)
    ready = world.ready("i-1")
    before = snapshot()
    world.taken_over()
    with pytest.raises(LeaseLost):
        CHANGES[name](world, world.books, ready, intent)
    assert snapshot() == before


def test_a_worker_whose_lease_was_taken_over_turns_no_light_green(world: World) -> None:
    world.books.connection_failed("exact", "rights-missing", "")
    before = snapshot()
    world.taken_over()
    with pytest.raises(LeaseLost):
        world.books.connection_works("exact")
    assert snapshot() == before


def snapshot() -> list[object]:
    tables: tuple[Any, ...] = (models.Booking, models.BookingHistory, models.Intent, models.DueStep, models.Finding)
    rows: list[object] = [list(table.objects.order_by("id").values()) for table in tables]
    return [*rows, list(models.Integration.objects.values()), models.CustomerCopy.objects.count()]


def test_the_second_worker_finishes_what_the_first_left(world: World) -> None:
    claimed = world.claimed()
    second = world.taken_over()
    assert second.orphans_to_unknown() == 1
    assert world.row().state == BookingState.READY
    with pytest.raises(LeaseLost):
        world.books.booked(claimed, entry_of(), made())
