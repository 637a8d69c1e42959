"""R2, R3, R5 and R6 in short: the same house on fire as in `./run bench --faults`, a little fire."""

import random
from collections.abc import Callable
from functools import partial

import pytest
from bench.fire import fire, inside
from bench.r2_chaos import ANSWER_LOST, TOKEN_FAULTS, WINDOWS, Chaos
from bench.r3_races import pause, race, stop
from bench.r5_tokens import MISHAPS, expiries
from bench.r6_doors import Found, doors
from bench.verdict import judge
from tests.journeys.house import until

pytestmark = pytest.mark.journey

SECONDS = 300


FEW_CALLS = {"minute": 20, "day": 60}


def test_nothing_is_lost_or_twice_in_a_little_chaos_of_each_kind() -> None:
    with fire(16, windows=WINDOWS) as burning:
        chaos = Chaos(fire=burning, seed=3)
        chaos.begin()
        chaos.exact("limits", FEW_CALLS)
        burning.serve(2)
        hurts = ((partial(chaos.freeze, 5), "fast"), (chaos.webhooks, "killed (-9)"), (_jumps(chaos), "immediate"))
        for hurt, how in hurts:
            until(partial(_booked_more, chaos, len(burning.ours.entries())), seconds=SECONDS)
            chaos.change()
            hurt()
            burning.stop_database(how)
        burning.kill_worker(random.Random(3))
        chaos.age(ANSWER_LOST, dict(TOKEN_FAULTS)[ANSWER_LOST])
        until(partial(_happened, chaos, ANSWER_LOST), seconds=SECONDS)
        chaos.calm()
        burning.ours.leave()
        inside(burning.ours, "work_ahead.py", burning.ours.book.exact.address)
        standing = burning.standing()
        was = chaos.office.was
        verdict = judge(burning, was=was, told=standing["changed"], pdf_later=standing["pdf_later"])
    assert verdict.clean, (verdict, was, standing["changed"])
    assert standing["states"] == {"proven": 16}
    assert standing["by_person"] == 0


def _booked_more(chaos: Chaos, before: int) -> bool:
    chaos.do_what_is_due()
    return len(chaos.fire.ours.entries()) > before


def _happened(chaos: Chaos, hurt: str) -> bool:
    chaos.do_what_is_due()
    return hurt in chaos.fire.hurts


def _jumps(chaos: Chaos) -> Callable[[], None]:
    """Both clocks jump."""

    def jump() -> None:
        chaos.jump("Exact", 120)
        chaos.jump("Coachview", -300)

    return jump


def test_nothing_is_booked_twice_by_workers_and_persons_who_try_again_at_once() -> None:
    found = race(workers=2, invoices=6, persons=2)
    assert found.clicks >= 2
    assert (found.twice, found.lost) == (0, 0)


def test_a_pause_in_the_middle_of_a_call_keeps_its_answer_and_sends_nothing_more() -> None:
    found = stop(pause, invoices=6)
    assert (found.entries, found.sent_after, found.forgotten, found.stuck) == (5, 0, 0, 0)


def test_one_process_refreshes_whatever_becomes_of_the_answer() -> None:
    some = tuple(mishap for mishap in MISHAPS if mishap.name in {"nothing", "503", "answer lost"})
    found = expiries(some, 1, processes=3)
    assert (found.expiries, found.most_at_once) == (3, 1)
    assert (found.chains_lost, found.different_tokens, found.without_token) == (0, 0, 0), found.notes


@pytest.fixture(scope="module")
def tried() -> Found:
    """Every address of a running web, tried by everybody."""
    return doors()


def test_no_address_of_the_running_web_opens_to_somebody_it_should_not(tried: Found) -> None:
    assert tried.wrong == []
    assert tried.refused > tried.addresses
