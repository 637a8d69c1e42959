"""After a restore: match what Exact has with what we forgot, before anything is sent (exactly-once.md).

A backup forgets the bookings that were made after it. So the review reads what Coachview changed since then, checks
it, reads every sales entry that Exact made since then, and gives each of ours back to its invoice. It sends nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Protocol

from boekbrug.domain.adoption import as_sent, is_ours
from boekbrug.domain.customers import bare_code
from boekbrug.domain.entry import Book, SalesEntry
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.statement import StoredEntry
from boekbrug.domain.states import PdfState
from boekbrug.sync.check_invoices import check_invoices
from boekbrug.sync.decide import Desk, decide, lay_out
from boekbrug.sync.ports import Answer, Booking, Books, EntryHead, MadeEntry
from boekbrug.sync.refresh_reference import refresh_reference
from boekbrug.sync.tools import Tools, at_coachview

BATCH = 200
LARGEST_GAP = 500
SOMEBODY_ELSE = timedelta(seconds=15)


class Review(Protocol):
    """Our books for the koppelingen in review of one administration; each method is one transaction."""

    @property
    def books(self) -> Books:
        """The same books, with the koppelingen in review in the place of the active ones."""

    def since(self) -> datetime | None:
        """From when on Exact's entries are matched; None when no koppeling waits for its review."""

    def waiting(self, limit: int) -> tuple[Booking, ...]:
        """Invoices that are ready to be booked and were not matched yet, oldest first."""

    def adopted(self, booking: Booking, entry: SalesEntry, made: MadeEntry) -> None:
        """The entry is this invoice's: it is booked, by review."""

    def taken(self, booking: Booking, problem: Problem) -> None:
        """The number is somebody else's: held for a person."""

    def absent(self, bookings: Sequence[Booking]) -> None:
        """Not in Exact: they stay ready; what is sent for them later is looked up once more before."""

    def done(self) -> None:
        """All is matched: a person may let the koppelingen go on."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One invoice with the entry that it would become today, and the customer in Exact (None: not there yet)."""

    booking: Booking
    entry: SalesEntry
    customer_id: str | None


def review_entries(tools: Tools) -> datetime | None:
    """Go on with the review of this administration; when to go on (None: done, or nothing is in review)."""
    review = tools.review
    since = review.since() if review is not None else None
    if review is None or since is None:
        return None
    seen = replace(tools, books=review.books)
    if seen.books.reference_read_at() is None:
        refresh_reference(seen)
    again_at = _fetch(seen) or check_invoices(seen)
    if again_at is not None:
        return again_at
    return _match(seen, review, since)


def _fetch(tools: Tools) -> datetime | None:
    """Read what Coachview changed since before the backup; when to come back while somebody else reads it."""
    for organisation_id in sorted({koppeling.organisation_id for koppeling in tools.books.koppelingen()}):
        window = tools.books.fetch_window(organisation_id, tools.clock.now())
        if window is None:
            return tools.clock.now() + SOMEBODY_ELSE
        try:
            with at_coachview():
                for page, until in tools.source(organisation_id).changed_invoices(window.since, window.until):
                    tools.books.receive(organisation_id, page, until)
            tools.books.connection_works("coachview")
        finally:
            tools.books.fetch_ended(organisation_id)
    return None


def _match(tools: Tools, review: Review, since: datetime) -> datetime | None:
    heads: Sequence[EntryHead] | None = None
    while bookings := review.waiting(BATCH):
        if heads is None:
            heads = tuple(tools.ledger.entries_since(since))
        _match_batch(tools, review, heads, bookings)
        if tools.slice_over():
            return tools.clock.now()
    review.done()
    return None


def _match_batch(tools: Tools, review: Review, heads: Sequence[EntryHead], bookings: Sequence[Booking]) -> None:
    desk = lay_out(tools.books, bookings, tools.checks)
    today = tools.clock.today()
    wanted = [one for booking in bookings if (one := _wanted(desk, booking, today)) is not None]
    candidates = {one.booking.id: candidates_of(one.entry, one.booking, heads) for one in wanted}
    stored = _read(tools, {head.entry_id: head for some in candidates.values() for head in some}.values())
    absent = [booking for booking in bookings if not candidates.get(booking.id)]
    for one in wanted:
        heads_of_one = candidates[one.booking.id]
        if heads_of_one and not _settled(desk, review, one, heads_of_one, stored):
            absent.append(one.booking)
    review.absent(absent)


def _wanted(desk: Desk, booking: Booking, today: date) -> Wanted | None:
    """None for what would be held or skipped today: it is not booked, and looked up when it heals."""
    decision = decide(desk, booking, today)
    if not isinstance(decision, Book):
        return None
    return Wanted(booking=booking, entry=decision.entry, customer_id=decision.customer_change.exact_id)


def candidates_of(entry: SalesEntry, booking: Booking, heads: Iterable[EntryHead]) -> list[EntryHead]:
    """Entries on our number first; then those of our customer and total that name the invoice in their text.

    The second kind is ours under another number or journal: options may have changed after the backup.
    """
    heads = list(heads)
    numbered = [head for head in heads if (head.journal, head.entry_number) == (entry.journal, entry.entry_number)]
    number = booking.invoice.number if booking.invoice is not None else ""
    named = [head for head in heads if head not in numbered and _names(head, number, entry)]
    return numbered + named


def _names(head: EntryHead, number: str, entry: SalesEntry) -> bool:
    return (
        bool(number)
        and number in head.description.split()
        and head.total_incl == entry.total_incl
        and bare_code(head.customer_code) == bare_code(entry.customer_code)
    )


def _read(tools: Tools, heads: Iterable[EntryHead]) -> Mapping[str, StoredEntry]:
    """The lines of these entries, a question per range of neighbouring numbers."""
    found: dict[str, StoredEntry] = {}
    ordered = sorted(heads, key=lambda head: (head.journal, head.entry_number))
    for journal, group in groupby(ordered, key=lambda head: head.journal):
        for chunk in _ranges(list(group)):
            numbers = (chunk[0].entry_number, chunk[-1].entry_number)
            since = min(head.entry_date for head in chunk)
            found |= {entry.entry_id: entry for entry in tools.ledger.stored_entries(journal, numbers, since)}
    return found


def _ranges(heads: Sequence[EntryHead]) -> Iterator[list[EntryHead]]:
    chunk: list[EntryHead] = []
    for head in heads:
        if chunk and head.entry_number - chunk[-1].entry_number > LARGEST_GAP:
            yield chunk
            chunk = []
        chunk.append(head)
    yield chunk


def _settled(
    desk: Desk, review: Review, one: Wanted, heads: Sequence[EntryHead], stored: Mapping[str, StoredEntry]
) -> bool:
    """Adopt the entry that is ours; else hold it when its number is taken. False: nothing stands in its way."""
    entries = [stored[head.entry_id] for head in heads if head.entry_id in stored]
    options = desk.koppelingen[one.booking.integration_id].options
    for entry in entries if one.customer_id else ():
        if is_ours(one.entry, entry):
            pdf = PdfState.NONE if not options.send_pdf else PdfState.DONE if entry.document else PdfState.DUE
            answer = Answer(exact_id=entry.entry_id, entry_number=entry.entry_number, entry_kind=entry.kind)
            made = MadeEntry(
                answer=answer,
                customer_id=one.customer_id or "",
                pdf=pdf,
                warnings=(),
                document_id=entry.document if options.send_pdf else None,
            )
            review.adopted(one.booking, as_sent(one.entry, entry, options), made)
            return True
    in_the_way = [head for head in heads if _same_place(head, one.entry)]
    if in_the_way:
        review.taken(one.booking, number_in_use(one.entry, in_the_way[0]))
    return bool(in_the_way)


def _same_place(head: EntryHead, entry: SalesEntry) -> bool:
    return (head.journal, head.entry_number) == (entry.journal, entry.entry_number)


def number_in_use(entry: SalesEntry, head: EntryHead) -> Problem:
    """The number is taken: what is there stands beside it, so that a person can tell whose it is."""
    return report(
        "entry-number-in-use",
        Subject(kind="entry_number", key=str(entry.entry_number)),
        number=entry.entry_number,
        journal=entry.journal,
        there_customer=head.customer_name,
        there_amount=head.total_incl,
        there_date=head.entry_date,
        there_description=head.description,
        there_entry_id=head.entry_id,
    )
