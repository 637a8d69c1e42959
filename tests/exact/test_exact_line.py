"""A call on the line: begun here, carried out elsewhere, and what it teaches is learned by who waits."""

import threading
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from tests.exact.answers_of_exact import CUSTOMER, NOW, World, by_path, later, made, tokens

from boekbrug.exact.client import Row
from boekbrug.exact.exchange import Answer
from boekbrug.exact.limits import Priority
from boekbrug.exact.line import Line, in_a_thread, when_waited_for
from boekbrug.sync.failures import OutcomeUnknown, Unreachable
from boekbrug.sync.ledger_port import Posting

LINES: list[Line] = [when_waited_for, in_a_thread]


def begin(world: World, line: Line) -> Callable[[], object]:
    return prepare(world, line).send()


def prepare(world: World, line: Line) -> Posting[Row]:
    return world.client.prepare_post(
        "crm/Accounts", {"Name": "Café"}, Priority.BULK, send_by=NOW + timedelta(seconds=10), line=line
    )


@pytest.mark.parametrize("line", LINES)
def test_its_budget_is_reserved_before_and_its_answer_learned_by_who_waits(line: Line) -> None:
    world = World(lambda _: made(ID=CUSTOMER))
    wait = begin(world, line)
    assert (world.budget.reserved, world.budget.learned, world.client.calls) == ([("bulk", "crm/Accounts")], [], 1)
    assert wait() == {"ID": CUSTOMER}
    assert (len(world.requests), len(world.budget.learned)) == (1, 1)


@pytest.mark.parametrize("line", LINES)
def test_its_failure_is_raised_to_who_waits(line: Line) -> None:
    def lost(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("too long")

    world = World(lost)
    wait = begin(world, line)
    with pytest.raises(OutcomeUnknown):
        wait()
    assert world.budget.learned == [(None, None)]


@pytest.mark.parametrize("line", LINES)
def test_one_that_comes_too_late_is_not_written(line: Line) -> None:
    world = World(lambda _: made(ID=CUSTOMER))
    world.clock.now = NOW + timedelta(seconds=11)
    with pytest.raises(Unreachable):
        begin(world, line)()
    assert world.requests == []


@pytest.mark.parametrize("line", LINES)
def test_after_a_refused_token_who_waits_sends_it_once_more(line: Line) -> None:
    pair = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": "600"}
    answers: dict[str, httpx2.Response | list[httpx2.Response]] = {
        "oauth2/token": httpx2.Response(200, json=pair),
        "crm/Accounts": [httpx2.Response(401), made(ID=CUSTOMER)],
    }
    world = World(by_path(answers))
    world.store.tokens = later(tokens(), -580)
    assert begin(world, line)() == {"ID": CUSTOMER}
    assert world.budget.reserved == [("bulk", "crm/Accounts")] * 2


def test_the_thread_works_while_nobody_waits() -> None:
    began, go_on = threading.Event(), threading.Event()

    def exchange() -> Answer:
        began.set()
        assert go_on.wait(10)
        return Answer(status=201, headers={}, content=b"{}")

    wait = in_a_thread(exchange)
    assert began.wait(10)
    go_on.set()
    assert wait().status == 201


def test_without_a_line_nothing_is_sent_until_somebody_waits() -> None:
    world = World(lambda _: made(ID=CUSTOMER))
    wait = begin(world, when_waited_for)
    assert world.requests == []
    wait()
    assert len(world.requests) == 1


def test_one_that_was_made_ready_and_given_up_is_not_sent() -> None:
    world = World(lambda _: made(ID=CUSTOMER))
    prepare(world, in_a_thread).drop()
    assert (world.requests, world.budget.reserved) == ([], [("bulk", "crm/Accounts")])
    assert world.budget.learned == [(None, None)], "its call is over"
