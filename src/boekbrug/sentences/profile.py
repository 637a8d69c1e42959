"""Tells what is wrong with a Coachview profile, and an option that is refused because of it."""

import json
from collections.abc import Iterable, Mapping

from boekbrug.sentences.tell import connection as tell_connection
from boekbrug.sentences.tell import say

Faults = Iterable[tuple[str, Mapping[str, str]]]
"""What is wrong: the word behind `profile.`, and the values of its places."""

PACKED = "faults"
"""The value of a refusal that holds faults, packed: whoever refuses does not know the reader's language."""

WRONG_PROFILE = "wrong-profile"
"""Why nothing is read from Coachview: then the detail holds faults, packed."""


def tell_faults(faults: Faults, language: str) -> str:
    """Each fault in words, one behind the other."""
    return "; ".join(say(f"profile.{code}", language, **values) for code, values in faults)


def pack(faults: Faults) -> str:
    """Faults as one value of a refusal, for `say_refused`."""
    return json.dumps([[code, dict(values)] for code, values in faults])


def say_refused(code: str, language: str, values: Mapping[str, str]) -> str:
    """Why an option is refused; faults of a profile among its values are told in the same language."""
    told = {name: _unpacked(text, language) if name == PACKED else text for name, text in values.items()}
    return say(f"option.{code}", language, **told)


def connection(party: str, reason: str, language: str, /, **values: object) -> str:
    """How the connection with a party stands, as `tell.connection`; faults of a profile are told as well."""
    if reason == WRONG_PROFILE and "detail" in values:
        values["detail"] = _unpacked(str(values["detail"]), language)
    return tell_connection(party, reason, language, **values)


def _unpacked(text: str, language: str) -> str:
    """The faults in words; what an earlier release kept in words stays as it is."""
    try:
        return tell_faults(json.loads(text), language)
    except ValueError:
        return text
