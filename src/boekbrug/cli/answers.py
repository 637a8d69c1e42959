"""How commands answer: ids and records as JSON or text, refusals and failures of others in words."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import click

from boekbrug.domain.checklist import Item
from boekbrug.domain.option_values import Refusal
from boekbrug.sentences import connection, say_refused, tell_item
from boekbrug.settings import spoken_language
from boekbrug.sync.failures import Broken, NotAllowed, OutsideFailure, Throttled

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
language = click.option(
    "--language",
    type=click.Choice(["nl", "en"]),
    default=spoken_language,
    help="Language to answer in; that of the terminal by default.",
)
PARTIES = {"exact": "Exact Online", "coachview": "Coachview"}


def print_json(value: object) -> None:
    """Print a value as JSON; dates and amounts as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_as_text))


def _as_text(value: object) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")


def print_id(made: int, *, as_json: bool) -> None:
    """Print the id of what was made."""
    click.echo(json.dumps({"id": made}) if as_json else str(made))


def refused(refusals: tuple[Refusal, ...], spoken: str) -> str:
    """Each refused option with its reason on a line."""
    return "\n".join(f"{refusal.key}: {refusal_text(refusal, spoken)}" for refusal in refusals)


def still_red(items: tuple[Item, ...], spoken: str) -> str:
    """Each red item of the checklist on a line, with what to do."""
    told = (tell_item(item, spoken) for item in items)
    return "\n".join(f"{telling.title}. {telling.action}" for telling in told)


def refusal_text(refusal: Refusal, spoken: str) -> str:
    """Why an option is refused, in words."""
    return say_refused(refusal.code, spoken, dict(refusal.values))


@contextmanager
def in_words(spoken: str | None = None) -> Iterator[None]:
    """Turn what the store refuses and what the outside parties do into one sentence and exit status 1."""
    from boekbrug.store.options import OptionsRefused

    spoken = spoken or spoken_language()
    try:
        yield
    except OptionsRefused as refusal:
        raise click.ClickException(refused(refusal.refusals, spoken)) from refusal
    except OutsideFailure as failure:
        raise click.ClickException(failure_text(failure, spoken)) from failure


def failure_text(failure: OutsideFailure, spoken: str) -> str:
    """What the other party did, in the words of the connection state, with the detail behind it."""
    reason, values = _reason(failure)
    words = connection(failure.party, reason, spoken, detail=failure.detail, **values)
    return f"{PARTIES[failure.party]}: {words}" + (f" ({failure.detail})" if failure.detail else "")


def _reason(failure: OutsideFailure) -> tuple[str, Mapping[str, Any]]:
    if isinstance(failure, NotAllowed):
        return failure.reason, {}
    if isinstance(failure, Throttled):
        return "throttled", {"time": f"{failure.until.astimezone():%H:%M}"}
    return ("broken" if isinstance(failure, Broken) else "unreachable"), {}
