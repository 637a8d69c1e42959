"""Is it there? One question per kind of intent, answered from the stored body (exactly-once.md, "Intents").

A look-up that fails raises; only an answer that was read whole can say "not there". What is found is ours when it
agrees with the body that was (perhaps) sent, never with one that is computed anew.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from boekbrug.domain.customers import bare_code, compact, plain_name
from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.problem import Problem, Subject
from boekbrug.exact.client import ExactClient, Query, Row, guid, literal
from boekbrug.exact.limits import Priority
from boekbrug.exact.reading import readable
from boekbrug.exact.wire import recorded
from boekbrug.exact.wire.values import key, moment, money, padded, text, when, whole
from boekbrug.sync.ports import Answer, Body, Found, Intent, IntentKind, LookUp, NotThere, SomethingElse

ENTRY = (
    "EntryID", "EntryNumber", "Type", "Customer", "CustomerName", "AmountFC", "EntryDate", "Description",
    "ReportingYear", "Created",
)  # fmt: skip
ENTRY_LINE = ("ID", "GLAccount", "AmountFC", "VATCode", "VATAmountFC")
EARLIER = timedelta(minutes=10)
_MARK = re.compile(r"\(BB-[0-9A-Za-z]{8}\)")
NOT_THERE = NotThere()


class LookUps:
    """The look-ups of one administration."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client

    def look_up(self, intent: Intent) -> LookUp:
        """Whether what the intent describes is there."""
        with readable():
            return _ASK[intent.kind](self, intent)

    def entry(self, intent: Intent) -> LookUp:
        """By journal and number over all years; none: by customer, moment, invoice number and amount."""
        body = intent.body
        number = whole(body, "EntryNumber")
        wanted = f"Journal eq {literal(text(body, 'Journal'))} and EntryNumber eq {number}"
        candidates = [row for row in self._rows("salesentry/SalesEntries", ENTRY, wanted) if _counts(row, intent)]
        for row in candidates:
            if self._same_entry(row, body):
                return _found_entry(row)
        return SomethingElse(problem=_number_in_use(body, candidates[0])) if candidates else self._unnumbered(intent)

    def booked(self, entry_id: str, sent: SalesEntry) -> LookUp:
        """An entry that was booked: by its id; and by its number in its year, which may be another one's by now."""
        with readable():
            for row in self._rows("salesentry/SalesEntries", ENTRY, f"EntryID eq {guid(entry_id)}"):
                return _found_entry(row)
            wanted = f"Journal eq {literal(sent.journal)} and EntryNumber eq {sent.entry_number}"
            rows = self._rows("salesentry/SalesEntries", ENTRY, wanted)
            taken = [row for row in rows if whole(row, "ReportingYear", 0) == sent.reporting_year]
            body = {"Journal": sent.journal, "EntryNumber": sent.entry_number}
            return SomethingElse(problem=_number_in_use(body, taken[0])) if taken else NOT_THERE

    def customer(self, intent: Intent) -> LookUp:
        """By code, padded and trimmed; ours when the name agrees, else a person is asked."""
        code, name = text(intent.body, "Code"), text(intent.body, "Name")
        wanted = f"Code eq {literal(padded(code))} or trim(Code) eq {literal(code)}"
        if bare_code(code) != code:
            wanted += f" or trim(Code) eq {literal(bare_code(code))}"
        rows = self._rows("crm/Accounts", ("ID", "Code", "Name"), wanted)
        same = [row for row in rows if bare_code(text(row, "Code")) == bare_code(code)]
        for row in same:
            if plain_name(text(row, "Name")) == plain_name(name):
                return _found(row)
        return SomethingElse(problem=_other_customer(code, name, same[0])) if same else NOT_THERE

    def document(self, intent: Intent) -> LookUp:
        """By type 10 and our mark in the subject; one for another customer or entry is not this one.

        The last one goes before an earlier one that Exact did not let us take away.
        """
        body = intent.body
        mark = _MARK.search(text(body, "Subject"))
        sought = mark.group() if mark else text(body, "Subject")
        wanted = f"Type eq 10 and substringof({literal(sought)},Subject) eq true"
        fields = ("ID", "Subject", "Account", "FinancialTransactionEntryID", "Created")
        rows = [row for row in self._rows("documents/Documents", fields, wanted) if _same_document(row, body)]
        return _found(max(rows, key=_made_at)) if rows else NOT_THERE

    def attachment(self, intent: Intent) -> LookUp:
        """By document, file name and size."""
        body = intent.body
        size = recorded.attachment_size(body)
        document, name = text(body, "Document"), text(body, "FileName")
        wanted = f"Document eq {guid(document)} and FileName eq {literal(name)}"
        fields = ("ID", "FileName", "FileSize")
        return self._first(
            "documents/DocumentAttachments", fields, wanted, lambda row: whole(row, "FileSize", -1) == size
        )

    def contact(self, intent: Intent) -> LookUp:
        """By account, name and e-mail."""
        body = intent.body
        names = ("FirstName", "LastName", "Email")
        wanted = f"Account eq {guid(text(body, 'Account'))}"
        return self._first("crm/Contacts", ("ID", *names), wanted, lambda row: _equal(row, body, names))

    def address(self, intent: Intent) -> LookUp:
        """By account and type 3; the one that agrees goes before another."""
        body = intent.body
        names = ("AddressLine1", "Postcode", "City")
        wanted = f"Account eq {guid(text(body, 'Account'))} and Type eq 3"
        rows = self._rows("crm/Addresses", ("ID", *names), wanted)
        ours = [row for row in rows if _equal(row, body, names)] or rows
        return _found(ours[0]) if ours else NOT_THERE

    def bank_account(self, intent: Intent) -> LookUp:
        """By account and IBAN, blanks aside."""
        body = intent.body
        sought = compact(text(body, "BankAccount"))
        wanted = f"Account eq {guid(text(body, 'Account'))}"
        fields = ("ID", "BankAccount", "IBAN")
        return self._first(
            "crm/BankAccounts",
            fields,
            wanted,
            lambda row: sought in {compact(text(row, "BankAccount")), compact(text(row, "IBAN"))},
        )

    def project(self, intent: Intent) -> LookUp:
        """By code."""
        code = text(intent.body, "Code")
        wanted = f"Code eq {literal(code)} or trim(Code) eq {literal(code)}"
        return self._first("project/Projects", ("ID", "Code"), wanted, lambda row: text(row, "Code") == code)

    def _unnumbered(self, intent: Intent) -> LookUp:
        """An entry that Exact gave another number: made since the intent for this customer, with our invoice number."""
        body = intent.body
        since = (intent.created_at - EARLIER).strftime("%Y-%m-%dT%H:%M:%S")
        wanted = f"Customer eq {guid(text(body, 'Customer'))} and Created ge datetime'{since}'"
        number, total = recorded.invoice_number(body), recorded.total(body)
        for row in self._rows("salesentry/SalesEntries", ENTRY, wanted):
            named = number and number in text(row, "Description").split()
            if named and money(row, "AmountFC") == total and not _of_another_year(row, body):
                return _found_entry(row)
        return NOT_THERE

    def _same_entry(self, row: Row, body: Body) -> bool:
        """Customer, total, date, description and lines agree; the lines are only asked for when the rest does."""
        return (
            key(row, "Customer") == key(body, "Customer")
            and money(row, "AmountFC") == recorded.total(body)
            and when(row, "EntryDate") == recorded.entry_date(body)
            and text(row, "Description") == text(body, "Description")
            and self._lines_of(key(row, "EntryID")) == recorded.lines(body["SalesEntryLines"])
        )

    def _lines_of(self, entry_id: str) -> Mapping[recorded.Line, int]:
        rows = self._rows("salesentry/SalesEntryLines", ENTRY_LINE, f"EntryID eq {guid(entry_id)}")
        return recorded.lines(rows)

    def _first(self, path: str, fields: tuple[str, ...], wanted: str, ours: Callable[[Row], bool]) -> LookUp:
        return next((_found(row) for row in self._rows(path, fields, wanted) if ours(row)), NOT_THERE)

    def _rows(self, path: str, fields: tuple[str, ...], wanted: str) -> list[Row]:
        return self._client.rows(path, Query(select=fields, filter=wanted), Priority.SETTLE)


_ASK: Mapping[IntentKind, Callable[[LookUps, Intent], LookUp]] = {
    IntentKind.ENTRY: LookUps.entry,
    IntentKind.CUSTOMER: LookUps.customer,
    IntentKind.DOCUMENT: LookUps.document,
    IntentKind.ATTACHMENT: LookUps.attachment,
    IntentKind.CONTACT: LookUps.contact,
    IntentKind.ADDRESS: LookUps.address,
    IntentKind.BANK_ACCOUNT: LookUps.bank_account,
    IntentKind.PROJECT: LookUps.project,
}


def _counts(row: Row, intent: Intent) -> bool:
    """Numbers are per journal and year (exact-rest.md 6.2): an older entry of another year is not in our way."""
    created = moment(row, "Created")
    older = created is not None and created < intent.created_at - EARLIER
    return not older or whole(row, "ReportingYear", 0) == whole(intent.body, "ReportingYear", 0)


def _of_another_year(row: Row, body: Body) -> bool:
    """Whether neither year nor date agree: Exact changes no year (exact-rest.md 6.1), so it was never this entry."""
    year = whole(row, "ReportingYear", 0)
    other_year = year not in {0, whole(body, "ReportingYear", 0)}
    return other_year and when(row, "EntryDate") != recorded.entry_date(body)


def _found(row: Row) -> Found:
    return Found(answer=Answer(exact_id=key(row, "ID")))


def _found_entry(row: Row) -> Found:
    kind = None if row.get("Type") is None else whole(row, "Type")
    answer = Answer(exact_id=key(row, "EntryID"), entry_number=whole(row, "EntryNumber"), entry_kind=kind)
    return Found(answer=answer)


def _made_at(row: Row) -> float:
    created = moment(row, "Created")
    return created.timestamp() if created else 0.0


def _same_document(row: Row, body: Body) -> bool:
    names = ("Account", "FinancialTransactionEntryID")
    return all(key(row, name) == key(body, name) for name in names)


def _equal(row: Row, body: Body, names: Sequence[str]) -> bool:
    return all(_plain(row.get(name)) == _plain(body.get(name)) for name in names)


def _plain(value: Any) -> str:
    return " ".join(str(value or "").split()).casefold()


def _number_in_use(body: Body, row: Row) -> Problem:
    """The number is taken: what is there stands beside it, so that a person can tell whose it is."""
    number, journal = str(whole(body, "EntryNumber")), text(body, "Journal")
    there = when(row, "EntryDate")
    values = (
        ("number", number),
        ("journal", journal),
        ("there_customer", text(row, "CustomerName")),
        ("there_amount", str(money(row, "AmountFC"))),
        ("there_date", there.isoformat() if there else ""),
        ("there_description", text(row, "Description")),
        ("there_entry_id", key(row, "EntryID")),
    )
    return Problem(code="entry-number-in-use", subject=Subject(kind="entry_number", key=number), values=values)


def _other_customer(code: str, name: str, row: Row) -> Problem:
    values = (("debtor", name), ("code", code), ("name", text(row, "Name")))
    return Problem(code="customer-looks-different", subject=Subject(kind="Account", key=code), values=values)
