"""An intent is committed before it is sent, once per natural key, and only while it may be sent."""

from datetime import timedelta

import pytest
from tests.store.world import NOW, World, at_once, entry_of, sending

from boekbrug.domain.problem import Subject, report
from boekbrug.store import lifecycle, models
from boekbrug.store.books import Books
from boekbrug.sync.failures import IntentKeyTaken, LeaseLost
from boekbrug.sync.ports import Answer, Intent, IntentKind

PROBLEM = report("period-closed", Subject(key="2026-3"), journal="70", year=2026, period=3)
ANSWER = Answer(exact_id="guid-1", entry_number=20260001, entry_kind=20)


def customer_intent(world: World, key: str = "42") -> Intent:
    return world.books.commit_intent(IntentKind.CUSTOMER, key, {"Code": key}, booking=None)


def test_the_whole_body_and_the_entry_in_our_words_are_committed(world: World) -> None:
    claimed = world.claimed()
    body = {"AmountFC": 1234.55, "VATAmountFC": 0.1, "Rate": 1.000001, "Lines": [{"Description": "Café – é"}]}
    intent = world.books.commit_intent(IntentKind.ENTRY, "key", body, booking=sending(claimed))
    assert intent.body == body
    assert intent.send_by == world.now + timedelta(seconds=10)
    assert world.booking().sent == entry_of()
    assert world.books.earlier(IntentKind.ENTRY, "key") == intent
    assert world.books.has_open_intent(claimed)


def test_an_entry_without_our_words_is_not_committed(world: World) -> None:
    claimed = world.claimed()
    with pytest.raises(ValueError, match="in our words"):
        world.books.commit_intent(IntentKind.ENTRY, "key", {}, booking=claimed)
    assert not models.Intent.objects.exists()


@pytest.mark.parametrize("done", [False, True])
def test_a_key_is_open_or_done_only_once(world: World, done: bool) -> None:
    intent = customer_intent(world)
    if done:
        world.books.answered(intent, ANSWER)
    with pytest.raises(IntentKeyTaken):
        customer_intent(world)
    customer_intent(world, "43")


def test_a_closed_intent_leaves_its_key_free(world: World) -> None:
    world.books.refused(customer_intent(world), (PROBLEM,))
    world.books.unsent(customer_intent(world), "the line was down")
    intent = customer_intent(world)
    assert world.books.earlier(IntentKind.CUSTOMER, "42") == intent


def test_a_booking_has_one_live_entry_whatever_its_key(world: World) -> None:
    claimed = world.claimed()
    world.books.answered(world.committed(claimed), ANSWER)
    with pytest.raises(IntentKeyTaken):
        world.books.commit_intent(IntentKind.ENTRY, "another key", {}, booking=sending(claimed))


def test_of_two_workers_with_one_lease_one_commits_the_key(shared_world: World) -> None:
    def commit() -> Intent:
        books = Books(shared_world.lease, shared_world.clock)
        return books.commit_intent(IntentKind.CUSTOMER, "42", {}, booking=None)

    results = at_once(commit, commit, commit)
    assert sum(isinstance(result, Intent) for result in results) == 1
    assert sum(isinstance(result, IntentKeyTaken) for result in results) == 2


def test_what_was_committed_may_be_sent_until_somebody_pauses(world: World) -> None:
    claimed = world.claimed()
    assert world.books.may_send(claimed)
    lifecycle.pause(world.integration_id, now=world.now)
    assert not world.books.may_send(claimed)


@pytest.mark.parametrize("state", ["paused", "deleted", "enabled", "draft"])
def test_nothing_is_committed_for_an_integration_that_is_not_active(world: World, state: str) -> None:
    claimed = world.claimed()
    models.Integration.objects.update(state=state)
    for booking in (sending(claimed), None):
        kind = IntentKind.ENTRY if booking else IntentKind.CUSTOMER
        with pytest.raises(LeaseLost):
            world.books.commit_intent(kind, "key", {}, booking=booking)
    assert not models.Intent.objects.exists()


def test_pausing_while_others_commit_lets_none_through_afterwards(shared_world: World) -> None:
    claimed = shared_world.claimed()

    def pause() -> object:
        lifecycle.pause(shared_world.integration_id, now=NOW)
        return None

    def commit() -> object:
        return Books(shared_world.lease, shared_world.clock).commit_intent(
            IntentKind.ENTRY, "key", {}, booking=sending(claimed)
        )

    results = at_once(pause, commit)
    assert models.Intent.objects.count() == (1 if isinstance(results[1], Intent) else 0)
    with pytest.raises(LeaseLost):
        shared_world.books.commit_intent(IntentKind.CUSTOMER, "late", {}, booking=None)


def test_nothing_is_committed_for_a_booking_that_moved_on(world: World) -> None:
    claimed = world.claimed()
    world.books.retry(claimed, world.now, "why")
    with pytest.raises(LeaseLost):
        world.books.commit_intent(IntentKind.DOCUMENT, "key", {}, booking=claimed)


def test_an_answer_is_kept_and_keeping_it_again_changes_nothing(world: World) -> None:
    intent = customer_intent(world)
    world.books.answered(intent, ANSWER)
    world.books.answered(intent, ANSWER)
    assert world.books.earlier(IntentKind.CUSTOMER, "42") == ANSWER
    with pytest.raises(LeaseLost):
        world.books.answered(intent, Answer(exact_id="another"))
    with pytest.raises(LeaseLost):
        world.books.refused(intent, (PROBLEM,))
    assert world.books.earlier(IntentKind.CUSTOMER, "42") == ANSWER


def test_a_file_that_is_in_exact_is_not_kept_twice(world: World) -> None:
    claimed = world.claimed()
    intent = world.books.commit_intent(IntentKind.ATTACHMENT, "key", {"Attachment": "JVBERi0="}, booking=claimed)
    world.books.answered(intent, ANSWER)
    assert models.Intent.objects.get(id=intent.id).body == {}


def test_nobody_settles_before_the_call_can_have_ended(world: World) -> None:
    intent = customer_intent(world)
    settle_at = intent.send_by + timedelta(seconds=75)
    assert world.books.next_settlement() == settle_at
    assert world.books.unanswered(settle_at - timedelta(milliseconds=1)) == ()
    assert world.books.unanswered(settle_at) == (intent,)


def test_after_a_first_not_there_a_minute_passes(world: World) -> None:
    claimed = world.claimed()
    intent = world.books.commit_intent(IntentKind.CONTACT, "key", {}, booking=claimed)
    first_look = intent.send_by + timedelta(seconds=80)
    world.books.absent(intent, first_look)
    world.books.absent(intent, first_look + timedelta(seconds=30))
    assert world.books.next_settlement() == first_look + timedelta(seconds=60)
    assert world.books.unanswered(first_look + timedelta(seconds=59)) == ()
    assert [one.absent_since for one in world.books.unanswered(first_look + timedelta(seconds=60))] == [first_look]


def test_intents_of_another_administration_are_not_seen(world: World) -> None:
    customer_intent(world)
    models.Intent.objects.update(
        administration=models.Administration.objects.create(client_id="app-1", site="NL", division=2)
    )
    assert world.books.next_settlement() is None
    assert world.books.earlier(IntentKind.CUSTOMER, "42") is None
