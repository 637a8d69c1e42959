"""One value of Coachview at a time: text, amounts, dates and flags, each read or named as a fault, never raised.

Numbers come as Decimal or int (answers.py), or as text; date-times carry no offset and are local Dutch time
(coachview.md 4.3, INFERRED).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from boekbrug.coachview.profile import FieldPaths, Formats
from boekbrug.domain.money import ZERO, amount

EARLIEST = date(1990, 1, 1)
DAYS_AHEAD = timedelta(days=5 * 366)
LONGEST_TEXT = 4_000
LONGEST_MOMENT = 40
LARGEST_NUMBER = Decimal(1_000_000_000)
SMALLEST_STEP = Decimal("0.000001")
NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
NOT_PRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

MISSING = "missing"
WRONG_KIND = "wrong-kind"
NO_AMOUNT = "no-amount"
NO_DATE = "no-date"
DATE_ABSURD = "date-absurd"
OUT_OF_RANGE = "out-of-range"
TOO_LONG = "too-long"
NO_ID = "no-id"
UNKNOWN_VALUE = "unknown-value"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with one field: its name with us, what was found there and a word for what is wrong."""

    field: str
    what: str
    found: str
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is needed to read any record: how dates are written and the last day that is believed."""

    formats: Formats
    today: date

    @property
    def latest(self) -> date:
        """The last day that an invoice may speak of."""
        return self.today + DAYS_AHEAD


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Something that stands where an object belongs; no reader takes it for a value."""

    value: Any

    def __str__(self) -> str:
        return shown(self.value)


def shown(value: Any) -> str:
    """A value as it may stand in a sentence: short, on one line."""
    if value is None:
        return ""
    if isinstance(value, (Mapping, list)):
        return "[...]" if isinstance(value, list) else "{...}"
    text = " ".join(NOT_PRINTED.sub("?", str(value)).split())
    return text if len(text) <= 60 else text[:59] + "…"


def same_id(value: Any) -> str:
    """An id in the spelling in which two of them are compared: a GUID may come in either case."""
    return str(value).strip().casefold()


def absent(value: Any) -> bool:
    """Whether nothing is filled in."""
    return value is None or (isinstance(value, str) and not value.strip())


def at(value: Any, path: tuple[str, ...]) -> Any:
    """What stands at `path` in nested objects; a part that ends with [] goes through every element of a list.

    None when it is not there; Misplaced when something else than an object stands on the way.
    """
    for index, part in enumerate(path):
        if absent(value):
            return None
        if not isinstance(value, Mapping):
            return Misplaced(value)
        name = part.removesuffix("[]")
        value = value.get(name)
        if part != name and isinstance(value, list):
            parts = (at(item, path[index + 1 :]) for item in value)
            return [inner for item in parts for inner in (item if isinstance(item, list) else [item])]
    return value


def moment_of(value: Any, formats: Formats) -> datetime | None:
    """The moment that a text means, in the time zone of the environment when it names none; None when it is none."""
    if not isinstance(value, str) or len(value) > LONGEST_MOMENT:
        return None
    moment = _parsed(value.strip(), formats)
    if moment is None or moment.tzinfo is None:
        return moment.replace(tzinfo=formats.time_zone) if moment else None
    try:
        return moment.astimezone(formats.time_zone)
    except OverflowError:
        return None


def _parsed(text: str, formats: Formats) -> datetime | None:
    for pattern in (formats.datetime, formats.date):
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller knows the time zone
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@dataclass(kw_only=True, slots=True)
class Reader:
    """Reads the fields of one record by the names of a profile; every fault is kept and the rest goes on."""

    record: Any
    paths: FieldPaths
    context: Context
    part: str = ""
    line: int | None = None
    faults: list[Fault] = field(default_factory=list)

    def inner(self, record: Any, paths: FieldPaths, part: str, line: int | None = None) -> "Reader":
        """A reader of a record inside this one, with the same list of faults; `part` goes before its names."""
        return Reader(
            record=record, paths=paths, context=self.context, part=part, line=line or self.line, faults=self.faults
        )

    def raw(self, key: str) -> Any:
        """The value as it came; None when it is absent or the environment has no such field."""
        return at(self.record, self.paths[key]) if self.paths[key] else None

    def fault(self, key: str, what: str, value: Any) -> None:
        """Write down that the field has this fault."""
        name = f"{self.part}.{key}" if self.part else key
        self.faults.append(Fault(field=name, what=what, found=shown(value), line=self.line))

    def text(self, key: str, *, needed: bool = False, longest: int = LONGEST_TEXT) -> str:
        """Text without blanks around it and without what cannot be printed; a whole number counts as its digits."""
        value = self.raw(key)
        if value is None:
            value = ""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            self.fault(key, WRONG_KIND, value)
            return ""
        text = NOT_PRINTED.sub("", str(value)).strip()
        if needed and not text:
            self.fault(key, MISSING, value)
        if len(text) > longest:
            self.fault(key, TOO_LONG, value)
            return ""
        return text

    def id(self, key: str, *, needed: bool = True) -> str:
        """An id: letters, digits and dashes only, so that it can stand in an address and in a filter."""
        text = self.text(key, needed=needed, longest=LONGEST_TEXT)
        if text and not PLAIN_ID.fullmatch(text):
            self.fault(key, NO_ID, text)
            return ""
        return text

    def money(self, key: str) -> Decimal:
        """An amount in cents; needed."""
        value = self.raw(key)
        if not self._is_number(key, value):
            return ZERO
        try:
            return amount(str(value).strip())
        except ValueError:
            self.fault(key, NO_AMOUNT, value)
            return ZERO

    def number(self, key: str, *, default: Decimal | None = None) -> Decimal:
        """A number with at most six decimals, such as a quantity; needed unless there is a default."""
        value = self.raw(key)
        if default is not None and absent(value):
            return default
        if not self._is_number(key, value):
            return ZERO
        found = Decimal(str(value).strip())
        if not found.is_finite() or abs(found) > LARGEST_NUMBER or found.quantize(SMALLEST_STEP) != found:
            self.fault(key, OUT_OF_RANGE, value)
            return ZERO
        return found

    def fraction(self, key: str) -> Decimal:
        """A percentage as a fraction from 0 up to and including 1 (coachview.md 3.6)."""
        found = self.number(key)
        if not 0 <= found <= 1:
            self.fault(key, OUT_OF_RANGE, found)
        return found

    def rate(self, key: str) -> Decimal | None:
        """A number above zero; None when it is absent."""
        if absent(self.raw(key)):
            return None
        faults = len(self.faults)
        found = self.number(key)
        if found <= 0 and len(self.faults) == faults:
            self.fault(key, OUT_OF_RANGE, found)
        return found

    def rows(self, key: str) -> list[Any]:
        """The elements of a list; absent is empty."""
        value = self.raw(key)
        if absent(value):
            return []
        if not isinstance(value, list):
            self.fault(key, WRONG_KIND, value)
            return []
        return value

    def days(self, key: str) -> int | None:
        """A number of days from 0 to 999; None when it is absent."""
        value = self.raw(key)
        if absent(value) or not self._is_number(key, value):
            return None
        match = re.fullmatch(r"([0-9]{1,3})(\.0+)?", str(value).strip())
        if not match:
            self.fault(key, OUT_OF_RANGE, value)
            return None
        return int(match[1])

    def flag(self, key: str) -> bool:
        """Yes or no; absent is no."""
        value = self.raw(key)
        if absent(value) or isinstance(value, bool):
            return value is True
        self.fault(key, WRONG_KIND, value)
        return False

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """A local date, also out of a date-time; None when it is absent."""
        moment = self._moment(key, needed=needed)
        return moment.date() if moment else None

    def moment(self, key: str) -> datetime | None:
        """A moment with the time zone of the environment; needed."""
        return self._moment(key, needed=True)

    def _moment(self, key: str, *, needed: bool) -> datetime | None:
        value = self.raw(key)
        if absent(value):
            if needed:
                self.fault(key, MISSING, value)
            return None
        moment = moment_of(value, self.context.formats)
        if moment is None:
            self.fault(key, NO_DATE if isinstance(value, str) else WRONG_KIND, value)
            return None
        if not EARLIEST <= moment.date() <= self.context.latest:
            self.fault(key, DATE_ABSURD, value)
            return None
        return moment

    def _is_number(self, key: str, value: Any) -> bool:
        if absent(value):
            self.fault(key, MISSING, value)
        elif isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            self.fault(key, WRONG_KIND, value)
        elif isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
            self.fault(key, NO_AMOUNT, value)
        else:
            return True
        return False
