"""A month that is closed in Exact after our last reading: its invoices go on by themselves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.journeys.hand_clock import ClockHouse, aware, clock_house

from boekbrug.cli.practice import DIVISION_NL, PracticeBook, practice_book
from boekbrug.domain.states import Actor
from boekbrug.store import decide, models
from boekbrug.store.moves import By

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MORNING, NEXT_MORNING = "2027-03-16 09:00", "2027-03-17 08:00"
MARCH, APRIL = 3, 4
ELS = By(kind=Actor.PERSON, name="els")


@pytest.fixture(scope="module")
def book() -> Iterator[PracticeBook]:
    """Both simulators."""
    with practice_book(state=None, scenario="load", invoices=0) as ours:
        yield ours


def march(house: ClockHouse, status: str) -> None:
    """The accountant closes or opens March for the sales journal, without a word to us."""
    period = {"division": DIVISION_NL, "journal": "70", "year": 2027, "period": MARCH}
    house.book.exact.control("periods", {**period, "status": status})


def periods(house: ClockHouse) -> dict[int, int]:
    """The period of each entry in Exact."""
    lines = house.book.exact.read("ledger")
    return {line["entry_number"]: line["period"] for line in lines if line["line"] == 0 and line["type"] in {20, 21}}


def waiting() -> list[str]:
    """What holds the invoices that are held."""
    held = models.Booking.objects.filter(state="held")
    return sorted({cause for causes in held.values_list("causes", flat=True) for cause in causes})


def closed_after_a_reading(house: ClockHouse, **options: object) -> set[int]:
    """March is closed after a morning's work; the next morning's invoices are met by Exact's refusal.

    The numbers that were booked while March was open. No reading of reference data is due in between.
    """
    house.open(**options)
    house.work()
    before = set(house.numbers())
    assert before
    march(house, "closed")
    house.set_clock(aware(NEXT_MORNING))
    house.work()
    assert len(house.fetched()) > len(before)
    return before


def test_with_first_open_what_exact_refused_is_booked_into_the_next_month_at_once(book: PracticeBook) -> None:
    with clock_house(book, aware(MORNING)) as house:
        before = closed_after_a_reading(house, closed_period="first_open")
        assert any(call["status"] == 500 for call in house.calls("exact", "POST")), "Exact refused one first"
        assert waiting() == []
        assert house.numbers() == house.fetched(), "each once, whatever was refused on the way"
        assert {periods(house)[number] for number in set(house.numbers()) - before} == {APRIL}


def test_a_month_that_closes_during_a_bulk_run_is_read_anew_within_that_run(book: PracticeBook) -> None:
    with clock_house(book, aware("2027-03-16 02:28")) as house:
        house.open(export_mode="bulk", bulk_time="02:30", closed_period="first_open")
        house.work()
        march(house, "closed")
        house.live_until(aware("2027-03-16 02:45"))
        assert any(call["status"] == 500 for call in house.calls("exact", "POST")), "Exact refused some first"
        assert waiting() == []
        assert house.numbers() == house.fetched(), "in this night, not in the next"
        assert not models.Integration.objects.exclude(round_state="").exists(), "and then the run is over"


def test_with_hold_the_right_problem_is_shown_and_trying_again_reads_whether_the_month_is_open(
    book: PracticeBook,
) -> None:
    with clock_house(book, aware(MORNING)) as house:
        closed_after_a_reading(house, closed_period="hold")
        assert waiting() == ["period-closed:70/2027/3"], "as the check says it, so that there is one cause"
        march(house, "open")
        house.set_clock(house.now + timedelta(minutes=1))
        held = list(models.Booking.objects.filter(state="held").values_list("id", flat=True))
        assert decide.retry(held, by=ELS, now=house.now) == len(held)
        house.live_until(house.now + timedelta(minutes=5))
        assert waiting() == [], "read anew as soon as 5 minutes have passed since the last time"
        assert house.numbers() == house.fetched()


def test_a_month_that_opens_is_noticed_without_a_person_within_a_day(book: PracticeBook) -> None:
    with clock_house(book, aware(MORNING)) as house:
        closed_after_a_reading(house, closed_period="hold")
        march(house, "open")
        house.set_clock(house.now + timedelta(days=1, minutes=1))
        house.work()
        assert waiting() == []
        assert house.numbers() == house.fetched()
