"""From one invoice to one sales entry: the function that the preview, the dry run and the real booking all call."""

from datetime import date

from boekbrug.domain.checks import FORM_ONLY, NumberChecks
from boekbrug.domain.draft import Draft, LineDraft, lay_out
from boekbrug.domain.entry import Book, Decision, Hold, SalesEntry, SalesLine
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.options import Options
from boekbrug.domain.problem import Problem, Severity
from boekbrug.domain.reference import Links, Reference
from boekbrug.domain.rules import RULES

__all__ = ["NumberChecks", "book"]


def book(
    invoice: Invoice,
    options: Options,
    reference: Reference,
    links: Links,
    today: date,
    *,
    checks: NumberChecks = FORM_ONLY,
) -> Decision:
    """What becomes of an invoice: an entry to book, the problems that hold it, or the reason to leave it out.

    `today` is the export date; `checks` judges VAT numbers and IBANs. All rules run, so that all problems of an
    invoice are reported together, in rule order; a reason to skip wins over any problem.
    """
    draft = lay_out(invoice, options, reference, links, today, checks=checks)
    found: dict[str, Problem] = {}
    for rule in RULES:
        for problem in rule(draft):
            found.setdefault(problem.cause, problem)  # five lines with one unknown code are one problem
        if draft.skip:
            return draft.skip
    problems = tuple(problem for problem in found.values() if problem.severity is Severity.HOLDS)
    warnings = tuple(problem for problem in found.values() if problem.severity is Severity.WARNS)
    if problems or draft.customer_change is None or draft.dates.period is None:
        return Hold(problems=problems, warnings=warnings)
    moved_from = draft.dates.moved_from
    return Book(
        entry=_entry(draft, draft.customer_change.code, draft.dates.period.year, draft.dates.period.period),
        customer_change=draft.customer_change,
        projects=tuple(draft.projects.values()),
        schedule=tuple(draft.schedule),
        warnings=warnings,
        moved_from=(moved_from.year, moved_from.period) if moved_from else None,
    )


def _entry(draft: Draft, customer_code: str, year: int, period: int) -> SalesEntry:
    invoice = draft.invoice
    return SalesEntry(
        kind=draft.kind,
        journal=draft.options.journal,
        entry_number=draft.entry_number,
        customer_code=customer_code,
        entry_date=draft.dates.entry_date,
        due_date=invoice.due_date,
        reporting_year=year,
        reporting_period=period,
        currency=invoice.currency,
        rate=draft.rate,
        payment_condition=draft.payment_condition,
        payment_reference=draft.payment_reference,
        your_reference=draft.your_reference,
        description=draft.description,
        lines=tuple(_line(line) for line in draft.lines),
    )


def _line(line: LineDraft) -> SalesLine:
    return SalesLine(
        invoice_line=line.source.number,
        description=line.description,
        notes=line.notes,
        quantity=line.source.quantity,
        amount=line.source.amount,
        vat_amount=line.vat_amount,
        vat_code=line.vat_code,
        vat_percentage=line.vat_percentage,
        gl_account=line.account.code if line.account else "",
        cost_centre=line.cost_centre,
        project_code=line.project,
        deferral=line.deferral,
        why=tuple(line.why),
    )
