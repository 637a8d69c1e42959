"""The demo's report (interfaces.md, "report.json"): our figures beside the simulator's own ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.table import Table

from boekbrug.cli.language import _, spoken
from boekbrug.cli.practice import Simulator
from boekbrug.domain.problem import Problem
from boekbrug.sentences import say, tell
from boekbrug.store.report import entry_ids, report

RECEIVABLE_LINE = 0
TOKENS = "/api/oauth2/"


def demo_report(organisation_id: int, since: datetime, exact: Simulator, *, seconds: float) -> dict[str, Any]:
    """The figures as JSON values; `exact_total` is summed from the simulator's ledger, not from our tables."""
    figures = report(organisation_id)
    this_run = report(organisation_id, since=since)
    return {
        "invoices": figures.invoices,
        "booked": figures.booked,
        "booked_now": this_run.booked_now,
        "proven": figures.proven,
        "held": dict(figures.held),
        "skipped": dict(figures.skipped),
        "coachview_total": f"{figures.coachview_total:.2f}",
        "exact_total": f"{_ledger_total(exact.read('ledger'), organisation_id):.2f}",
        "calls_per_invoice": _calls_per_invoice(exact.read("calls")),
        "seconds": seconds,
    }


def _ledger_total(ledger: Iterable[Mapping[str, Any]], organisation_id: int) -> Decimal:
    """What the customers owe by the entries that the simulator holds under our ids; amounts are text."""
    ours = entry_ids(organisation_id)
    lines = (line for line in ledger if line["line"] == RECEIVABLE_LINE and line["entry_id"] in ours)
    return sum((Decimal(line["amount"]) for line in lines), Decimal(0))


def _calls_per_invoice(calls: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Calls to Exact per booked invoice of this run, everything included but token calls.

    What both kinds share (reference data, look-ups, proof) is spread over all; documents and attachments are only
    those of invoices with a PDF.
    """
    made = [call for call in calls if TOKENS not in call["path"] and "/_sim/" not in call["path"]]
    posted = Counter(
        call["path"].rsplit("/", 1)[-1] for call in made if (call["method"], call["status"]) == ("POST", 201)
    )
    entries, with_pdf = posted["SalesEntries"], posted["DocumentAttachments"]
    if not entries:
        return {"without_pdf": 0.0, "with_pdf": 0.0}
    carriers = posted["Documents"] + posted["DocumentAttachments"]
    shared = (len(made) - carriers) / entries
    return {
        "without_pdf": round(shared, 3),
        "with_pdf": round(shared + carriers / with_pdf, 3) if with_pdf else 0.0,
    }


def report_table(figures: Mapping[str, Any]) -> Table:
    """The report for people: what was booked, what waits by cause, and both totals."""
    table = Table(title="Opleidingen Noord", show_header=False)
    table.add_row(_("invoices"), str(figures["invoices"]))
    booked = {name: figures[name] for name in ("booked", "booked_now", "proven")}
    table.add_row(_("booked"), _("{booked} ({booked_now} now), {proven} proven", **booked))
    for code, count in figures["held"].items():
        table.add_row(_("held"), f"{count} × {_title(code)}")
    for reason, count in figures["skipped"].items():
        table.add_row(_("skipped"), f"{count} × {say(f'skip.{reason}', spoken())}")
    table.add_row(_("total in Coachview"), f"€ {figures['coachview_total']}")
    table.add_row(_("total in Exact"), f"€ {figures['exact_total']}")
    calls = figures["calls_per_invoice"]
    table.add_row(_("calls per invoice"), _("{without_pdf} without PDF, {with_pdf} with", **calls))
    table.add_row(_("seconds"), str(figures["seconds"]))
    return table


def _title(code: str) -> str:
    """The cause without the values of one invoice."""
    return tell(Problem(code=code), spoken()).title
