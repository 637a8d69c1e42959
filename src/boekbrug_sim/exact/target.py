"""What the path of a call names: an endpoint, a row, a list under it, a count. Source: exact-rest.md 3.1, 3.7."""

import re
from dataclasses import dataclass
from typing import Any

from boekbrug_sim.exact.errors import ApiError
from boekbrug_sim.exact.schema import Entity, by_path
from boekbrug_sim.exact.values import is_guid

NOT_FOUND = "Resource not found for the segment."
_WHOLE = re.compile(r"-?\d{1,18}L?")
_TARGET = re.compile(
    r"(?P<path>[A-Za-z_/]+?)(?:\((?P<key>[^()]*)\)(?:/(?P<inner>[A-Za-z]+))?)?(?P<count>/\$count)?/?", re.DOTALL
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a path names; `inner` is a collection of one row, `counted` asks for the number of rows only."""

    entity: Entity
    key: Any = None
    inner: str | None = None
    counted: bool = False


def target_of(endpoint: str) -> Target:
    """Read a path behind the division; a wrong one is a 404, a key that cannot be read a 400."""
    found = _TARGET.fullmatch(endpoint)
    entity = by_path().get(found["path"]) if found else None
    if entity is None or found is None:
        raise ApiError(404, NOT_FOUND)
    key = None if found["key"] is None else _key(entity, found["key"])
    counted = found["count"] is not None
    if counted and key is not None and found["inner"] is None:
        raise ApiError(404, NOT_FOUND)
    return Target(entity=entity, key=key, inner=found["inner"], counted=counted)


def bearer(header: str) -> str:
    """The token of an Authorization header; clients repeat `token_type` in either case (1.3)."""
    kind, _, token = header.strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _key(entity: Entity, text: str) -> Any:
    text = text.strip().removeprefix(f"{entity.key}=")
    kind = entity.key_field.type
    if kind == "Guid" and text.startswith("guid'") and is_guid(text[5:-1]) and text.endswith("'"):
        return text[5:-1].lower()
    if kind.startswith("Int") and _WHOLE.fullmatch(text):
        return int(text.rstrip("L"))
    if kind == "Hidden" and len(text) > 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    raise ApiError(400, f"Bad Request - Error in query syntax: '{text}'.")
