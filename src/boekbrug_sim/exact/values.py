"""Values on the wire and in the tables: dates, padding, numbers. Source: exact-rest.md 3.8."""

import base64
import binascii
import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from boekbrug_sim.exact.schema import CODE_WIDTH, PADDED_LEFT, Field

CENT = Decimal("0.01")
FIRST_MS = -6_847_804_800_000  # 1753-01-01, where the dates of a SQL server begin
LAST_MS = 253_402_300_799_999  # the end of the year 9999
_DATE = re.compile(r"^/Date\((-?\d{1,18})(?:[+-]\d{4})?\)/$")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_INTEGER_RANGE = {"Byte": (0, 255), "Int16": (-(2**15), 2**15 - 1), "Int32": (-(2**31), 2**31 - 1)}
_INTEGER_RANGE["Int64"] = (-(2**63), 2**63 - 1)


class BadValueError(ValueError):
    """A value that does not fit the type of its property."""


def ms_of(moment: date) -> int:
    """A date or time in milliseconds since 1970; without a zone it is UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def date_of(milliseconds: int) -> date:
    """The day (UTC) of a number of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def ms_of_text(text: str) -> int:
    """Read `2024-01-31`, `2024-01-31T10:00:00` (with or without zone) or `/Date(ms)/`."""
    if found := _DATE.match(text):
        return int(found[1])
    if not _ISO.fullmatch(text.strip()):
        raise BadValueError(text)
    try:
        return ms_of(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as problem:
        raise BadValueError(text) from problem


def is_guid(text: str) -> bool:
    """Whether a text has the form of a guid."""
    return _GUID.match(text) is not None


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(value: float | None) -> Decimal:
    """A stored amount as a decimal; nothing is zero."""
    return cents(Decimal(repr(value or 0.0)))


def left_padded(code: str) -> str:
    """A relation code as the service keeps it: 18 wide, blanks in front."""
    return code.strip().rjust(CODE_WIDTH)


def incoming(entity: str, field: Field, value: Any) -> Any:
    """A value of a request body as the table keeps it; a misfit raises BadValueError."""
    if value is None:
        return None
    kept = _READERS.get(field.type, _text)(field, value)
    if (entity, field.name) in PADDED_LEFT and isinstance(kept, str):
        return left_padded(kept) if kept.strip() else None
    return kept


def _text(_field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | float):
        raise BadValueError(str(value))
    text = str(value).rstrip(" ")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadValueError(ascii(text))  # half a character: no database keeps it
    return text


def _guid(_field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise BadValueError(str(value))
    text = value.strip().strip("{}").lower()
    if not text:
        return None
    if not is_guid(text):
        raise BadValueError(value)
    return None if text.strip("0-") == "" else text


def _integer(field: Field, value: Any) -> int:
    if isinstance(value, bool):
        raise BadValueError(str(value))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as problem:
        raise BadValueError(str(value)) from problem
    low, high = _INTEGER_RANGE[field.type]
    if not number.is_finite() or number != number.to_integral_value() or not low <= number <= high:
        raise BadValueError(str(value))
    return int(number)


def _double(_field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadValueError(str(value))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as problem:
        raise BadValueError(str(value)) from problem
    if not number.is_finite() or abs(number) > Decimal("1e15"):
        raise BadValueError(str(value))
    return float(number)


def _boolean(_field: Field, value: Any) -> int:
    if isinstance(value, bool):
        return int(value)
    text = str(value).strip().lower()
    if text not in {"true", "false", "0", "1"}:
        raise BadValueError(str(value))
    return int(text in {"true", "1"})


def _date(_field: Field, value: Any) -> int:
    if not isinstance(value, str):
        raise BadValueError(str(value))
    moment = ms_of_text(value)
    if not FIRST_MS <= moment <= LAST_MS:
        raise BadValueError(value)
    return moment


def _binary(_field: Field, value: Any) -> bytes:
    if not isinstance(value, str):
        raise BadValueError(str(value))
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as problem:
        raise BadValueError(value[:20]) from problem


_READERS = {
    "Guid": _guid,
    "Byte": _integer,
    "Int16": _integer,
    "Int32": _integer,
    "Int64": _integer,
    "Double": _double,
    "Boolean": _boolean,
    "DateTime": _date,
    "Binary": _binary,
}


def outgoing(field: Field, value: Any) -> Any:
    """A stored value as JSON shows it."""
    if value is None:
        return None
    kind = field.type
    if kind == "DateTime":
        return f"/Date({value})/"
    if kind == "Boolean":
        return bool(value)
    if kind == "Int64":
        return str(value)
    if kind == "String":
        return value.ljust(field.pad) if field.pad else value
    if kind == "Binary":
        return base64.b64encode(value).decode()
    return value


def text_of_ms(milliseconds: int) -> str:
    """A moment as ISO text without a zone, as Atom and `$skiptoken` show it."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds")
