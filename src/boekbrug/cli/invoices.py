"""`boekbrug invoices`: every invoice with its state and cause."""

import click
from rich.console import Console
from rich.table import Table

from boekbrug.cli.answers import as_json, language, print_json
from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.domain.states import BookingState

STATES = tuple(state.value for state in BookingState)
"""By their values: click would take an enum's capital names."""


@click.command(name="invoices")
@click.option("--state", type=click.Choice(STATES), help="Only invoices in this state.")
@as_json
@language
def command(*, state: str | None, as_json: bool, language: str) -> None:
    """Show the invoices with state, problems and entry."""
    with opened():
        from boekbrug.store.reading.listing import all_invoices

        rows = all_invoices(BookingState(state) if state else None)
        if as_json:
            print_json([row.as_json() for row in rows])
            return
        table = Table(_("number"), _("debtor"), _("amount"), _("state"), _("entry"), _("cause"), box=None)
        for row in rows:
            table.add_row(
                row.number, row.debtor, str(row.total), row.state, str(row.entry_number or ""), row.cause(language)
            )
        Console().print(table)
