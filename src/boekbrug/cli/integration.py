"""`boekbrug integration`: set up a koppeling, connect it, start and stop it."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from boekbrug.cli.answers import as_json, in_words, language, print_id, print_json, refused, still_red
from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.cli.moment import now
from boekbrug.cli.review import review

WHO = "command line"


@click.group(name="integration")
def command() -> None:
    """Koppelingen between Coachview and Exact Online."""


@command.command()
@click.option("--organisation", required=True, help="Name or id of the institute.")
@click.option(
    "--options",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSON file with options by their keys; may hold those of the institute too.",
)
@as_json
@language
def create(*, organisation: str, file: Path, as_json: bool, language: str) -> None:
    """Make a koppeling with the options of a file and print its id."""
    values = _json_object(file)
    with opened(), in_words(language):
        from boekbrug import environments
        from boekbrug.store.integrations import create_integration
        from boekbrug.store.organisations import find_organisation, show_organisation

        institute = show_organisation(find_organisation(organisation))
        refused = environments.refusals(values, institute.profile)
        made = create_integration(institute.id, values, who=WHO, now=now(), refused=refused)
        print_id(made, as_json=as_json)


def _json_object(file: Path) -> Mapping[str, object]:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(_("{file} holds no JSON: {error}", file=file, error=error)) from None
    if not isinstance(values, dict):
        raise click.ClickException(_("{file} must hold one JSON object with options by their keys.", file=file))
    return values


@command.command(name="list")
@as_json
def list_all(*, as_json: bool) -> None:
    """Show all koppelingen with their state."""
    with opened():
        from boekbrug.store.integrations import list_integrations

        shown = [_summary(row) for row in list_integrations()]
    if as_json:
        print_json(shown)
        return
    names = ("id", _("institute"), _("name"), _("state"), _("division"), "Exact", "Coachview")
    table = Table(*names, box=None)
    for row in shown:
        table.add_row(*(str(row[key]) for key in row))
    Console().print(table)


def _summary(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "organisation": row.organisation_id,
        "name": row.name,
        "state": row.state,
        "division": row.options.division,
        "exact": row.exact[0],
        "coachview": row.coachview[0],
    }


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
@as_json
def show(integration_id: int, *, as_json: bool) -> None:
    """Show one koppeling: state, connections, when what waits will be booked, and every option."""
    with opened(), in_words():
        from boekbrug.store.forecasting import forecasts_of
        from boekbrug.store.integrations import option_values, show_integration

        row = show_integration(integration_id)
        night = forecasts_of(row.organisation_id, now()).get(integration_id)
        values = {**_summary(row), "exact_user": row.exact_user, "options": option_values(integration_id)}
        values["forecast"] = None if night is None else {**asdict(night), "waits": night.waits}
    if as_json:
        print_json(values)
        return
    table = Table(box=None, show_header=False)
    for key, value in {**values, **values.pop("options")}.items():
        table.add_row(key, json.dumps(value, ensure_ascii=False, default=str).strip('"'))
    Console().print(table)


@command.command(name="set")
@click.argument("integration_id", metavar="ID", type=int)
@click.argument("assignments", nargs=-1, required=True, metavar="KEY=VALUE...")
@language
def set_values(integration_id: int, assignments: tuple[str, ...], *, language: str) -> None:
    """Change options, all or none: yes, no, and nothing behind the = for none."""
    values = dict(_assignment(text) for text in assignments)
    with opened(), in_words(language):
        from boekbrug import environments
        from boekbrug.store.integrations import set_options, show_integration
        from boekbrug.store.organisations import show_organisation

        institute = show_organisation(show_integration(integration_id).organisation_id)
        refused = environments.refusals(values, institute.profile)
        version = set_options(integration_id, values, who=WHO, now=now(), refused=refused)
        click.echo(_("Version {version} holds now.", version=version))


def _assignment(text: str) -> tuple[str, object]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(_("{text!r} is no KEY=VALUE.", text=text))
    if value.startswith(("{", "[")):
        try:
            return key, json.loads(value)
        except ValueError as error:
            raise click.UsageError(_("{file} holds no JSON: {error}", file=key, error=error)) from None
    return key, value


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
@language
def authorise(integration_id: int, *, language: str) -> None:
    """Connect to Exact: open the printed address, log in, and paste the address that you come back to."""
    with opened(), in_words(language):
        from boekbrug import wiring

        click.echo(wiring.authorise(integration_id))
        click.echo(
            _("Open this address, log in to Exact, and paste the whole address that you come back to:"), err=True
        )
        _tell_connected(wiring.complete_authorise(sys.stdin.readline()), language)


def _tell_connected(connected: Any, spoken: str) -> None:
    click.echo(_("Connected as {user}.", user=connected.user) if connected.user else _("Connected."))
    if connected.red:
        raise click.ClickException(_("Nothing is booked yet:") + "\n" + still_red(connected.red, spoken))
    if connected.started:
        click.echo(_("Booking has started."))
    elif connected.in_review:
        click.echo(_("In review after a restore: run boekbrug integration review {id}.", id=connected.integration_id))


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
@as_json
@language
def check(integration_id: int, *, as_json: bool, language: str) -> None:
    """Test the connections and the options against Exact; exit status 1 when something is red."""
    with opened(), in_words(language):
        from boekbrug import wiring

        found = wiring.check(integration_id)
    if as_json:
        print_json(asdict(found))
    else:
        exact = {"user": found.user, "administrations": len(found.divisions), "calls": found.calls_left}
        click.echo(_("Exact Online: {user}, administrations {administrations}, calls left {calls}", **exact))
        read = {"count": found.invoices, "number": found.latest_number or _("none")}
        click.echo(_("Coachview: invoices read {count}, the last is {number}", **read))
        for missing in found.missing:
            click.echo(_("No right to read {subject}", subject=missing), err=True)
    if found.red:
        raise click.ClickException(refused(found.red, language))
    if found.missing:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
@language
def enable(integration_id: int, *, language: str) -> None:
    """Switch on, with both confirmations: it starts by itself once it is connected and nothing is red."""
    with opened(), in_words(language):
        from boekbrug import wiring
        from boekbrug.store import lifecycle

        lifecycle.enable_and_confirm(integration_id, who=WHO, now=now())
        connected = wiring.start(integration_id)
        click.echo(_("Booking has started.") if connected.started else _("Enabled, waiting for the connection."))
        if connected.red:
            raise click.ClickException(_("Nothing is booked yet:") + "\n" + still_red(connected.red, language))


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
def pause(integration_id: int) -> None:
    """Send nothing any more from this moment; a call under way ends."""
    with opened(), in_words():
        from boekbrug.store import lifecycle

        lifecycle.pause(integration_id, now=now())


command.add_command(review)


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
def resume(integration_id: int) -> None:
    """Go on where it was; after a restore only when its review has ended."""
    with opened(), in_words():
        from boekbrug.store import lifecycle

        lifecycle.resume(integration_id, now=now())


@command.command()
@click.argument("integration_id", metavar="ID", type=int)
@click.option("--yes", is_flag=True, help="Do not ask for the name.")
def delete(integration_id: int, *, yes: bool) -> None:
    """Remove a koppeling: its login and secrets are forgotten, what was booked stays with its history."""
    with opened(), in_words():
        from boekbrug.domain.states import Actor
        from boekbrug.store import lifecycle
        from boekbrug.store.integrations import show_integration
        from boekbrug.store.moves import By

        name = show_integration(integration_id).name
        if not yes and click.prompt(_("Type the name ({name}) to remove it", name=name)) != name:
            raise click.ClickException(_("That is another name; nothing was removed."))
        lifecycle.delete(integration_id, by=By(kind=Actor.PERSON, name=WHO), now=now())
