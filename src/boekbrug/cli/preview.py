"""`boekbrug preview`: what would become of invoices, with nothing sent and nothing written."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from boekbrug.cli.answers import in_words, language
from boekbrug.cli.house import opened
from boekbrug.cli.language import _
from boekbrug.domain.entry import Book, Decision, Hold
from boekbrug.sentences import say, tell


@click.command(name="preview")
@click.argument("integration_id", metavar="ID", type=int)
@click.argument("number", metavar="[INVOICE]", required=False)
@language
def command(integration_id: int, number: str | None, *, language: str) -> None:
    """Show the exact entry of an invoice (by number), or what happens to everything that is not booked yet."""
    with opened(), in_words(language):
        from boekbrug import asking

        found = asking.preview(integration_id, number)
    if number and not found:
        raise click.ClickException(_("There is no invoice {number} at this koppeling.", number=number))
    for booking, decision in found:
        Console().print(_entry(booking, decision, language) if number else _line(booking, decision, language))


def _line(booking: Any, decision: Decision, spoken: str) -> str:
    number = booking.invoice.number if booking.invoice else "?"
    if isinstance(decision, Book):
        entry = decision.entry
        period = f"{entry.reporting_year}-{entry.reporting_period:02}"
        return f"{number}  {entry.total_incl:>12}  {entry.journal}/{entry.entry_number}  {period}"
    if isinstance(decision, Hold):
        return f"{number}  {tell(decision.problems[0], spoken).title}" if decision.problems else number
    return f"{number}  {say(f'skip.{decision.reason}', spoken)}"


def _entry(booking: Any, decision: Decision, spoken: str) -> Table | str:
    if not isinstance(decision, Book):
        return _line(booking, decision, spoken)
    entry = decision.entry
    names = (
        _("account"),
        _("description"),
        _("cost centre"),
        _("VAT"),
        _("amount"),
        _("VAT amount"),
        _("from"),
        _("to"),
    )
    table = Table(*names, box=None)
    table.title = f"{entry.journal}/{entry.entry_number}  {entry.description}  {entry.total_incl} {entry.currency}"
    for line in entry.lines:
        months = (line.deferral.start.isoformat(), line.deferral.end.isoformat()) if line.deferral else ("", "")
        amounts = (str(line.amount), str(line.vat_amount))
        table.add_row(line.gl_account, line.description, line.cost_centre or "", line.vat_code, *amounts, *months)
    table.caption = customer_changes(decision, spoken)
    return table


def customer_changes(decision: Book, spoken: str) -> str | None:
    """What booking changes at the customer in Exact, a line per field with both sides; None when nothing does."""
    lines = (
        f"{say(f'field.{one.field}', spoken)}: {one.before or '–'} → {one.after}"
        for one in decision.customer_change.changes
    )
    return "\n".join(lines) or None
