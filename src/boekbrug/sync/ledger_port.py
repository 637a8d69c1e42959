"""Exact Online as the verbs see it: the port `Ledger`, and the records that cross it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from boekbrug.domain.entry import CustomerChange, SalesEntry
from boekbrug.domain.problem import Problem
from boekbrug.domain.reference import Customer, Project, Reference
from boekbrug.domain.statement import StoredEntry

Body = Mapping[str, Any]
Makes = TypeVar("Makes")


class IntentKind(StrEnum):
    """What a POST makes; the look-up of an unknown outcome depends on it (exactly-once.md, "Intents")."""

    ENTRY = "entry"
    CUSTOMER = "customer"
    DOCUMENT = "document"
    ATTACHMENT = "attachment"
    CONTACT = "contact"
    ADDRESS = "address"
    BANK_ACCOUNT = "bank_account"
    PROJECT = "project"

    @property
    def guarded_by_exact(self) -> bool:
        """Whether Exact itself refuses a second one with the same key."""
        return self in {IntentKind.ENTRY, IntentKind.CUSTOMER, IntentKind.PROJECT}


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """One POST that is about to be sent, or of which the outcome is not known: the whole body, committed first.

    `natural_key` is unique among the intents of one administration and kind that are open or done.
    `send_by`: not written to the socket after this moment. `absent_since` is the first time that a look-up
    was certain that it is not there.
    """

    id: int
    kind: IntentKind
    booking_id: int | None
    natural_key: str
    body: Body
    created_at: datetime
    send_by: datetime
    absent_since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What Exact said it made: its id, for an entry the number and type that it gave, for a customer its code."""

    exact_id: str
    entry_number: int | None = None
    entry_kind: int | None = None
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A look-up found the very thing that the intent describes."""

    answer: Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class NotThere:
    """A look-up is certain that it is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SomethingElse:
    """The key is taken by something that is not ours: a person is asked."""

    problem: Problem


LookUp = Found | NotThere | SomethingElse


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The carrier of an invoice PDF in Exact; `mark` is the (BB-xxxxxxxx) of the booking in the subject."""

    subject: str
    invoice_date: date
    customer_id: str
    entry_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferencePage:
    """One page of a sync endpoint: rows, keys that are gone, and the timestamp to go on from."""

    timestamp: int
    customers: tuple[Customer, ...] = ()
    projects: tuple[Project, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryHead:
    """What a sales entry in Exact says of itself as a whole, whoever made it."""

    entry_id: str
    journal: str
    entry_number: int
    entry_date: date
    customer_code: str
    customer_name: str
    total_incl: Decimal
    description: str


@dataclass(frozen=True, kw_only=True)
class Posting(Generic[Makes]):
    """A POST whose call is reserved: `send` puts it on the line and gives what waits, `drop` gives it up unsent."""

    send: Callable[[], Callable[[], Makes]]
    drop: Callable[[], None]


class Ledger(Protocol):
    """Exact Online for one administration; every call reserves its budget before it is sent."""

    @property
    def calls(self) -> int:
        """How many calls this object has sent so far; a slice ends after 20."""

    def room_at(self, calls: int) -> datetime:
        """From when on so many calls may be sent without waiting: now, or the reset of the limit in the way."""

    def entry_body(self, entry: SalesEntry, *, customer_id: str, document_id: str | None, reference: Reference) -> Body:
        """The body of a sales entry in Exact's words; pure."""

    def customer_body(self, change: CustomerChange, reference: Reference) -> Body:
        """The body of a new customer; pure."""

    def contact_body(self, change: CustomerChange, customer_id: str) -> Body:
        """The body of a contact person; pure."""

    def address_body(self, change: CustomerChange, customer_id: str) -> Body:
        """The body of an invoice address; pure."""

    def bank_account_body(self, change: CustomerChange, customer_id: str) -> Body:
        """The body of a bank account; pure."""

    def project_body(self, code: str, description: str, customer_id: str) -> Body:
        """The body of a project (type 3, time and material); pure."""

    def document_body(self, document: Document) -> Body:
        """The body of a document of type 10; pure."""

    def attachment_body(self, document_id: str, file_name: str, content: bytes) -> Body:
        """The body of an attachment, content in base64; pure."""

    def send(self, intent: Intent) -> Answer:
        """Send the intent's body, once. Raises every class of failure; after `send_by` raises Unreachable."""

    def prepare(self, intent: Intent) -> Posting[Answer]:
        """All of `send` up to the line itself, its call reserved; raises what keeps it from being sent.

        From the moment that it is on the line until it was waited for, nothing else is asked of this ledger.
        """

    def look_up(self, intent: Intent) -> LookUp:
        """Whether what the intent describes is there; raises when that cannot be told (never a "not there")."""

    def is_there(self, kind: IntentKind, exact_id: str) -> bool:
        """Whether the record with this id is in Exact; raises when that cannot be told."""

    def update_customer(self, change: CustomerChange) -> None:
        """PUT the fields named in `change.fields`; never the code."""

    def update_belonging(self, kind: IntentKind, exact_id: str, body: Body) -> bool:
        """Read a contact, address or bank account and PUT the fields that differ; False when it is not there."""

    def delete_document(self, document_id: str) -> None:
        """Take a document with its attachments away; that it is gone already is no failure."""

    def read_reference(self, years: Sequence[int]) -> Reference:
        """Journals, VAT codes, cost centres, conditions, periods and status by full reads; no customers, projects."""

    def read_customers(self, timestamp: int) -> Iterator[ReferencePage]:
        """Customers changed since `timestamp`, page by page (sync/CRM/Accounts), with their IBANs when known."""

    def read_projects(self, timestamp: int) -> Iterator[ReferencePage]:
        """Projects changed since `timestamp`, page by page (sync/Project/Projects)."""

    def stored_entries(self, journal: str, numbers: tuple[int, int], since: date) -> Iterator[StoredEntry]:
        """Entries of a journal in a range of numbers (both included) dated from `since`, as Exact stored them."""

    def entries_since(self, since: datetime) -> Iterator[EntryHead]:
        """Sales entries of all journals that were made in Exact from `since` on, by whomever."""
