"""Amounts, dates and moments in the reader's format."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from boekbrug.web import formats

NOW = datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001  # local time, as pages have it


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        ("1234.56", "nl", "€ 1.234,56"),
        ("1234.56", "en", "€1,234.56"),
        ("-605.00", "nl", "€ -605,00"),
        ("0.00", "nl", "€ 0,00"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(value: str, language: str, text: str) -> None:
    assert formats.money(Decimal(value), language).replace("\N{NO-BREAK SPACE}", " ") == text


def test_money_is_never_broken_over_two_lines() -> None:
    assert " " not in formats.money(Decimal("1234567.89"), "nl")


def test_another_currency_keeps_its_sign() -> None:
    assert "£" in formats.money(Decimal(5), "nl", "GBP")


@pytest.mark.parametrize(("language", "text"), [("nl", "03-07-2021"), ("en", "3 Jul 2021")])
def test_a_day_in_a_column(language: str, text: str) -> None:
    assert formats.day(date(2021, 7, 3), language) == text


@pytest.mark.parametrize("language", ["fr", "", "nl-be"])
def test_an_unknown_language_reads_dutch(language: str) -> None:
    assert formats.day_in_words(date(2026, 11, 24), language) == "24 november 2026"


def test_a_moment_is_written_as_the_manual_writes_it() -> None:
    assert formats.stamp(datetime(2021, 7, 3, 14, 37, 23)) == "03-07-2021 - 14:37:23"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "dutch", "english"),
    [
        (24, "vandaag 02:14", "today 02:14"),
        (23, "gisteren 02:14", "yesterday 02:14"),
        (25, "morgen 02:14", "tomorrow 02:14"),
        (3, "3 november 02:14", "3 November 02:14"),
    ],
)
def test_a_moment_nearby_is_said_as_people_say_it(day: int, dutch: str, english: str) -> None:
    moment = NOW.replace(day=day, hour=2, minute=14)
    assert (formats.when(moment, NOW, "nl"), formats.when(moment, NOW, "en")) == (dutch, english)


def test_a_moment_of_another_year_names_it() -> None:
    assert formats.when(NOW.replace(year=2025), NOW, "nl") == "24 november 2025 09:00"


@pytest.mark.parametrize(("day", "text"), [(24, "14:05"), (25, "14:05 morgen"), (27, "14:05 op 27 november")])
def test_a_next_try_comes_after_the_word_om(day: int, text: str) -> None:
    assert formats.at(NOW.replace(day=day, hour=14, minute=5), NOW, "nl") == text


@pytest.mark.parametrize(("value", "text"), [("0.21", "21%"), ("0.055", "5,5%"), ("0", "0%")])
def test_a_percentage_has_no_needless_decimals(value: str, text: str) -> None:
    assert formats.percentage(Decimal(value), "nl") == text
