"""Values as the reader writes them: money, dates, percentages, and words for our own keys.

Which a value is, its place says: {base} is money, {date} a date, {field} the name of a field.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from boekbrug.sentences.fill import fill

MONEY = frozenset({"amount", "base", "invoiced", "calculated", "difference", "allowed"})
DATES = frozenset({"date", "start", "end", "definitive"})
PERCENTAGES = frozenset({"percentage", "expected"})
MOMENTS = frozenset({"until"})
# Values that are keys of ours, one or several with commas; each is a message `<name>.<key>`.
KEYS: Mapping[str, str] = {
    "field": "field",
    "fault": "fault",
    "sources": "source",
    "agrees": "agrees",
    "part": "part",
    "days": "day",
    "lists": "list",
}
CENT = Decimal("0.01")
# The English of our readers is that of Europe: the day before the month.
REGIONS: Mapping[str, str] = {"en": "en_GB"}
LONGEST = 200
HOME_CURRENCY = "EUR"
HOME_ZONE = ZoneInfo("Europe/Amsterdam")

Word = Callable[[str], str | None]


def shown(values: Mapping[str, str], language: str, word: Word) -> dict[str, str]:
    """All values as the reader writes them; `word` gives the message for a key, or None when there is none."""
    locale = Locale.parse(REGIONS.get(language, language))
    currency = values.get("currency") or HOME_CURRENCY
    return {name: _shown(name, value, locale, currency, word) for name, value in values.items()}


def _shown(name: str, value: str, locale: Locale, currency: str, word: Word) -> str:
    text = value.strip()
    if not text:
        return ""
    if name in KEYS:
        return _words(KEYS[name], text, word)
    try:
        return _written(name, text, locale, currency)
    except (ValueError, InvalidOperation):
        # Not of the form that the place is for: better as it came than not at all.
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _written(name: str, text: str, locale: Locale, currency: str) -> str:
    if name in MONEY:
        # Below a cent only what is allowed can lie: what is more than allowed is then more than its whole cents.
        return format_currency(Decimal(text).quantize(CENT, rounding=ROUND_DOWN), currency, locale=locale)
    if name in DATES:
        return format_date(date.fromisoformat(text[:10]), "long", locale=locale)
    if name == "month":
        return format_date(date.fromisoformat(f"{text}-01"), "MMMM y", locale=locale)
    if name in MOMENTS:
        moment = datetime.fromisoformat(text)
        local = moment.astimezone(HOME_ZONE) if moment.tzinfo else moment
        return format_datetime(local, "dd-MM-yyyy - HH:mm", locale=locale)
    if name in PERCENTAGES and text.endswith("%"):
        return format_decimal(Decimal(text.removesuffix("%")), locale=locale) + "%"
    raise ValueError(name)


def _words(family: str, text: str, word: Word) -> str:
    if (whole := word(f"{family}.{text}")) is not None:
        return whole
    # A part of an invoice that is no total is a VAT code.
    if (code := word(f"{family}.code")) is not None:
        return fill(code, {"code": text})
    parts = [part.strip() for part in text.split(",")]
    return ", ".join(word(f"{family}.{part}") or part for part in parts)
