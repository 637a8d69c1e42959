"""Nights: the bulk run at the user's hour, once, whatever the clocks and the outside parties do."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest
from tests.journeys.hand_clock import ClockHouse, aware, clock_house, closed_port, settings_for

from boekbrug.cli.practice import PracticeBook, practice_book
from boekbrug.store import integrations, models, reading, webhooks
from boekbrug.web.pages.today.sentence import sentence_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SPRING = ("2027-03-27 20:00", "2027-03-28 03:30", "2027-03-29 02:30")
AUTUMN = ("2027-10-30 20:00", "2027-10-31 02:30", "2027-11-01 02:30")
PLAIN = "2027-03-16 20:00"
NIGHT = "2027-03-17 02:30"


@pytest.fixture(scope="module")
def book() -> Iterator[PracticeBook]:
    """Both simulators, for all nights."""
    with practice_book(state=None, scenario="load", invoices=0) as ours:
        yield ours


def bulk(house: ClockHouse, **options: object) -> None:
    """Settle the institute with a bulk run at half past two."""
    house.open(export_mode="bulk", bulk_time="02:30", **options)


def moments(house: ClockHouse, since: datetime) -> list[datetime]:
    """The moments at which it worked, each once."""
    return list(dict.fromkeys(at for at in house.slices if at >= since))


@pytest.mark.parametrize(("evening", "night", "next_night"), [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_run_at_half_past_two_comes_once_on_a_night_in_which_the_clock_changes(
    book: PracticeBook, evening: str, night: str, next_night: str
) -> None:
    with clock_house(book, aware(evening)) as house:
        bulk(house)
        house.live_until(aware(f"{night[:10]} 00:00"))
        assert house.numbers() == {}, "what was found in the evening waits for the night"
        house.live_until(aware(f"{night[:10]} 20:00"))
        assert moments(house, aware(f"{night[:10]} 00:00"))[0] == aware(night)
        booked = house.expected(aware(night))
        assert house.numbers() == booked
        assert house.states()["proven"] == len(booked), "a bulk run proves at its end"
        assert house.koppeling().round_at == aware(next_night)
        house.live_until(aware(f"{next_night[:10]} 20:00"))
        assert house.numbers() == house.expected(aware(next_night))
        assert len(house.numbers()) > len(booked)


def test_what_a_webhook_brings_by_day_waits_for_the_night(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house)
        house.live_until(aware("2027-03-17 12:00"))
        booked = house.numbers()
        house.live_until(aware("2027-03-18 02:00"))
        webhooks.wake(house.organisation_id, house.now)
        house.work()
        assert house.states()["ready"] == 2
        assert house.numbers() == booked
        house.live_until(aware("2027-03-18 12:00"))
        assert house.numbers() == house.expected(aware("2027-03-18 02:30"))


@pytest.mark.parametrize(
    ("repeat", "day", "runs"),
    [
        ("week", "thursday", ["2027-03-18 02:30", "2027-03-25 02:30"]),
        ("month", "18", ["2027-03-18 02:30", "2027-04-18 02:30"]),
    ],
)
def test_a_run_by_week_or_month_waits_for_its_day(book: PracticeBook, repeat: str, day: str, runs: list[str]) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house, bulk_repeat=repeat, bulk_day=day)
        house.live_until(aware("2027-03-18 02:00"))
        assert house.numbers() == {}
        house.live_until(aware("2027-03-18 20:00"))
        assert house.numbers() == house.expected(aware(runs[0]))
        assert house.koppeling().round_at == aware(runs[1])


@pytest.mark.parametrize("options", [{}, {"bulk_repeat": "month", "bulk_day": "17"}], ids=["day", "month"])
def test_a_night_with_the_machine_off_is_made_up_at_the_start_and_once(
    book: PracticeBook, options: dict[str, str]
) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house, **options)
        house.live_until(aware("2027-03-16 22:00"))
        house.off_until(aware("2027-03-18 09:00"))
        assert says(house) == "De verwerking van gisteren 02:30 is niet gestart."
        began = house.now
        house.live_until(aware("2027-03-18 20:00"))
        assert house.numbers() == house.expected(began)
        assert house.koppeling().round_state == ""
        assert house.koppeling().round_at == aware("2027-04-17 02:30" if options else "2027-03-19 02:30")
        assert says(house) == "Alles is geboekt."


def test_saved_options_move_the_next_run(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house)
        house.live_until(aware("2027-03-16 22:00"))
        integrations.set_options(house.integration_id, {"bulk_time": "05:15"}, who="els", now=house.now)
        house.live_until(aware("2027-03-17 05:00"))
        assert house.numbers() == {}
        assert moments(house, aware("2027-03-17 00:00")) == []
        house.live_until(aware("2027-03-17 12:00"))
        assert house.numbers() == house.expected(aware("2027-03-17 05:15"))
        integrations.set_options(house.integration_id, {"bulk_time": "09:00"}, who="els", now=house.now)
        before = house.numbers()
        house.live_until(aware("2027-03-17 20:00"))
        assert house.numbers() == before, "an hour that is over today is tomorrow's"
        assert house.koppeling().round_at == aware("2027-03-18 09:00")


def test_a_bulk_koppeling_that_becomes_realtime_books_at_once(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house)
        house.live_until(aware("2027-03-16 22:00"))
        integrations.set_options(house.integration_id, {"export_mode": "realtime"}, who="els", now=house.now)
        house.work()
        assert house.numbers() == house.expected(house.now)


def test_two_hours_without_exact_book_everything_once_when_it_is_back(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house)
        house.live_until(aware("2027-03-17 02:00"))
        with settings_for(book, BOEKBRUG_EXACT_URL_PRACTICE=closed_port()):
            house.live_until(aware("2027-03-17 04:30"))
            assert house.states()["held"] == 0
            assert says(house).startswith("Exact is niet bereikbaar sinds vandaag 02:30.")
            assert {row.step: row.failures for row in models.DueStep.objects.exclude(step="fetch")} == {
                "reference": 6,
                "book": 6,
            }, "tried at once, and after 1, 2, 5, 15 and 60 minutes"
        house.live_until(aware("2027-03-17 08:00"))
        assert house.numbers() == house.expected(aware(NIGHT))
        assert house.states()["proven"] == len(house.expected(aware(NIGHT)))
        assert says(house) == "Alles is geboekt."


def test_exact_that_fails_in_the_middle_of_the_night_loses_nothing_and_doubles_nothing(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house)
        house.live_until(aware("2027-03-17 02:00"))
        posted = {"method": "POST", "path": "/api/v1/*/salesentry/SalesEntries"}
        book.exact.control(
            "faults",
            [
                {**posted, "at": 3, "kind": "close_after_commit"},
                {**posted, "at": 4, "kind": "status_503", "count": 200},
                {"method": "GET", "path": "/api/v1/*", "probability": 1, "kind": "status_503", "count": 5000},
            ],
        )
        house.live_until(aware("2027-03-17 02:33"))
        assert house.states()["held"] == 0
        assert 3 <= len(house.numbers()) < len(house.expected(aware(NIGHT)))
        book.exact.control("faults", [])
        house.live_until(aware("2027-03-17 12:00"))
        assert house.numbers() == house.expected(aware(NIGHT))
        assert house.states()["proven"] == len(house.numbers())


def test_a_night_without_coachview_fetches_and_books_when_it_is_back(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        bulk(house)
        house.live_until(aware("2027-03-16 22:00"))
        known = house.expected(house.now)
        down = [{"path": "/*", "probability": 1, "kind": "close_before", "count": 5000}]
        book.coachview.control("faults", down)
        house.live_until(aware("2027-03-17 04:30"))
        assert house.numbers() == known, "what was known is booked without Coachview"
        assert says(house).startswith("Coachview is niet bereikbaar sinds vandaag 02:30.")
        book.coachview.control("faults", [])
        house.live_until(aware("2027-03-17 12:00"))
        assert house.numbers() == house.fetched()
        assert len(house.numbers()) > len(known)
        assert says(house) == "Alles is geboekt."


def test_a_corrected_debtor_heals_its_invoices_at_the_next_run(book: PracticeBook) -> None:
    with clock_house(book, aware(PLAIN)) as house:
        debtor = house.wanted(house.now)[0].debtor
        assert debtor is not None
        theirs = Counter(int(row.number or 0) for row in house.wanted(aware(NIGHT)) if row.debtor == debtor)
        correct = {"entity": "Debiteuren", "id": debtor.id, "values": {"debiteurnummer": debtor.number}}
        book.coachview.control("records", {**correct, "values": {"debiteurnummer": ""}})
        bulk(house)
        house.live_until(aware("2027-03-17 12:00"))
        assert house.numbers() == house.expected(aware(NIGHT)) - theirs
        assert house.states()["held"] == len(theirs)
        book.coachview.control("records", correct)
        house.live_until(aware("2027-03-18 12:00"))
        assert house.numbers() == house.expected(aware("2027-03-18 02:30"))
        assert house.states()["held"] == 0


def says(house: ClockHouse) -> str:
    """The sentence of Vandaag at the moment of the house."""
    today, rows = reading.today(house.organisation_id), reading.integrations(house.organisation_id)
    return sentence_of(today, rows, house.now, "nl")
