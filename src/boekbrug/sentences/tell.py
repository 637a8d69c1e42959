"""Tells a problem, a state or a connection in the reader's language."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from boekbrug.domain.problem import Problem, Severity
from boekbrug.sentences.fill import fill
from boekbrug.sentences.format import shown

DOMAIN = "problems"
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("nl", "en")
HOME = "nl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What a person reads: what is wrong in a few words, the whole sentence, and what to do."""

    title: str
    sentence: str
    action: str


def tell(problem: Problem, language: str) -> Telling:
    """The problem in words of `language` (a code such as nl or en-gb; an unknown one is Dutch)."""
    values = _values(problem)
    sentence, action = "sentence", "action"
    if problem.severity is Severity.WARNS and _message(f"{problem.code}.warning", language) is not None:
        sentence, action = "warning", "warning-action"
    return Telling(
        title=_told(problem.code, "title", values, language),
        sentence=_told(problem.code, sentence, values, language),
        action=_told(problem.code, action, values, language),
    )


def say(key: str, language: str, /, **values: object) -> str:
    """The message `key` with its values, such as `say("state.retry", "nl", time="14:05")`."""
    message = _message(key, language)
    if message is None:
        raise KeyError(key)
    return fill(message, _as_read({name: str(value) for name, value in values.items()}, language))


def connection(party: str, reason: str, language: str, /, **values: object) -> str:
    """How the connection with `party` (exact, coachview) stands, for a reason of `sync.failures.NotAllowed`.

    A reason that has no sentence yet is told in general words, with `detail` when there is any.
    """
    for key in (f"connection.{party}.{reason}", f"connection.{reason}", f"connection.{party}.other"):
        if _message(key, language) is not None:
            return say(key, language, **values)
    return say("connection.other", language, **values)


def _values(problem: Problem) -> dict[str, str]:
    values = dict(problem.values)
    if problem.subject.line is not None:
        values.setdefault("line", str(problem.subject.line))
    return values


def _told(code: str, part: str, values: Mapping[str, str], language: str) -> str:
    # A code without words must not reach the reader; the tests see to it that there is none.
    message = _message(f"{code}.{part}", language) or _message(f"unknown.{part}", language) or ""
    return fill(message, _as_read(values, language))


def _as_read(values: Mapping[str, str], language: str) -> dict[str, str]:
    return shown(values, _spoken(language), lambda key: _message(key, language))


def _message(key: str, language: str) -> str | None:
    text = _messages(_spoken(language)).gettext(key)
    return None if text == key else text


def _spoken(language: str) -> str:
    spoken = language.replace("_", "-").partition("-")[0].lower()
    return spoken if spoken in LANGUAGES else HOME


@cache
def _messages(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language])
