"""Koppelen aan bestaande boeking: look an entry up in Exact by its number and lay it beside the invoice.

Nothing is written in Exact. Ours (customer, total and lines agree) may be adopted at once; with another total it
never is; anything else a person must say yes to (exactly-once.md, "States of a booking", `held -> booked`).
"""

from dataclasses import dataclass
from datetime import date

from boekbrug.domain.adoption import IDENTITY, as_sent
from boekbrug.domain.checks import NumberChecks
from boekbrug.domain.entry import Book, SalesEntry
from boekbrug.domain.problem import Problem
from boekbrug.domain.statement import Difference, StoredEntry, compare
from boekbrug.domain.states import PdfState
from boekbrug.sync.decide import decide, lay_out
from boekbrug.sync.ports import Answer, Booking, Books, Clock, Ledger, MadeEntry

ALL_YEARS = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """The invoice's own entry beside the one in Exact; without `stored` there is none with that number.

    `problems` say why the invoice's own entry cannot be told yet. `made` and `entry` are what adopting would keep.
    """

    booking: Booking
    number: int
    journal: str = ""
    problems: tuple[Problem, ...] = ()
    stored: StoredEntry | None = None
    differences: tuple[Difference, ...] = ()
    entry: SalesEntry | None = None
    made: MadeEntry | None = None

    @property
    def is_ours(self) -> bool:
        """Whether customer, total and lines agree."""
        return self.stored is not None and not any(one.field in IDENTITY for one in self.differences)

    @property
    def may_be_ours(self) -> bool:
        """Whether a person may say that it is: its total is the invoice's."""
        return self.stored is not None and not any(one.field == "total_incl" for one in self.differences)


class NotActive(Exception):
    """The invoice belongs to no active koppeling, so nobody knows how it would be booked."""


def lay_beside(books: Books, ledger: Ledger, clock: Clock, checks: NumberChecks, asked: tuple[Booking, int]) -> Beside:
    """What Exact has under that number in the koppeling's journal, beside what this invoice would become today.

    Raises NotActive, and every class of failure of Exact.
    """
    booking, number = asked
    desk = lay_out(books, [booking], checks)
    koppeling = desk.koppelingen.get(booking.integration_id)
    if koppeling is None:
        raise NotActive
    decision = decide(desk, booking, clock.today())
    options = koppeling.options
    if not isinstance(decision, Book):
        problems = getattr(decision, "problems", ())
        return Beside(booking=booking, number=number, journal=options.journal, problems=problems)
    found = [
        (stored, as_sent(decision.entry, stored, options))
        for stored in ledger.stored_entries(options.journal, (number, number), ALL_YEARS)
    ]
    # The same number may be there once for every year: the one with the fewest differences is meant.
    found.sort(key=lambda pair: len(compare(pair[1], pair[0])))
    if not found:
        return Beside(booking=booking, number=number, journal=options.journal)
    stored, entry = found[0]
    differences = compare(entry, stored)
    # A PDF is put with the customer's own document: on another customer's entry none is put by itself.
    send_pdf = options.send_pdf and not any(one.field == "customer" for one in differences)
    return Beside(
        booking=booking,
        number=number,
        journal=options.journal,
        stored=stored,
        differences=differences,
        entry=entry,
        made=_made(stored, decision.customer_change.exact_id or "", send_pdf=send_pdf),
    )


def _made(stored: StoredEntry, customer_id: str, *, send_pdf: bool) -> MadeEntry:
    """The entry as if its answer came now; a PDF that it lacks is put later."""
    pdf = PdfState.NONE if not send_pdf else PdfState.DONE if stored.document else PdfState.DUE
    return MadeEntry(
        answer=Answer(exact_id=stored.entry_id, entry_number=stored.entry_number, entry_kind=stored.kind),
        customer_id=customer_id,
        pdf=pdf,
        warnings=(),
        document_id=stored.document if send_pdf else None,
    )
