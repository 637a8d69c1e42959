"""`boekbrug organisation`: the institutes on this machine."""

import click

from boekbrug.cli.answers import as_json, in_words, print_id
from boekbrug.cli.house import opened
from boekbrug.cli.moment import now


@click.group(name="organisation")
def command() -> None:
    """Institutes: one Coachview environment each."""


@command.command()
@click.argument("name")
@as_json
def create(name: str, *, as_json: bool) -> None:
    """Make an organisation called NAME and print its id."""
    with opened(), in_words():
        from boekbrug.store.organisations import create_organisation

        print_id(create_organisation(name, now=now()), as_json=as_json)
