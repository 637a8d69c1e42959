"""The two outside parties as scripts: they say what a test wrote down, and remember what they were asked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from boekbrug.domain.entry import CustomerChange, SalesEntry
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.reference import Reference
from boekbrug.domain.statement import StoredEntry
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.ledger_port import Posting
from boekbrug.sync.ports import (
    Answer,
    Body,
    Document,
    EntryHead,
    Intent,
    IntentKind,
    LookUp,
    NotThere,
    Pdf,
    Received,
    ReferencePage,
)

Reply = Answer | OutsideFailure


class ScriptedLedger:
    """Exact by a script: `replies` per intent kind are used up in order, then everything succeeds."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.calls = 0
        self.sent: list[Intent] = []
        self.looked_up: list[Intent] = []
        self.updated: list[CustomerChange] = []
        self.belongings_updated: list[tuple[str, str, Body]] = []
        self.gone: set[str] = set()
        self.looked_for: list[tuple[str, str]] = []
        self.deleted: list[str] = []
        self.replies: dict[str, list[Reply]] = {}
        self.look_ups: list[LookUp | OutsideFailure] = []
        self.on_send: Callable[[Intent], None] = lambda _intent: None
        self.on_hear: Callable[[Intent], None] = lambda _intent: None
        self.on_the_line: Intent | None = None
        self.dropped: list[Intent] = []
        self.free_at: datetime | None = None
        self.fresh_reference: Reference | OutsideFailure | None = None
        self.pages: list[ReferencePage] = []
        self.entries: list[StoredEntry] = []
        self.asked: list[tuple[str, tuple[int, int]]] = []
        self.heads: list[EntryHead] = []
        self.read_since: list[datetime] = []

    def room_at(self, calls: int) -> datetime:
        del calls
        return self.free_at or self.now()

    def entry_body(self, entry: SalesEntry, *, customer_id: str, document_id: str | None, reference: Reference) -> Body:
        del reference
        return {"EntryNumber": entry.entry_number, "Customer": customer_id, "Document": document_id}

    def customer_body(self, change: CustomerChange, reference: Reference) -> Body:
        del reference
        return {"Code": change.code, "Name": change.name}

    def contact_body(self, change: CustomerChange, customer_id: str) -> Body:
        return {"Account": customer_id, "contact": change.contact}

    def address_body(self, change: CustomerChange, customer_id: str) -> Body:
        return {"Account": customer_id, "address": change.invoice_address}

    def bank_account_body(self, change: CustomerChange, customer_id: str) -> Body:
        return {"Account": customer_id, "bank": change.bank_account}

    def project_body(self, code: str, description: str, customer_id: str) -> Body:
        return {"Code": code, "Description": description, "Account": customer_id}

    def document_body(self, document: Document) -> Body:
        return {"Subject": document.subject, "FinancialTransactionEntryID": document.entry_id}

    def attachment_body(self, document_id: str, file_name: str, content: bytes) -> Body:
        return {"Document": document_id, "FileName": file_name, "size": len(content)}

    def send(self, intent: Intent) -> Answer:
        return self.prepare(intent).send()()

    def prepare(self, intent: Intent) -> Posting[Answer]:
        self.calls += 1
        return Posting(send=lambda: self._begin(intent), drop=lambda: self.dropped.append(intent))

    def _begin(self, intent: Intent) -> Callable[[], Answer]:
        assert self.on_the_line is None, "one call after the other"
        self.sent.append(intent)
        self.on_the_line = intent
        self.on_send(intent)
        replies = self.replies.get(intent.kind, [])
        reply: Reply = replies.pop(0) if replies else _success(intent)

        def wait() -> Answer:
            self.on_the_line = None
            self.on_hear(intent)
            if isinstance(reply, OutsideFailure):
                raise reply
            return reply

        return wait

    def look_up(self, intent: Intent) -> LookUp:
        self.calls += 1
        self.looked_up.append(intent)
        found = self.look_ups.pop(0) if self.look_ups else NotThere()
        if isinstance(found, OutsideFailure):
            raise found
        return found

    def is_there(self, kind: IntentKind, exact_id: str) -> bool:
        self.calls += 1
        assert self.on_the_line is None, "one call after the other"
        failures = self.replies.get("is_there", [])
        if failures:
            failure = failures.pop(0)
            assert isinstance(failure, OutsideFailure)
            raise failure
        self.looked_for.append((str(kind), exact_id))
        return exact_id not in self.gone

    def update_customer(self, change: CustomerChange) -> None:
        self.calls += 1
        self.updated.append(change)

    def update_belonging(self, kind: IntentKind, exact_id: str, body: Body) -> bool:
        self.calls += 1
        self.belongings_updated.append((str(kind), exact_id, body))
        return exact_id not in self.gone

    def delete_document(self, document_id: str) -> None:
        self.calls += 1
        failures = self.replies.get("delete", [])
        if failures:
            failure = failures.pop(0)
            assert isinstance(failure, OutsideFailure)
            raise failure
        self.deleted.append(document_id)

    def read_reference(self, years: Sequence[int]) -> Reference:
        del years
        self.calls += 1
        if isinstance(self.fresh_reference, OutsideFailure):
            raise self.fresh_reference
        assert self.fresh_reference is not None
        return self.fresh_reference

    def read_customers(self, timestamp: int) -> Iterator[ReferencePage]:
        yield from (page for page in self.pages if page.timestamp > timestamp)

    def read_projects(self, timestamp: int) -> Iterator[ReferencePage]:
        del timestamp
        yield from ()

    def stored_entries(self, journal: str, numbers: tuple[int, int], since: date) -> Iterator[StoredEntry]:
        del since
        self.calls += 1
        self.asked.append((journal, numbers))
        yield from (entry for entry in self.entries if numbers[0] <= entry.entry_number <= numbers[1])

    def entries_since(self, since: datetime) -> Iterator[EntryHead]:
        self.calls += 1
        self.read_since.append(since)
        yield from self.heads


def _success(intent: Intent) -> Answer:
    body: Any = intent.body
    return Answer(exact_id=f"{intent.kind}-{intent.id}", entry_number=body.get("EntryNumber"), entry_kind=None)


class ScriptedSource:
    """Coachview by a script."""

    def __init__(self) -> None:
        self.pages: list[tuple[Sequence[Received], datetime]] = []
        self.pdfs: list[Pdf | OutsideFailure] = []
        self.pdf_calls = 0
        self.confirm_calls = 0
        self.confirmed: list[tuple[str, bool, str]] = []
        self.confirmations: list[bool | OutsideFailure] = []
        self.failure: OutsideFailure | None = None
        self.reread_failure: OutsideFailure | None = None

    def changed_invoices(self, since: datetime, until: datetime) -> Iterator[tuple[Sequence[Received], datetime]]:
        del since, until
        yield from self.pages
        if self.failure:
            raise self.failure

    def invoices(self, ids: Sequence[str]) -> Iterable[Received]:
        del ids
        if self.reread_failure:
            raise self.reread_failure
        return ()

    def pdf(self, invoice: Invoice) -> Pdf:
        self.pdf_calls += 1
        answer = self.pdfs.pop(0) if self.pdfs else Pdf(file_name=f"{invoice.number}.pdf", content=b"%PDF-1.7")
        if isinstance(answer, OutsideFailure):
            raise answer
        return answer

    def confirm(self, invoice_id: str, *, confirmed: bool, text: str) -> bool:
        self.confirm_calls += 1
        answer = self.confirmations.pop(0) if self.confirmations else True
        if isinstance(answer, OutsideFailure):
            raise answer
        if answer:
            self.confirmed.append((invoice_id, confirmed, text))
        return answer
