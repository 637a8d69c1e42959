"""Our books in memory: the port `Books` for tests of the verbs, with the same rules about moves and intents."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.sync.memory_intents import HandClock, MemoryIntents

from boekbrug.domain.entry import Belongings, Book, Decision, Hold, SalesEntry, Skip
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.options import ExportMode
from boekbrug.domain.problem import Problem
from boekbrug.domain.reference import Customer, Links, Project, Reference
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import BookingState, PdfState, may_move
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import (
    Booking,
    Decided,
    FetchWindow,
    Found,
    Intent,
    IntentKind,
    Koppeling,
    LookUp,
    MadeEntry,
    NotThere,
    Received,
    ReferencePage,
    Said,
    SomethingElse,
    Step,
    Unconfirmed,
)


@dataclass
class Row:
    """A booking with what only the store keeps."""

    booking: Booking
    needs_check: bool = False
    ready_at: datetime | None = None
    warnings: tuple[Problem, ...] = ()
    skip: Skip | None = None
    history: list[tuple[BookingState, BookingState, str]] = field(default_factory=list)
    differences: tuple[Difference, ...] = ()
    customer_id: str = ""
    pdf_at: datetime | None = None
    said: Said | None = None
    confirmed: bool = False


class MemoryBooks(MemoryIntents):
    """One administration, one lease."""

    def __init__(self, clock: HandClock, reference: Reference, koppelingen: Sequence[Koppeling]) -> None:
        super().__init__(clock, koppelingen)
        self.kept_reference = reference
        self.read_at: datetime | None = clock.now()
        self.rows: dict[int, Row] = {}
        self.due: dict[Step, datetime] = {}
        self.failed: dict[Step, list[str]] = {}
        self.red: dict[str, str] = {}
        self.stopped: list[Problem] = []
        self.broken_endpoints: list[str] = []
        self.write_rights: dict[int, str] = {}
        self.timestamps: dict[str, int] = {}
        self.met: dict[str, str] = {}
        self.unfinished: set[str] = set()
        self.belongings: dict[str, Belongings] = {}
        self.window: FetchWindow | None = FetchWindow(since=clock.now() - timedelta(hours=1), until=clock.now())
        self.received: list[Received] = []
        self.reread: list[str] = []
        self.rounds: list[datetime] = []
        self.fetched = False

    def add(self, booking: Booking, *, needs_check: bool = False) -> Booking:
        self.rows[booking.id] = Row(booking=booking, needs_check=needs_check)
        return booking

    def state(self, booking_id: int) -> BookingState:
        return self.rows[booking_id].booking.state

    def _row(self, booking: Booking) -> Row:
        return self.rows[booking.id]

    def _move(self, booking: Booking, new: BookingState, why: str) -> Row:
        row = self._row(booking)
        old = row.booking.state
        if not self.lease_held or old is not booking.state:
            raise LeaseLost
        assert old is new or may_move(old, new), f"{old} -> {new}"
        row.history.append((old, new, why))
        row.booking = replace(row.booking, state=new)
        return row

    # steps

    def due_steps(self, now: datetime) -> tuple[Step, ...]:
        return tuple(step for step in Step if step in self.due and self.due[step] <= now)

    def wake_up(self, step: Step) -> str:
        del step
        return ""

    def step_done(self, step: Step, next_at: datetime | None) -> None:
        self.failed.pop(step, None)
        self.due.pop(step, None)
        if next_at is not None:
            self.due[step] = next_at

    def step_due(self, step: Step, at: datetime) -> None:
        self.due[step] = min(self.due.get(step, at), at)

    def step_failures(self, step: Step) -> int:
        return len(self.failed.get(step, []))

    def step_failed(self, step: Step, next_at: datetime, why: str) -> None:
        self.failed.setdefault(step, []).append(why)
        self.due[step] = next_at

    # koppelingen

    def koppelingen(self) -> tuple[Koppeling, ...]:
        return self.active

    def connection_failed(self, party: str, reason: str, detail: str) -> None:
        del detail
        self.red[party] = reason

    def connection_works(self, party: str) -> None:
        self.red.pop(party, None)

    # rounds

    def _change(self, koppeling: Koppeling, **values: Any) -> None:
        self.active = tuple(
            replace(one, **values) if one.integration_id == koppeling.integration_id else one for one in self.active
        )

    def begin_round(self, koppeling: Koppeling, next_at: datetime) -> None:
        bulk = koppeling.options.export_mode is ExportMode.BULK
        self._change(koppeling, round_at=next_at, bulk_running=bulk)
        self.rounds.append(self.clock.now())

    def plan_round(self, koppeling: Koppeling, next_at: datetime) -> None:
        self._change(koppeling, round_at=next_at)

    def bulk_fetched(self) -> None:
        self.fetched = True

    def end_bulk_runs(self) -> None:
        now = self.clock.now()
        left = any(row.needs_check for row in self.rows.values()) or self.ready(now, 1)
        reading = self.due.get(Step.REFERENCE)
        asked = reading is not None and reading <= now + timedelta(minutes=5)
        if self.fetched and not left and not asked:
            self.active = tuple(replace(one, bulk_running=False) for one in self.active)
            self.fetched = False

    # fetching

    def fetch_window(self, organisation_id: int, now: datetime) -> FetchWindow | None:
        del organisation_id, now
        window, self.window = self.window, None
        return window

    def receive(self, organisation_id: int, page: Sequence[Received], fetched_until: datetime) -> int:
        del organisation_id
        self.received.extend(page)
        self.fetched_until = fetched_until
        return len(page)

    def to_reread(self, organisation_id: int, limit: int) -> tuple[str, ...]:
        del organisation_id
        return tuple(self.reread[:limit])

    def reread_done(self, organisation_id: int, ids: Sequence[str]) -> None:
        del organisation_id
        self.reread = [one for one in self.reread if one not in ids]

    def fetch_ended(self, organisation_id: int) -> None:
        del organisation_id
        self.window = FetchWindow(since=self.clock.now(), until=self.clock.now())

    # reference

    def reference(self, invoices: Sequence[Invoice]) -> Reference:
        del invoices
        return self.kept_reference

    def links(self, integration_id: int, invoices: Sequence[Invoice]) -> Links:
        del integration_id, invoices
        return Links(
            customer_of_debtor=dict(self.met),
            met=frozenset(self.met),
            belongings=dict(self.belongings),
            unfinished=frozenset(self.unfinished),
        )

    def reference_read_at(self) -> datetime | None:
        return self.read_at

    def timestamp(self, endpoint: str) -> int:
        return self.timestamps.get(endpoint, 0)

    def keep_reference(self, reference: Reference, read_at: datetime, calls: int) -> None:
        del calls
        old = self.kept_reference
        self.kept_reference = replace(reference, customers=old.customers, projects=old.projects)
        self.read_at = read_at

    def keep_page(self, endpoint: str, page: ReferencePage) -> None:
        self.timestamps[endpoint] = page.timestamp
        for customer in page.customers:
            self.keep_customer(customer)

    def keep_customer(self, customer: Customer) -> None:
        others = (one for one in self.kept_reference.customers if one.exact_id != customer.exact_id)
        self.kept_reference = replace(self.kept_reference, customers=(*others, customer))

    def removed(self, kind: IntentKind, exact_id: str) -> None:
        super().removed(kind, exact_id)
        kept = self.kept_reference
        customers = tuple(customer for customer in kept.customers if customer.exact_id != exact_id)
        projects = {code: project for code, project in kept.projects.items() if project.exact_id != exact_id}
        self.kept_reference = replace(kept, customers=customers, projects=projects)
        self.met = {debtor: customer for debtor, customer in self.met.items() if customer != exact_id}

    def keep_project(self, project: Project) -> None:
        projects = {**self.kept_reference.projects, project.code: project}
        self.kept_reference = replace(self.kept_reference, projects=projects)

    def link_debtor(self, organisation_id: int, debtor_id: str, customer_id: str) -> None:
        del organisation_id
        self.met[debtor_id] = customer_id

    def making_customer(self, organisation_id: int, debtor_id: str) -> None:
        del organisation_id
        self.unfinished.add(debtor_id)

    def keep_belongings(self, organisation_id: int, debtor_id: str, belongings: Belongings) -> None:
        del organisation_id
        self.unfinished.discard(debtor_id)
        self.belongings[debtor_id] = self.belongings.get(debtor_id, Belongings()).with_new(belongings)

    # bookings

    def _in_state(self, state: BookingState) -> list[Booking]:
        return [row.booking for row in self.rows.values() if row.booking.state is state]

    def to_check(self, limit: int) -> tuple[Booking, ...]:
        return tuple(row.booking for row in self.rows.values() if row.needs_check)[:limit]

    def ready(self, now: datetime, limit: int) -> tuple[Booking, ...]:
        ready = self._in_state(BookingState.READY)
        return tuple(b for b in ready if (self._row(b).ready_at or now) <= now)[:limit]

    def next_ready(self) -> datetime | None:
        now = self.clock.now()
        return min((self._row(b).ready_at or now for b in self._in_state(BookingState.READY)), default=None)

    def waiting_for_proof(self) -> int:
        return len(self._in_state(BookingState.BOOKED))

    def decided(self, outcomes: Sequence[Decided]) -> None:
        for outcome in outcomes:
            self._decided(outcome.booking, outcome.decision, outcome.not_before)

    def _decided(self, booking: Booking, decision: Decision, not_before: datetime | None) -> None:
        if isinstance(decision, Book):
            row = self._move(booking, BookingState.READY, "checked")
            row.ready_at, row.warnings = not_before, decision.warnings
        elif isinstance(decision, Hold):
            row = self._move(booking, BookingState.HELD, "checked")
            row.booking = replace(row.booking, problems=decision.problems)
        else:
            row = self._move(booking, BookingState.SKIPPED, decision.reason)
            row.skip = decision
        row.needs_check = False

    def claim(self, booking: Booking, today: date) -> Booking | None:
        if self._row(booking).booking.state is not BookingState.READY:
            return None
        row = self._move(booking, BookingState.BOOKING, "claimed")
        row.booking = replace(row.booking, exported_on=row.booking.exported_on or today)
        return row.booking

    def hold(self, booking: Booking, problems: tuple[Problem, ...], why: str) -> None:
        row = self._move(booking, BookingState.HELD, why)
        row.booking = replace(row.booking, problems=problems)

    def retry(self, booking: Booking, at: datetime, why: str) -> None:
        self._move(booking, BookingState.READY, why).ready_at = at

    def postpone(self, booking: Booking, at: datetime) -> None:
        self._row(booking).ready_at = at

    def unknown(self, booking: Booking, why: str) -> None:
        self._move(booking, BookingState.UNKNOWN, why)

    def booked(self, booking: Booking, entry: SalesEntry, made: MadeEntry) -> None:
        row = self._move(booking, BookingState.BOOKED, "booked")
        row.booking = replace(
            row.booking,
            sent=entry,
            entry_id=made.answer.exact_id,
            entry_number=made.answer.entry_number,
            pdf_state=made.pdf,
            document_id=made.document_id,
            booked_at=self.clock.now(),
        )
        row.warnings, row.customer_id = made.warnings, made.customer_id
        again_at = made.pdf_retry_at or self.clock.now() + timedelta(days=1)
        row.pdf_at = again_at if made.pdf is PdfState.MISSING else None

    def stop(self, integration_id: int, problem: Problem) -> None:
        self.active = tuple(k for k in self.active if k.integration_id != integration_id)
        self.stopped.append(problem)

    def broken(self, endpoint: str, detail: str) -> None:
        del detail
        self.broken_endpoints.append(endpoint)

    def write_right(self, organisation_id: int, missing: str) -> None:
        self.write_rights[organisation_id] = missing

    def orphans_to_unknown(self) -> int:
        orphans = self._in_state(BookingState.BOOKING)
        for booking in orphans:
            open_intent = self.has_open_intent(booking)
            self._move(booking, BookingState.UNKNOWN if open_intent else BookingState.READY, "orphan")
        return len(orphans)

    def pdf_due(self, now: datetime, limit: int) -> tuple[Booking, ...]:
        rows = [row for row in self.rows.values() if row.booking.pdf_state in {PdfState.DUE, PdfState.MISSING}]
        return tuple(r.booking for r in rows if r.booking.entry_id and (r.pdf_at or now) <= now)[:limit]

    def next_pdf(self) -> datetime | None:
        return min((row.pdf_at for row in self.rows.values() if row.pdf_at is not None), default=None)

    def customer_id_of(self, booking: Booking) -> str:
        return self._row(booking).customer_id

    def pdf_state(
        self, booking: Booking, state: PdfState, problems: tuple[Problem, ...], retry_at: datetime | None
    ) -> None:
        row = self._row(booking)
        row.booking = replace(row.booking, pdf_state=state)
        row.pdf_at = retry_at
        if problems or state is not PdfState.MISSING:
            row.warnings = problems

    def unproven(self, limit: int) -> tuple[Booking, ...]:
        return tuple(self._in_state(BookingState.BOOKED))[:limit]

    def proven(self, bookings: Sequence[Booking]) -> None:
        for booking in bookings:
            self._move(booking, BookingState.PROVEN, "proven")

    def differs(self, booking: Booking, differences: tuple[Difference, ...]) -> None:
        self._move(booking, BookingState.DIFFERS, "differs").differences = differences

    # confirming

    def unconfirmed(self, limit: int) -> tuple[Unconfirmed, ...]:
        told = {BookingState.HELD, BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS}
        rows = [row for row in self.rows.values() if row.booking.state in told and not row.confirmed]
        return tuple(self._unconfirmed(row) for row in rows)[:limit]

    def _unconfirmed(self, row: Row) -> Unconfirmed:
        booking = row.booking
        return Unconfirmed(
            booking_id=booking.id,
            integration_id=booking.integration_id,
            organisation_id=booking.organisation_id,
            source_id=booking.invoice.id if booking.invoice else "",
            state=booking.state,
            problems=booking.problems,
            entry_number=booking.entry_number,
            journal=booking.sent.journal if booking.sent else "",
            said=row.said,
        )

    def confirmed(self, row: Unconfirmed, said: Said | None) -> None:
        kept = self.rows[row.booking_id]
        kept.said, kept.confirmed = said, True

    # intents

    def settled(self, intent: Intent, outcome: LookUp) -> BookingState | None:
        kept = self.intents[intent.id]
        booking = self.rows[intent.booking_id].booking if intent.booking_id else None
        if isinstance(outcome, Found):
            kept.state, kept.answer, kept.done_at = "done", outcome.answer, self.clock.now()
            new = BookingState.BOOKED if intent.kind is IntentKind.ENTRY else BookingState.READY
        elif isinstance(outcome, NotThere):
            kept.state, new = "absent", BookingState.READY
        else:
            assert isinstance(outcome, SomethingElse)
            kept.state, kept.problems, new = "refused", (outcome.problem,), BookingState.HELD
        if booking is None:
            return None
        if booking.state not in {BookingState.BOOKING, BookingState.UNKNOWN}:
            return booking.state
        row = self._move(booking, new, "settled")
        if isinstance(outcome, Found) and new is BookingState.BOOKED:
            row.booking = replace(row.booking, entry_id=outcome.answer.exact_id)
        return new
