"""Amounts, numbers, dates and times in the reader's format (service-center.md); pure, the language is an argument."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

LOCALES = {"nl": "nl_NL", "en": "en_GB"}
NO_BREAK = "\N{NO-BREAK SPACE}"
DAYS = {"nl": ("vandaag", "gisteren", "morgen", "op"), "en": ("today", "yesterday", "tomorrow", "on")}


def locale_of(language: str) -> str:
    """Babel's locale for a language of ours; anything else reads Dutch."""
    return LOCALES.get(language[:2], LOCALES["nl"])


def money(value: Decimal, language: str, currency: str = "EUR") -> str:
    """An amount with its currency, never broken over two lines: `€ 1.234,56`."""
    text = format_currency(value, currency, locale=locale_of(language))
    return text.replace(" ", NO_BREAK)


def cents(value: Decimal, language: str) -> str:
    """An amount without its currency, for the columns of a journal: `1.234,56`."""
    return format_decimal(value, format="#,##0.00", locale=locale_of(language))


def count(value: int, language: str) -> str:
    """A whole number with its thousands apart."""
    return format_decimal(value, format="#,##0", locale=locale_of(language))


def percentage(value: Decimal, language: str) -> str:
    """A fraction as a percentage without needless decimals: `21%`."""
    return format_decimal(value * 100, format="#,##0.##", locale=locale_of(language)) + "%"


def day(value: date, language: str) -> str:
    """A day for a column: `24-11-2026` in Dutch, `24 Nov 2026` in English."""
    pattern = "d MMM y" if language.startswith("en") else "dd-MM-y"
    return format_date(value, pattern, locale=locale_of(language))


def day_in_words(value: date, language: str) -> str:
    """A day where there is room: `24 november 2026`."""
    return format_date(value, "d MMMM y", locale=locale_of(language))


def month(value: date, language: str) -> str:
    """A month and its year in words: `november 2026`."""
    return format_date(value, "LLLL y", locale=locale_of(language))


def short_month(value: date, language: str) -> str:
    """A month for under a bar: `nov`."""
    return format_skeleton("MMM", value, locale=locale_of(language)).strip(".")


def stamp(value: datetime) -> str:
    """A moment to the second, as the manual writes it in every language: `03-07-2021 - 14:37:23`."""
    return value.strftime("%d-%m-%Y - %H:%M:%S")


def clock(value: datetime) -> str:
    """The time of day: `02:14`."""
    return value.strftime("%H:%M")


def when(value: datetime, now: datetime, language: str) -> str:
    """A moment near `now` as a person says it: `vandaag 02:14`, `22 november 14:05`; both in the reader's zone."""
    today, yesterday, tomorrow, _on = _days(language)
    if value.date() == now.date():
        return f"{today} {clock(value)}"
    if value.date() == now.date() - timedelta(days=1):
        return f"{yesterday} {clock(value)}"
    if value.date() == now.date() + timedelta(days=1):
        return f"{tomorrow} {clock(value)}"
    return f"{_near(value, now, language)} {clock(value)}"


def at(value: datetime, now: datetime, language: str) -> str:
    """A moment to come after the word "om": `14:05`, `01:00 morgen`, `01:00 op 27 november`."""
    _today, _yesterday, tomorrow, on = _days(language)
    if value.date() == now.date():
        return clock(value)
    if value.date() == now.date() + timedelta(days=1):
        return f"{clock(value)} {tomorrow}"
    return f"{clock(value)} {on} {_near(value, now, language)}"


def _days(language: str) -> tuple[str, str, str, str]:
    return DAYS["en" if language.startswith("en") else "nl"]


def _near(value: datetime, now: datetime, language: str) -> str:
    pattern = "d MMMM" if value.year == now.year else "d MMMM y"
    return format_date(value, pattern, locale=locale_of(language))


def typed_decimal(text: str, language: str) -> str:
    """A stored decimal as the reader would type it: `0,02`."""
    return text if language.startswith("en") else text.replace(".", ",")
