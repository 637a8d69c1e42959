"""Our books for one administration under one lease: the port `Books`, composed of the queries by subject."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from boekbrug.domain.entry import Belongings, SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Problem
from boekbrug.domain.reference import Customer, Links, Project, Reference
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store import (
    bookings,
    confirming,
    fetching,
    gone,
    intents,
    koppelingen,
    links,
    reference_copy,
    rounds,
    settling,
    steps,
)
from boekbrug.store.leases import Lease, Shift
from boekbrug.store.models import IntegrationState
from boekbrug.sync.ports import (
    Answer,
    Body,
    Booking,
    Decided,
    FetchWindow,
    Found,
    Intent,
    IntentKind,
    Koppeling,
    Made,
    MadeEntry,
    NotThere,
    Received,
    ReferencePage,
    Said,
    SomethingElse,
    Step,
    Unconfirmed,
)


class Books:
    """The database as the verbs see it; each method is one transaction (the docstrings of the port hold)."""

    def __init__(
        self,
        lease: Lease,
        now: Callable[[], datetime],
        koppelingen: IntegrationState = IntegrationState.ACTIVE,
    ) -> None:
        self._shift = Shift(lease=lease, now=now, koppelingen=koppelingen)
        self._answering: dict[Step, steps.Due] = {}

    # steps

    def due_steps(self, now: datetime) -> tuple[Step, ...]:
        """The steps that are due, in run order."""
        self._answering = steps.due_steps(self._shift, now)
        return tuple(self._answering)

    def wake_up(self, step: Step) -> str:
        """The id of the wake-up that asked for a due step; empty when the clock did."""
        due = self._answering.get(step)
        return due.wake_up if due else ""

    def step_done(self, step: Step, next_at: datetime | None) -> None:
        """Write down when the step is due next; who asked during the step is answered by the next slice."""
        due = self._answering.get(step)
        steps.step_done(self._shift, step, next_at, due.asked if due else None)

    def step_due(self, step: Step, at: datetime) -> None:
        """Make the step due at `at`, unless it is due earlier already."""
        steps.step_due(self._shift, step, at)

    def step_failures(self, step: Step) -> int:
        """How often the step has failed in a row."""
        return steps.step_failures(self._shift, step)

    def step_failed(self, step: Step, next_at: datetime, why: str) -> None:
        """Count a failure of the step and write down when it is tried again."""
        steps.step_failed(self._shift, step, next_at, why)

    # koppelingen

    def koppelingen(self) -> tuple[Koppeling, ...]:
        """The integrations of this administration that are active."""
        return koppelingen.koppelingen(self._shift)

    def connection_failed(self, party: str, reason: str, detail: str) -> None:
        """Show red with the reason."""
        koppelingen.connection_failed(self._shift, party, reason, detail)

    def connection_works(self, party: str) -> None:
        """Show green again."""
        koppelingen.connection_works(self._shift, party)

    def stop(self, integration_id: int, problem: Problem) -> None:
        """Pause the integration because of this problem and show it to a person."""
        koppelingen.stop(self._shift, integration_id, problem)

    def write_right(self, organisation_id: int, missing: str) -> None:
        """Which right Coachview wanted when we wrote back; empty when it took what we wrote."""
        confirming.write_right(self._shift, organisation_id, missing)

    def broken(self, endpoint: str, detail: str) -> None:
        """Tell the operator that we asked this endpoint wrongly."""
        koppelingen.broken(self._shift, endpoint, detail)

    # rounds

    def begin_round(self, koppeling: Koppeling, next_at: datetime) -> None:
        """Ask for its held invoices to be read anew, and plan the next round; a bulk run is now under way."""
        rounds.begin_round(self._shift, koppeling, next_at)

    def plan_round(self, koppeling: Koppeling, next_at: datetime) -> None:
        """Write down when the next round is."""
        rounds.plan_round(self._shift, koppeling, next_at)

    def bulk_fetched(self) -> None:
        """Everything that the bulk runs under way are about has been fetched."""
        rounds.bulk_fetched(self._shift)

    def end_bulk_runs(self) -> None:
        """End the bulk runs that have fetched, and have nothing left to check or to book now."""
        rounds.end_bulk_runs(self._shift)

    # fetching

    def fetch_window(self, organisation_id: int, now: datetime) -> FetchWindow | None:
        """Claim the next window of an organisation, or None when somebody else is fetching."""
        return fetching.fetch_window(self._shift, organisation_id, now)

    def receive(self, organisation_id: int, page: Sequence[Received], fetched_until: datetime) -> int:
        """Store a page and then move the window; the number of bookings that need a check."""
        return fetching.receive(self._shift, organisation_id, page, fetched_until)

    def to_reread(self, organisation_id: int, limit: int) -> tuple[str, ...]:
        """The source's ids of held invoices that are to be read anew; they stay on the list until that is done."""
        return fetching.to_reread(self._shift, organisation_id, limit)

    def reread_done(self, organisation_id: int, ids: Sequence[str]) -> None:
        """Take these off the list: they were read anew, or Coachview makes us stumble over them."""
        fetching.reread_done(self._shift, organisation_id, ids)

    def fetch_ended(self, organisation_id: int) -> None:
        """Give the claim on the window back."""
        fetching.fetch_ended(self._shift, organisation_id)

    # reference

    def reference(self, invoices: Sequence[Invoice]) -> Reference:
        """The local copy, with the customers and projects that matter for these invoices."""
        return reference_copy.reference(self._shift, invoices)

    def links(self, integration_id: int, invoices: Sequence[Invoice]) -> Links:
        """What people decided and what we met before, for the debtors of these invoices."""
        return links.links(self._shift, integration_id, invoices)

    def reference_read_at(self) -> datetime | None:
        """When the last full read was."""
        return reference_copy.reference_read_at(self._shift)

    def timestamp(self, endpoint: str) -> int:
        """The last timestamp that was read of a sync endpoint; 0 at first."""
        return reference_copy.timestamp(self._shift, endpoint)

    def keep_reference(self, reference: Reference, read_at: datetime, calls: int) -> None:
        """Replace the full copy, which so many calls brought."""
        reference_copy.keep_reference(self._shift, reference, read_at, calls)

    def keep_page(self, endpoint: str, page: ReferencePage) -> None:
        """Add or replace the rows of a sync page and keep its timestamp."""
        reference_copy.keep_page(self._shift, endpoint, page)

    def keep_customer(self, customer: Customer) -> None:
        """Add or replace one customer that we have just made or changed."""
        reference_copy.keep_customer(self._shift, customer)

    def keep_project(self, project: Project) -> None:
        """Add one project that we have just made."""
        reference_copy.keep_project(self._shift, project)

    def link_debtor(self, organisation_id: int, debtor_id: str, customer_id: str) -> None:
        """Remember that this debtor is that customer (met)."""
        links.link_debtor(self._shift, organisation_id, debtor_id, customer_id)

    def making_customer(self, organisation_id: int, debtor_id: str) -> None:
        """Remember that this debtor's customer is being made."""
        links.making_customer(self._shift, organisation_id, debtor_id)

    def keep_belongings(self, organisation_id: int, debtor_id: str, belongings: Belongings) -> None:
        """Remember what was put on this debtor's customer."""
        links.keep_belongings(self._shift, organisation_id, debtor_id, belongings)

    # bookings

    def to_check(self, limit: int) -> tuple[Booking, ...]:
        """Bookings of active integrations that want a (new) check, oldest invoice date first."""
        return bookings.to_check(self._shift, limit)

    def ready(self, now: datetime, limit: int) -> tuple[Booking, ...]:
        """Bookings of active integrations in `ready` whose time has come, by invoice date and number."""
        return bookings.ready(self._shift, now, limit)

    def next_ready(self) -> datetime | None:
        """The earliest time of a booking in `ready` of an active integration."""
        return bookings.next_ready(self._shift)

    def waiting_for_proof(self) -> int:
        """How many bookings are in `booked`."""
        return bookings.waiting_for_proof(self._shift)

    def decided(self, outcomes: Sequence[Decided]) -> None:
        """Write down what the check decided, together."""
        bookings.decided(self._shift, outcomes)

    def claim(self, booking: Booking, today: date) -> Booking | None:
        """Move `ready` to `booking` and freeze the export date; None when it is not `ready` any more."""
        return bookings.claim(self._shift, booking, today)

    def hold(self, booking: Booking, problems: tuple[Problem, ...], why: str) -> None:
        """Move to `held` with these problems."""
        bookings.hold(self._shift, booking, problems, why)

    def retry(self, booking: Booking, at: datetime, why: str) -> None:
        """Move back to `ready`, not before `at`."""
        bookings.retry(self._shift, booking, at, why)

    def postpone(self, booking: Booking, at: datetime) -> None:
        """Leave it in `ready`, not before `at`."""
        bookings.postpone(self._shift, booking, at)

    def unknown(self, booking: Booking, why: str) -> None:
        """Move to `unknown`: an intent has no answer."""
        bookings.unknown(self._shift, booking, why)

    def booked(self, booking: Booking, entry: SalesEntry, made: MadeEntry) -> None:
        """Move to `booked`, with the entry's identity and what was sent."""
        bookings.booked(self._shift, booking, entry, made)

    def has_open_intent(self, booking: Booking) -> bool:
        """Whether an intent of this booking has no answer."""
        return intents.has_open_intent(self._shift, booking)

    def may_send(self, booking: Booking) -> bool:
        """Whether the integration of this booking is still neither paused nor deleted."""
        return intents.may_send(self._shift, booking)

    def orphans_to_unknown(self) -> int:
        """Move the rows in `booking` that are not ours; how many."""
        return settling.orphans_to_unknown(self._shift)

    def pdf_due(self, now: datetime, limit: int) -> tuple[Booking, ...]:
        """Booked invoices whose PDF is still to be put and whose time to try has come."""
        return bookings.pdf_due(self._shift, now, limit)

    def next_pdf(self) -> datetime | None:
        """When the next missing PDF is to be tried."""
        return bookings.next_pdf(self._shift)

    def customer_id_of(self, booking: Booking) -> str:
        """The Exact id of the customer that the entry was booked on."""
        return bookings.customer_id_of(self._shift, booking)

    def pdf_state(
        self, booking: Booking, state: PdfState, problems: tuple[Problem, ...], retry_at: datetime | None
    ) -> None:
        """Write down where the PDF stands."""
        bookings.pdf_state(self._shift, booking, state, problems, retry_at)

    def unproven(self, limit: int) -> tuple[Booking, ...]:
        """Bookings in `booked`, by journal and entry number."""
        return bookings.unproven(self._shift, limit)

    def proven(self, bookings_: Sequence[Booking]) -> None:
        """Move these to `proven`."""
        bookings.proven(self._shift, bookings_)

    def differs(self, booking: Booking, differences: tuple[Difference, ...]) -> None:
        """Move to `differs`, with a finding that holds both sides."""
        bookings.differs(self._shift, booking, differences)

    # confirming

    def unconfirmed(self, limit: int) -> tuple[Unconfirmed, ...]:
        """Invoices whose outcome Coachview does not know yet, while its calls of the day are not scarce."""
        return confirming.unconfirmed(self._shift, limit)

    def confirmed(self, row: Unconfirmed, said: Said | None) -> None:
        """Write down what Coachview was told."""
        confirming.confirmed(self._shift, row, said)

    # intents

    def earlier(self, kind: IntentKind, natural_key: str) -> Answer | Intent | None:
        """The answer of the intent with this key that is done, or the intent that has no answer yet."""
        return intents.earlier(self._shift, kind, natural_key)

    def commit_intent(self, kind: IntentKind, natural_key: str, body: Body, *, booking: Booking | None) -> Intent:
        """Commit an intent under the lease; `send_by` is commit + 10 s. Renews the lease."""
        return intents.commit_intent(self._shift, kind, natural_key, body, booking=booking)

    def answered(self, intent: Intent, answer: Answer) -> None:
        """Commit the answer on the intent: done."""
        intents.answered(self._shift, intent, answer)

    def refused(self, intent: Intent, problems: tuple[Problem, ...]) -> None:
        """Close the intent: Exact refused it."""
        intents.refused(self._shift, intent, problems)

    def unsent(self, intent: Intent, why: str) -> None:
        """Close the intent: it is certain that nothing was carried out."""
        intents.unsent(self._shift, intent, why)

    def made(self, booking: Booking, kind: IntentKind) -> tuple[Made, ...]:
        """What this booking's POSTs of a kind made and still stands, oldest first."""
        return intents.made(self._shift, booking, kind)

    def removed(self, kind: IntentKind, exact_id: str) -> None:
        """It is not in Exact any more: its natural key is free again, our copy and the links that we made forget it."""
        gone.removed(self._shift, kind, exact_id)

    def left(self, kind: IntentKind, exact_id: str, why: str) -> None:
        """What a POST made was to go, and Exact kept it."""
        intents.left(self._shift, kind, exact_id, why)

    def unanswered(self, now: datetime) -> tuple[Intent, ...]:
        """Open intents that may be settled now, oldest first."""
        return intents.unanswered(self._shift, now)

    def next_settlement(self) -> datetime | None:
        """When the next open intent may be settled."""
        return intents.next_settlement(self._shift)

    def absent(self, intent: Intent, now: datetime) -> None:
        """Note the first look-up that was certain that it is not there."""
        intents.absent(self._shift, intent, now)

    def settled(self, intent: Intent, outcome: Found | NotThere | SomethingElse) -> BookingState | None:
        """Close the intent and move its booking (if any) on; the new state."""
        return settling.settled(self._shift, intent, outcome)
