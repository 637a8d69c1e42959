"""Single values: dates, numbers, codes and texts as Exact writes and reads them (exact-rest.md 3.8).

Money goes out as a JSON number. A `float` is the only carrier of a fraction that every JSON writer and every JSON
column between here and the socket understands, so `number` makes one at this one door, and only where its shortest
text is the very decimal it was made from (true for all amounts of up to 15 digits; anything else raises). Nothing
ever calculates with it: what comes in is read as Decimal, and stored bodies are read back through their text.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from boekbrug.domain.money import to_cents

Row = Mapping[str, Any]

CODE_WIDTH = 18
NO_GUID = "00000000-0000-0000-0000-000000000000"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotReadable(ValueError):
    """A field of Exact's does not hold what its type says; the message names the field, not a secret."""


def encode(body: Mapping[str, Any]) -> bytes:
    """A request body as JSON in UTF-8; a Decimal in it is written as `number` does."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_number_of).encode()


def _number_of(value: object) -> int | float:
    if isinstance(value, Decimal):
        return number(value)
    raise TypeError(f"not a value of a body: {type(value).__name__}")


def number(value: Decimal) -> int | float:
    """A decimal as a JSON number of exactly that value; raises ValueError when there is none."""
    if value == value.to_integral_value():
        return int(value)
    carrier = float(value)
    if Decimal(repr(carrier)) != value:
        raise ValueError(f"too many digits for a number: {value}")
    return carrier


def day(value: date) -> str:
    """A date as Exact takes it."""
    return value.isoformat()


def padded(code: str) -> str:
    """An account code as Exact stores it: 18 wide, blanks on the left."""
    return code.strip().rjust(CODE_WIDTH)


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Only the fields that have a value: an empty one is never sent."""
    return {name: value for name, value in fields.items() if value not in {None, ""}}


def text(row: Row, name: str) -> str:
    """A text without its padding; empty when there is none."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def key(row: Row, name: str) -> str:
    """A guid in lower case; empty when it is null or all zeros."""
    found = text(row, name).strip("{}").lower()
    return "" if found == NO_GUID else found


def flag(row: Row, name: str) -> bool:
    """A boolean, also when Exact writes it as a number or text."""
    return str(row.get(name)).strip().lower() in {"true", "1"}


def whole(row: Row, name: str, default: int | None = None) -> int:
    """An integer of any width, as a number or as text; `default` when it is null."""
    found = row.get(name)
    if found is None and default is not None:
        return default
    try:
        value = Decimal(str(found).strip())
    except InvalidOperation:
        raise NotReadable(f"{name} is no whole number") from None
    if not value.is_finite() or value != value.to_integral_value():
        raise NotReadable(f"{name} is no whole number")
    return int(value)


def decimal(row: Row, name: str) -> Decimal:
    """A number, exact as written; zero when it is null."""
    found = row.get(name)
    try:
        value = Decimal(0) if found is None else Decimal(str(found).strip())
    except InvalidOperation:
        raise NotReadable(f"{name} is no number") from None
    if not value.is_finite():
        raise NotReadable(f"{name} is no number")
    return value


def money(row: Row, name: str) -> Decimal:
    """An amount in cents; Exact's Double may carry noise far behind the cent."""
    return to_cents(decimal(row, name))


def moment(row: Row, name: str) -> datetime | None:
    """A moment from `/Date(ms)/` or ISO text without zone, in UTC; None when it is null."""
    found = text(row, name)
    if not found:
        return None
    try:
        if found.startswith("/Date("):
            return _EPOCH + timedelta(milliseconds=int(found[6:].split(")", 1)[0]))
        return datetime.fromisoformat(found).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise NotReadable(f"{name} is no date") from None


def when(row: Row, name: str) -> date | None:
    """A pure date, which Exact writes as midnight UTC; None when it is null."""
    found = moment(row, name)
    return None if found is None else found.date()


def known_day(row: Row, name: str) -> date:
    """A date that must be there."""
    found = when(row, name)
    if found is None:
        raise NotReadable(f"{name} is empty")
    return found
