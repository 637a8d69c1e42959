"""`boekbrug integration review`: after a restore, match what is in Exact with what the backup had forgotten."""

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from boekbrug.cli.answers import as_json, in_words, language, print_json
from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.cli.moment import now
from boekbrug.cli.sync import red_sentences

if TYPE_CHECKING:
    from boekbrug.store.reviewing import ReviewShown

LOOK_SECONDS = 0.2


@click.command()
@click.argument("integration_id", metavar="ID", type=int)
@as_json
@language
def review(integration_id: int, *, as_json: bool, language: str) -> None:
    """Match what Exact has with what a restored backup had forgotten; sends nothing, and may be repeated."""
    with opened(), in_words(language):
        found = _finished(integration_id, _shown(integration_id))
    if as_json:
        print_json(asdict(found))
        return
    click.echo(_("Found in Exact, booked: {count}", count=found.found))
    click.echo(_("Number taken by something else, held: {count}", count=found.taken))
    click.echo(_("Not in Exact, to be booked: {count}", count=found.absent))
    click.echo(_("Nothing was sent. boekbrug integration resume {id} lets the koppeling go on.", id=integration_id))


def _shown(integration_id: int) -> "ReviewShown":
    from boekbrug.store.integrations import show_integration
    from boekbrug.store.reviewing import show_review

    show_integration(integration_id)
    found = show_review(integration_id)
    if found is None:
        raise click.ClickException(_("Koppeling {id} is not in review.", id=integration_id))
    return found


def _finished(integration_id: int, found: "ReviewShown") -> "ReviewShown":
    """Work, or look on while a worker does, until the review has ended."""
    from boekbrug import wiring
    from boekbrug.store.steps import make_due
    from boekbrug.sync.ports import Step

    if found.done_at is not None:
        return found
    if not found.connected or found.administration_id is None:
        raise click.ClickException(_("Log in to Exact first: boekbrug integration authorise {id}.", id=integration_id))
    make_due(found.administration_id, Step.REVIEW, now())
    while found.done_at is None:
        wiring.run_slice(found.administration_id, "rt")
        found = _shown(integration_id)
        if found.failing:
            raise click.ClickException(_why(found))
        if found.done_at is None and (found.next_at is None or found.next_at > now()):
            time.sleep(LOOK_SECONDS)
    return found


def _why(found: "ReviewShown") -> str:
    red = red_sentences([found.administration_id]) if found.administration_id is not None else []
    again = f"{found.next_at.astimezone():%H:%M}" if found.next_at else "-"
    return "\n".join([*red, _("The review has not ended; the next try is at {time}.", time=again)])
