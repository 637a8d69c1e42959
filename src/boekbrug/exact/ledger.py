"""Exact Online as the verbs see it: the `Ledger` port, delegating to wire, client, look-ups and reading."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from boekbrug.domain.entry import CustomerChange, SalesEntry
from boekbrug.domain.reference import Reference
from boekbrug.domain.statement import StoredEntry
from boekbrug.exact.client import ExactClient, Query, Row, guid
from boekbrug.exact.limits import Priority
from boekbrug.exact.lookups import LookUps
from boekbrug.exact.reading import Reading
from boekbrug.exact.wire import customer as customer_wire
from boekbrug.exact.wire import document as document_wire
from boekbrug.exact.wire import entry as entry_wire
from boekbrug.exact.wire import recorded
from boekbrug.exact.wire.values import NotReadable, key, text, whole
from boekbrug.sync.failures import OutcomeUnknown
from boekbrug.sync.ledger_port import Posting
from boekbrug.sync.ports import Answer, Body, Document, EntryHead, Intent, IntentKind, LookUp, ReferencePage

PATHS: Mapping[IntentKind, str] = {
    IntentKind.ENTRY: "salesentry/SalesEntries",
    IntentKind.CUSTOMER: "crm/Accounts",
    IntentKind.DOCUMENT: "documents/Documents",
    IntentKind.ATTACHMENT: "documents/DocumentAttachments",
    IntentKind.CONTACT: "crm/Contacts",
    IntentKind.ADDRESS: "crm/Addresses",
    IntentKind.BANK_ACCOUNT: "crm/BankAccounts",
    IntentKind.PROJECT: "project/Projects",
}

ABOUT: Mapping[IntentKind, Callable[[Body], Mapping[str, str]]] = {
    IntentKind.ENTRY: recorded.about_entry,
    IntentKind.CUSTOMER: recorded.about_customer,
}


class ExactLedger:
    """Exact Online for one administration; `booking` is the priority of what is sent: realtime or bulk."""

    def __init__(self, client: ExactClient, *, booking: Priority = Priority.BULK) -> None:
        self._client, self._booking = client, booking
        self._reading, self._look_ups = Reading(client), LookUps(client)

    @property
    def calls(self) -> int:
        """How many calls this object has sent so far."""
        return self._client.calls

    def room_at(self, calls: int) -> datetime:
        """From when on so many calls may be sent without waiting."""
        return self._client.room_at(calls, self._booking)

    def entry_body(self, entry: SalesEntry, *, customer_id: str, document_id: str | None, reference: Reference) -> Body:
        """The body of a sales entry."""
        return entry_wire.entry_body(entry, customer_id=customer_id, document_id=document_id, reference=reference)

    def customer_body(self, change: CustomerChange, reference: Reference) -> Body:
        """The body of a new customer."""
        return customer_wire.customer_body(change, reference)

    def contact_body(self, change: CustomerChange, customer_id: str) -> Body:
        """The body of a contact person."""
        return customer_wire.contact_body(change, customer_id)

    def address_body(self, change: CustomerChange, customer_id: str) -> Body:
        """The body of an invoice address."""
        return customer_wire.address_body(change, customer_id)

    def bank_account_body(self, change: CustomerChange, customer_id: str) -> Body:
        """The body of a bank account."""
        return customer_wire.bank_account_body(change, customer_id)

    def project_body(self, code: str, description: str, customer_id: str) -> Body:
        """The body of a project."""
        return customer_wire.project_body(code, description, customer_id)

    def document_body(self, document: Document) -> Body:
        """The body of a document."""
        return document_wire.document_body(document)

    def attachment_body(self, document_id: str, file_name: str, content: bytes) -> Body:
        """The body of an attachment."""
        return document_wire.attachment_body(document_id, file_name, content)

    def send(self, intent: Intent) -> Answer:
        """Send the intent's body once, if it is not too late, and say what Exact made."""
        about, path = _about(intent), PATHS[intent.kind]
        row = self._client.post(path, intent.body, self._priority(intent), send_by=intent.send_by, about=about)
        return _made(intent, row)

    def prepare(self, intent: Intent) -> Posting[Answer]:
        """Make the intent's POST ready for the line; who waits for what was sent gets what Exact made."""
        about, path = _about(intent), PATHS[intent.kind]
        ready = self._client.prepare_post(
            path, intent.body, self._priority(intent), send_by=intent.send_by, about=about
        )

        def send() -> Callable[[], Answer]:
            wait = ready.send()
            return lambda: _made(intent, wait())

        return Posting(send=send, drop=ready.drop)

    def look_up(self, intent: Intent) -> LookUp:
        """Whether what the intent describes is there."""
        return self._look_ups.look_up(intent)

    def is_there(self, kind: IntentKind, exact_id: str) -> bool:
        """Whether the record with this id is in Exact."""
        query = Query(select=("ID",), filter=f"ID eq {guid(exact_id)}")
        return bool(self._client.rows(PATHS[kind], query, Priority.SETTLE))

    def left_of(self, entry_id: str, sent: SalesEntry) -> LookUp:
        """What Exact still has of a booked entry, by its id and by its number."""
        return self._look_ups.booked(entry_id, sent)

    def update_customer(self, change: CustomerChange) -> None:
        """PUT the fields that differ; when none does there is nothing to say."""
        body = customer_wire.update_body(change)
        if change.exact_id is None:
            raise ValueError("a customer that is not in Exact cannot be updated")
        if body:
            self._client.put(PATHS[IntentKind.CUSTOMER], change.exact_id, body, self._booking)

    def update_belonging(self, kind: IntentKind, exact_id: str, body: Body) -> bool:
        """Read a contact, address or bank account and PUT the fields that differ; False when it is not there."""
        path, names = PATHS[kind], customer_wire.BELONGING_FIELDS[kind]
        query = Query(select=("ID", *names), filter=f"ID eq {guid(exact_id)}")
        rows = self._client.rows(path, query, self._booking)
        if not rows:
            return False
        differing = customer_wire.belonging_differences(kind, body, rows[0])
        if differing:
            self._client.put(path, exact_id, differing, self._booking)
        return True

    def delete_document(self, document_id: str) -> None:
        """Take a document with its attachments away; that it is gone already is no failure."""
        self._client.delete(PATHS[IntentKind.DOCUMENT], document_id, self._booking)

    def read_reference(self, years: Sequence[int]) -> Reference:
        """All reference data that is read in full."""
        return self._reading.reference(years)

    def read_customers(self, timestamp: int) -> Iterator[ReferencePage]:
        """Customers changed since `timestamp`, page by page."""
        return self._reading.customers(timestamp)

    def read_projects(self, timestamp: int) -> Iterator[ReferencePage]:
        """Projects changed since `timestamp`, page by page."""
        return self._reading.projects(timestamp)

    def stored_entries(self, journal: str, numbers: tuple[int, int], since: date) -> Iterator[StoredEntry]:
        """Entries in a range of numbers, as Exact stored them."""
        return iter(self._reading.stored(journal, numbers, since))

    def entries_since(self, since: datetime) -> Iterator[EntryHead]:
        """Sales entries of all journals that were made in Exact from `since` on."""
        return self._reading.heads(since)

    def _priority(self, intent: Intent) -> Priority:
        """A document for an entry that is booked already is a late PDF and goes behind what is to be booked."""
        late = intent.kind is IntentKind.DOCUMENT and "FinancialTransactionEntryID" in intent.body
        return Priority.LATE_PDF if late else self._booking


def _about(intent: Intent) -> Mapping[str, str]:
    return ABOUT[intent.kind](intent.body) if intent.kind in ABOUT else {}


def _made(intent: Intent, row: Row) -> Answer:
    try:
        return _answer(intent.kind, row)
    except NotReadable as error:
        raise OutcomeUnknown(f"POST {PATHS[intent.kind]}: {error}") from error


def _answer(kind: IntentKind, row: Row) -> Answer:
    """What Exact says it made; without an id it said nothing that can be kept."""
    exact_id = key(row, "EntryID" if kind is IntentKind.ENTRY else "ID")
    if not exact_id:
        raise NotReadable("the answer holds no id")
    if kind is IntentKind.CUSTOMER:
        return Answer(exact_id=exact_id, code=text(row, "Code"))
    if kind is not IntentKind.ENTRY:
        return Answer(exact_id=exact_id)
    number = None if row.get("EntryNumber") is None else whole(row, "EntryNumber")
    made_kind = None if row.get("Type") is None else whole(row, "Type")
    return Answer(exact_id=exact_id, entry_number=number, entry_kind=made_kind)
