"""Fills the places of a message; what is filled in is never read as a message itself."""

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{([a-z_]+)\}")
_PIECE = re.compile(r"\[([^\[\]]*)\]|\{([a-z_]+)\}")


def places(message: str) -> frozenset[str]:
    """The names of all places of a message."""
    return frozenset(_PLACE.findall(message))


def fill(message: str, values: Mapping[str, str]) -> str:
    """The message with its values; a bracketed part of which a value is absent or empty is left out."""

    def piece(match: re.Match[str]) -> str:
        part, name = match.groups()
        if part is None:
            return values.get(name, "")
        if all(values.get(one) for one in places(part)):
            return _PLACE.sub(lambda inner: values[inner[1]], part)
        return ""

    return _PIECE.sub(piece, message)
