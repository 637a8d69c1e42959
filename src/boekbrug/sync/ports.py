"""What the verbs need from the outside: Protocols and the records that cross them.

`Ledger` is Exact Online for one administration, `InvoiceSource` is Coachview for one organisation, `Books` is
our own database for one administration under one lease. All raise the classes of `sync.failures`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from boekbrug.domain.entry import Belongings, Decision, SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.options import Options
from boekbrug.domain.problem import Problem
from boekbrug.domain.reference import Customer, Links, Project, Reference
from boekbrug.domain.statement import Difference
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.sync.ledger_port import (
    Answer,
    Body,
    Document,
    EntryHead,
    Found,
    Intent,
    IntentKind,
    Ledger,
    LookUp,
    NotThere,
    ReferencePage,
    SomethingElse,
)

__all__ = [
    "Answer",
    "Body",
    "Document",
    "EntryHead",
    "Found",
    "Intent",
    "IntentKind",
    "Ledger",
    "LookUp",
    "NotThere",
    "ReferencePage",
    "SomethingElse",
]
# What `sync.ledger_port` holds is imported from here, like all that the verbs need.


class Clock(Protocol):
    """Where the verbs get the time from; the domain gets dates as arguments."""

    def now(self) -> datetime:
        """The present moment, with time zone."""

    def today(self) -> date:
        """The present day in the institute's time zone."""


# --- Coachview -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A record of the source that is no invoice to us: its id and number as far as known, and why."""

    id: str
    number: str
    changed_at: datetime
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One record as the source gave it: our reading of it, and the raw text beside it."""

    reading: Invoice | Unreadable
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pdf:
    """The invoice PDF; `problem` says why there is none that can be used (then `content` is empty).

    `passing`: the source gave something else in its place, which may be over within minutes.
    """

    file_name: str
    content: bytes
    problem: Problem | None = None
    passing: bool = False


class InvoiceSource(Protocol):
    """Where invoices come from: Coachview, later e-invoices."""

    def changed_invoices(self, since: datetime, until: datetime) -> Iterator[tuple[Sequence[Received], datetime]]:
        """Pages of records changed in the window, each with the moment up to which all has been given."""

    def invoices(self, ids: Sequence[str]) -> Iterable[Received]:
        """These invoices and their debtors read anew; those that are gone are left out."""

    def pdf(self, invoice: Invoice) -> Pdf:
        """The invoice's PDF, or the problem why there is none."""

    def confirm(self, invoice_id: str, *, confirmed: bool, text: str) -> bool:
        """Write `Bevestigd` and its description; whether the profile has them."""


# --- our own books -------------------------------------------------------------------------------------------------


class Step(StrEnum):
    """The steps of a run in their fixed order (exactly-once.md, "The rhythm")."""

    REVIEW = "review"
    SETTLE = "settle"
    REFERENCE = "reference"
    FETCH = "fetch"
    CHECK = "check"
    BOOK = "book"
    PDF = "pdf"
    PROVE = "prove"
    CONFIRM = "confirm"


@dataclass(frozen=True, kw_only=True, slots=True)
class Koppeling:
    """One active integration of an administration: what its invoices are booked with.

    `round_at` is its next round (None: not planned yet): the bulk run, or in realtime the daily rereading of what is
    held. While `bulk_running` nothing waits for the next one.
    """

    integration_id: int
    organisation_id: int
    options: Options
    options_version: int
    round_at: datetime | None = None
    bulk_running: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """A booking as the verbs see it; `invoice` is None when the record is unreadable.

    `mark` is the short text that documents carry so that they can be found again: 8 hex characters.
    `exported_on` is the day of the first intent, frozen then (options.md `period_date_1`, Exportdatum).
    `generation` counts how often a person had it booked again after its entry was gone ("Opnieuw boeken"); it is
    part of the intents' natural keys. `document_id` is the document that went along with the entry.
    `look_first`: something of it may be in Exact that we forgot (a restore), so each POST is looked up before.
    """

    id: int
    state: BookingState
    integration_id: int
    organisation_id: int
    mark: str
    invoice: Invoice | None
    problems: tuple[Problem, ...]
    pdf_state: PdfState
    generation: int
    exported_on: date | None
    entry_id: str | None = None
    entry_number: int | None = None
    sent: SalesEntry | None = None
    document_id: str | None = None
    look_first: bool = False
    booked_at: datetime | None = None


REFUSED_BY_EXACT = "refused by Exact"
NOT_UNDERSTOOD = "Exact did not understand us"
OUR_OWN_FAULT = "our own fault"
HELD_WHILE_SENDING = (REFUSED_BY_EXACT, NOT_UNDERSTOOD, OUR_OWN_FAULT)
"""Why an invoice was held by what came of sending it; what is held by the rules has their problems' codes instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What the check decided about one booking; `not_before` is the bulk run that a ready one waits for."""

    booking: Booking
    decision: Decision
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the source was told of an invoice: whether it is in the books, and in words where it stands."""

    confirmed: bool
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unconfirmed:
    """An invoice that is booked, held or skipped, of which the source was last told `said` (None: nothing)."""

    booking_id: int
    integration_id: int
    organisation_id: int
    source_id: str
    state: BookingState
    problems: tuple[Problem, ...]
    entry_number: int | None
    journal: str
    said: Said | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeEntry:
    """What came of sending an entry: Exact's answer, its customer and document, where the PDF stands, warnings.

    A PDF in `missing` is tried again at `pdf_retry_at`; None: in a day.
    """

    answer: Answer
    customer_id: str
    pdf: PdfState
    warnings: tuple[Problem, ...]
    document_id: str | None = None
    pdf_retry_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What one POST made, known since `made_at`, and still stands; `left` when Exact did not let us take it away."""

    natural_key: str
    exact_id: str
    made_at: datetime
    left: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchWindow:
    """The window on changed-at that is to be fetched now."""

    since: datetime
    until: datetime


class Books(Protocol):
    """Our database, for one administration, under one lease; each method is one transaction.

    Methods that change something outside `receive` check the lease and raise LeaseLost. A move that finds the
    booking in another state than it said raises LeaseLost as well: somebody else has taken over.
    """

    # steps
    def due_steps(self, now: datetime) -> tuple[Step, ...]:
        """The steps that are due, in run order."""

    def wake_up(self, step: Step) -> str:
        """The id of the wake-up that asked for a step which was found due; empty when the clock did."""

    def step_done(self, step: Step, next_at: datetime | None) -> None:
        """Write down when the step is due next (None: only when somebody asks)."""

    def step_due(self, step: Step, at: datetime) -> None:
        """Make the step due at `at`, unless it is due earlier already."""

    def step_failures(self, step: Step) -> int:
        """How often the step has failed in a row."""

    def step_failed(self, step: Step, next_at: datetime, why: str) -> None:
        """Count a failure of the step and write down when it is tried again."""

    # koppelingen
    def koppelingen(self) -> tuple[Koppeling, ...]:
        """The integrations of this administration that are active (not paused, deleted, waiting)."""

    def connection_failed(self, party: str, reason: str, detail: str) -> None:
        """Show red with the reason: `party` is `exact` or `coachview`; everything waits."""

    def connection_works(self, party: str) -> None:
        """Show green again."""

    # rounds
    def begin_round(self, koppeling: Koppeling, next_at: datetime) -> None:
        """Ask for all its held invoices to be read anew, and plan the next round; a bulk run is now under way."""

    def plan_round(self, koppeling: Koppeling, next_at: datetime) -> None:
        """Write down when the next round is."""

    def bulk_fetched(self) -> None:
        """Everything that the bulk runs under way are about has been fetched."""

    def end_bulk_runs(self) -> None:
        """End the bulk runs that have fetched, have nothing left to check or to book now, and await no reading."""

    # fetching
    def fetch_window(self, organisation_id: int, now: datetime) -> FetchWindow | None:
        """Claim the next window of an organisation, or None when somebody else is fetching."""

    def receive(self, organisation_id: int, page: Sequence[Received], fetched_until: datetime) -> int:
        """Store a page and then move the window, in one transaction; the number of bookings that need a check.

        A new record becomes a booking in `received` (its integration by filter), a changed one that is not booked
        yet goes back to be checked, a changed one that is booked gets a finding when a field that counts differs.
        """

    def to_reread(self, organisation_id: int, limit: int) -> tuple[str, ...]:
        """The source's ids of held invoices that are to be read anew; they stay on the list until that is done."""

    def reread_done(self, organisation_id: int, ids: Sequence[str]) -> None:
        """Take these off the list: they were read anew, or Coachview makes us stumble over them."""

    def fetch_ended(self, organisation_id: int) -> None:
        """Give the claim on the window back."""

    # reference
    def reference(self, invoices: Sequence[Invoice]) -> Reference:
        """The local copy, with the customers and projects that matter for these invoices."""

    def links(self, integration_id: int, invoices: Sequence[Invoice]) -> Links:
        """What people decided and what we met before, for the debtors of these invoices."""

    def reference_read_at(self) -> datetime | None:
        """When the last full read was."""

    def timestamp(self, endpoint: str) -> int:
        """The last timestamp that was read of a sync endpoint (`customers`, `projects`); 0 at first."""

    def keep_reference(self, reference: Reference, read_at: datetime, calls: int) -> None:
        """Replace the full copy, which so many calls brought."""

    def keep_page(self, endpoint: str, page: ReferencePage) -> None:
        """Add or replace the rows of a sync page and keep its timestamp."""

    def keep_customer(self, customer: Customer) -> None:
        """Add or replace one customer that we have just made or changed."""

    def keep_project(self, project: Project) -> None:
        """Add one project that we have just made."""

    def link_debtor(self, organisation_id: int, debtor_id: str, customer_id: str) -> None:
        """Remember that this debtor is that customer (met)."""

    def making_customer(self, organisation_id: int, debtor_id: str) -> None:
        """Remember that this debtor's customer is being made: unfinished until its belongings are kept."""

    def keep_belongings(self, organisation_id: int, debtor_id: str, belongings: Belongings) -> None:
        """Remember what was put on this debtor's customer; what `belongings` leaves open stays as it was."""

    # bookings
    def to_check(self, limit: int) -> tuple[Booking, ...]:
        """Bookings of active integrations that want a (new) check, oldest invoice date first."""

    def ready(self, now: datetime, limit: int) -> tuple[Booking, ...]:
        """Bookings of active integrations in `ready` whose time has come, by invoice date and number."""

    def next_ready(self) -> datetime | None:
        """The earliest time of a booking in `ready` of an active integration; None when there is none."""

    def waiting_for_proof(self) -> int:
        """How many bookings are in `booked`."""

    def decided(self, outcomes: Sequence[Decided]) -> None:
        """Write down what the check decided, together: ready with warnings, held with problems, skipped with reason.

        From `booking` (a check just before sending) as well as from any state that wants a check. What somebody
        moved on meanwhile is left where it is.
        """

    def claim(self, booking: Booking, today: date) -> Booking | None:
        """Move `ready` to `booking` and freeze the export date; None when it is not `ready` any more."""

    def hold(self, booking: Booking, problems: tuple[Problem, ...], why: str) -> None:
        """Move to `held` with these problems."""

    def retry(self, booking: Booking, at: datetime, why: str) -> None:
        """Move back to `ready`, not before `at`."""

    def postpone(self, booking: Booking, at: datetime) -> None:
        """Leave it in `ready`, not before `at`, without a word in its history: it was not even begun."""

    def unknown(self, booking: Booking, why: str) -> None:
        """Move to `unknown`: an intent has no answer."""

    def booked(self, booking: Booking, entry: SalesEntry, made: MadeEntry) -> None:
        """Move to `booked`, with the entry's identity and what was sent."""

    def has_open_intent(self, booking: Booking) -> bool:
        """Whether an intent of this booking has no answer."""

    def may_send(self, booking: Booking) -> bool:
        """Whether the integration of this booking is still neither paused nor deleted."""

    def stop(self, integration_id: int, problem: Problem) -> None:
        """Pause the integration because of this problem and show it to a person (`entry-number-ignored`)."""

    def write_right(self, organisation_id: int, missing: str) -> None:
        """Which right Coachview wanted when we wrote back; empty when it took what we wrote."""

    def broken(self, endpoint: str, detail: str) -> None:
        """Tell the operator that we asked this endpoint wrongly; several on one day are one row."""

    def orphans_to_unknown(self) -> int:
        """Rows in `booking` that are not ours: to `unknown` with an unanswered intent, else to `ready`; how many."""

    def pdf_due(self, now: datetime, limit: int) -> tuple[Booking, ...]:
        """Booked, proven or differing invoices whose PDF is still to be put and whose time to try has come."""

    def next_pdf(self) -> datetime | None:
        """When the next missing PDF is to be tried."""

    def customer_id_of(self, booking: Booking) -> str:
        """The Exact id of the customer that the entry was booked on."""

    def pdf_state(
        self, booking: Booking, state: PdfState, problems: tuple[Problem, ...], retry_at: datetime | None
    ) -> None:
        """Write down where the PDF stands."""

    def unproven(self, limit: int) -> tuple[Booking, ...]:
        """Bookings in `booked`, by journal and entry number."""

    def proven(self, bookings: Sequence[Booking]) -> None:
        """Move these to `proven`."""

    def differs(self, booking: Booking, differences: tuple[Difference, ...]) -> None:
        """Move to `differs`, with a finding that holds both sides."""

    # confirming
    def unconfirmed(self, limit: int) -> tuple[Unconfirmed, ...]:
        """Invoices whose outcome the source does not know yet, while its calls of the day are not scarce."""

    def confirmed(self, row: Unconfirmed, said: Said | None) -> None:
        """Write down what the source was told; the row is done, unless it became something else meanwhile."""

    # intents
    def earlier(self, kind: IntentKind, natural_key: str) -> Answer | Intent | None:
        """The answer of the intent with this key that is done, or the intent that has no answer yet."""

    def commit_intent(self, kind: IntentKind, natural_key: str, body: Body, *, booking: Booking | None) -> Intent:
        """Commit an intent under the lease; `send_by` is commit + 10 s. Renews the lease.

        For an entry, `booking.sent` is what the body says in our words: it is committed with it. Raises
        IntentKeyTaken when the key, or another entry of the booking, is open or done: `earlier` then says which.
        """

    def answered(self, intent: Intent, answer: Answer) -> None:
        """Commit the answer on the intent: done. Without effect when it is done already with the same id."""

    def refused(self, intent: Intent, problems: tuple[Problem, ...]) -> None:
        """Close the intent: Exact refused it."""

    def unsent(self, intent: Intent, why: str) -> None:
        """Close the intent: it is certain that nothing was carried out."""

    def made(self, booking: Booking, kind: IntentKind) -> tuple[Made, ...]:
        """What this booking's POSTs of a kind made and still stands, oldest first."""

    def removed(self, kind: IntentKind, exact_id: str) -> None:
        """It is not in Exact any more: what made it has its natural key free again, our copy and the links forget it.

        A link that a person chose stays, and its debtor's invoices are held until a person chooses again.
        Of a document and what belongs to a customer there is no copy; a project or customer need not be made by us.
        """

    def left(self, kind: IntentKind, exact_id: str, why: str) -> None:
        """What a POST made was to go, and Exact kept it: it is not tried again."""

    def unanswered(self, now: datetime) -> tuple[Intent, ...]:
        """Open intents that may be settled now (send_by + 60 s + 15 s has passed), oldest first."""

    def next_settlement(self) -> datetime | None:
        """When the next open intent may be settled."""

    def absent(self, intent: Intent, now: datetime) -> None:
        """Note the first look-up that was certain that it is not there."""

    def settled(self, intent: Intent, outcome: Found | NotThere | SomethingElse) -> BookingState | None:
        """Close the intent and move its booking (if any) on; the new state.

        Found of an entry -> booked; Found of another kind, or NotThere -> ready; SomethingElse -> held.
        """
