"""The forecast of a night: window by window, by the arithmetic of the call budget."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boekbrug.domain.forecast import Forecast, Limits, Window, Work, around, forecast, reading

NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


def limits(*, minute: int = 60, day: int = 4500, coachview: int = 5000, used: int = 0) -> Limits:
    return Limits(
        minute=Window(limit=minute, used=0, ends_at=NIGHT + MINUTE, length=MINUTE),
        day=Window(limit=day, used=used, ends_at=MIDNIGHT, length=DAY),
        coachview=Window(limit=coachview, used=0, ends_at=NIGHT + timedelta(hours=20), length=DAY),
    )


def night(*works: Work, seconds_per_call: float = 0.0, **kept: int) -> Forecast:
    return forecast(works, limits(**kept), begins_at=NIGHT, seconds_per_call=seconds_per_call)


def invoices(count: int, exact: int = 3, coachview: int = 2) -> Work:
    return Work(invoices=count, exact=exact, coachview=coachview)


def test_nothing_takes_no_time() -> None:
    assert night() == Forecast(
        invoices=0, exact_calls=0, coachview_calls=0, begins_at=NIGHT, ends_at=NIGHT, first_day=0
    )


@pytest.mark.parametrize(
    ("count", "exact", "minutes"),
    [(20, 3, 1), (21, 3, 1), (40, 3, 2), (19, 3, 0), (300, 3, 15), (15, 4, 1), (16, 4, 1), (59, 1, 0), (1, 60, 1)],
)
def test_a_window_takes_as_many_invoices_as_fit_whole(count: int, exact: int, minutes: int) -> None:
    found = night(invoices(count, exact))
    assert found.ends_at == NIGHT + minutes * MINUTE
    assert found.exact_calls == count * exact + around(count).invoices
    assert found.coachview_calls == count * 2


def test_the_calls_themselves_take_time_where_the_limit_is_no_hindrance() -> None:
    found = night(invoices(100, 1), minute=1000, seconds_per_call=0.3)
    assert found.ends_at == NIGHT + timedelta(seconds=101 * 0.3)


def test_a_limit_of_the_day_stops_the_night_until_the_next_day() -> None:
    found = night(invoices(200, 3), day=4500, used=4200)
    assert found.waits
    assert found.first_day == 100
    assert MIDNIGHT < found.ends_at <= MIDNIGHT + 6 * MINUTE


def test_what_is_read_before_the_first_invoice_takes_its_room_and_is_no_invoice() -> None:
    found = night(reading(20), invoices(200, 3), day=4500, used=4200)
    assert (found.invoices, found.first_day) == (200, 93)
    assert found.exact_calls == 20 + 600 + around(200).invoices
    assert night(reading(20), invoices(13, 3)).ends_at == NIGHT
    assert night(reading(20), invoices(14, 3)).ends_at == NIGHT + MINUTE


def test_the_calls_of_coachview_stop_it_too() -> None:
    found = night(invoices(200, 3), coachview=150)
    assert (found.waits, found.first_day) == (True, 75)
    assert found.ends_at > NIGHT + timedelta(hours=20)


def test_an_invoice_that_never_fits_ends_nothing() -> None:
    assert night(invoices(1, 61)).exact_calls == 1


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 6), st.integers(0, 2)), max_size=4),
    st.floats(0, 2, allow_nan=False),
)
def test_every_call_is_counted_once_and_time_only_passes(works: list[tuple[int, int, int]], seconds: float) -> None:
    made = [invoices(*work) for work in works]
    found = night(*made, seconds_per_call=seconds, day=1_000_000, coachview=1_000_000)
    total = sum(work.invoices for work in made)
    assert found.exact_calls == sum(work.invoices * work.exact for work in made) + around(total).invoices
    assert found.coachview_calls == sum(work.invoices * work.coachview for work in made)
    rounded = timedelta(microseconds=found.exact_calls // 2 + 1)  # each call to whole microseconds
    assert found.ends_at >= NIGHT + timedelta(seconds=seconds * found.exact_calls) - rounded
    assert not found.waits
