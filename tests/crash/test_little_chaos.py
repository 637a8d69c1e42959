"""R2 in short: a little chaos of each kind, the same as in `./run bench --faults`."""

import random
from collections.abc import Callable
from functools import partial

import pytest
from bench.fire import fire, inside
from bench.r2_chaos import ANSWER_LOST, TOKEN_FAULTS, WINDOWS, Chaos
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
        hurts = ((_token_ends(chaos), "fast"), (chaos.webhooks, "killed (-9)"), (_jumps(chaos), "immediate"))
        for hurt, how in hurts:
            until(partial(_booked_more, chaos, len(burning.ours.entries())), seconds=SECONDS)
            chaos.change()
            hurt()
            burning.stop_database(how)
        burning.kill_worker(random.Random(3))
        until(partial(_happened, chaos, ANSWER_LOST), seconds=SECONDS)
        chaos.calm()
        burning.ours.leave()
        inside(burning.ours, "work_ahead.py", burning.ours.book.exact.address)
        standing = burning.standing()
        was = chaos.office.was
        verdict = judge(burning, was=was, told=standing["changed"], pdf_later=standing["pdf_later"])
    assert verdict.clean, (verdict, was, standing["changed"])
    assert standing["states"] == {"proven": 16}, standing
    assert standing["by_person"] == 0


def _booked_more(chaos: Chaos, before: int) -> bool:
    chaos.do_what_is_due()
    return len(chaos.fire.ours.entries()) > before


def _happened(chaos: Chaos, hurt: str) -> bool:
    chaos.do_what_is_due()
    return hurt in chaos.fire.hurts


def _token_ends(chaos: Chaos) -> Callable[[], None]:
    """The token ends while most is still to be booked, so that a refresh is needed; and a worker stands still."""

    def end() -> None:
        chaos.age(ANSWER_LOST, dict(TOKEN_FAULTS)[ANSWER_LOST])
        chaos.freeze(5)

    return end


def _jumps(chaos: Chaos) -> Callable[[], None]:
    """Both clocks jump."""

    def jump() -> None:
        chaos.jump("Exact", 120)
        chaos.jump("Coachview", -300)

    return jump
