"""What a client may write to an invoice: confirmed and paid, each field checked by kind. Source: coachview.md 3.3."""

import json
import math
from datetime import datetime
from typing import Any, NoReturn

from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.wire import Json

LONGEST_TEXT = 4_000


class BadBody(ValueError):
    """A body that cannot be written."""


def written_values(body: str, names: Profile) -> Json:
    """The fields of a write-back under the names of the profile; raises BadBody with a sentence."""
    values = _decoded(body)
    if not isinstance(values, dict) or not values:
        raise BadBody("the body must be an object with fields")
    spelled = {name.lower(): (key, name) for key, name in names.write_back.items()}
    checked: Json = {}
    for name, value in values.items():
        if name.lower() not in spelled:
            raise BadBody(f"the field {name!r} cannot be written")
        key, known = spelled[name.lower()]
        if known in checked:
            raise BadBody(f"the field {name!r} is given twice")
        if not _right_kind(key, value):
            raise BadBody(f"the field {name!r} does not take {str(value)[:60]!r}")
        checked[known] = value
    return checked


def _decoded(body: str) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadBody("the body is not JSON") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _right_kind(key: str, value: Any) -> bool:
    if key in {"confirmed", "paid"}:
        return isinstance(value, bool)
    if value is None:
        return True
    if key == "paid_amount":
        return isinstance(value, int | float) and not isinstance(value, bool) and _is_amount(value)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    return key != "paid_on" or _is_date(value)


def _is_amount(value: float) -> bool:
    """Whether it is a number that an amount of money can be."""
    return abs(value) < 10**12 and math.isfinite(value)


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
