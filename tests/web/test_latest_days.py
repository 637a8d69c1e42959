"""The last thirty days: what each brought into Exact, in bars, in a sentence and in a table."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.web import making
from tests.web.reading_pages import read

from boekbrug.store import models
from boekbrug.store.reading import Day, latest_days
from boekbrug.web.pages.today.days import HEIGHT, chart_of

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def days(*counts: tuple[int, int]) -> tuple[Day, ...]:
    first = date(2026, 10, 26)
    return tuple(
        Day(day=first + timedelta(days=place), booked=booked, waiting=waiting)
        for place, (booked, waiting) in enumerate(counts)
    )


def test_every_day_is_there_up_to_today(noord: making.Institute) -> None:
    found = latest_days(noord.organisation.pk, NOW, 30)
    assert (len(found), found[0].day, found[-1].day) == (30, date(2026, 10, 26), date(2026, 11, 24))
    assert (found[-1].booked, found[-1].waiting) == (4, 4)
    assert sum(day.booked + day.waiting for day in found[:-1]) == 0


def test_a_day_begins_at_midnight_where_the_reader_is(noord: making.Institute) -> None:
    models.Booking.objects.filter(state="proven").update(booked_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    found = {day.day: day.booked for day in latest_days(noord.organisation.pk, NOW, 30)}
    assert (found[date(2026, 11, 22)], found[date(2026, 11, 23)]) == (0, 1)


def test_what_was_booked_before_the_first_day_does_not_count(noord: making.Institute) -> None:
    edge = datetime(2026, 10, 25, 23, 0, tzinfo=UTC)  # midnight in Amsterdam, on the day that the clock went back
    models.Booking.objects.exclude(booked_at=None).update(booked_at=edge)
    models.Booking.objects.filter(state="proven").update(booked_at=edge - timedelta(seconds=1))
    assert latest_days(noord.organisation.pk, NOW, 30)[0].booked == 3


def test_another_organisation_does_not_count(noord: making.Institute) -> None:
    zuid = making.institute("Opleidingen Zuid", division=7)
    assert not any(day.booked or day.waiting for day in latest_days(zuid.organisation.pk, NOW, 30))


def test_without_anything_there_is_no_chart() -> None:
    assert chart_of(days((0, 0), (0, 0)), "nl") is None


@pytest.mark.parametrize("counts", [(86, 3), (1, 0), (0, 5), (1000, 1), (0, 0)])
def test_a_bar_stays_within_the_drawing(counts: tuple[int, int]) -> None:
    chart = chart_of(days((1000, 1), counts), "nl")
    assert chart is not None
    bar = chart.bars[1]
    assert bar.booked_y + bar.booked_height == HEIGHT
    assert 0 <= bar.waiting_y < bar.booked_y
    assert (bar.waiting_height > 0) == (counts[1] > 0)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (((4, 0), (86, 3)), "90 facturen geboekt; de drukste dag was 27 oktober 2026, met 86."),
        (((1, 0),), "1 factuur geboekt; de drukste dag was 26 oktober 2026, met 1."),
        (((0, 2),), "In deze dagen is niets geboekt."),
    ],
)
def test_the_sentence_says_how_many_and_when_most(counts: tuple[tuple[int, int], ...], sentence: str) -> None:
    chart = chart_of(days(*counts), "nl")
    assert chart is not None
    assert chart.sentence == sentence


def test_the_table_has_the_days_on_which_something_happened_newest_first() -> None:
    chart = chart_of(days((4, 0), (0, 0), (0, 2)), "nl")
    assert chart is not None
    assert [(bar.booked, bar.waiting) for bar in chart.busy] == [(0, 2), (4, 0)]


def test_vandaag_shows_the_days(noord: making.Institute, reader: Client) -> None:
    models.Booking.objects.exclude(booked_at=None).update(booked_at=timezone.now())
    page = read(reader, "/")
    assert "De laatste 30 dagen" in page
    assert "4 facturen geboekt" in page
