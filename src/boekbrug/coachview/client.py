"""Coachview as the source of invoices: what changed, one invoice, its PDF, and what is written back.

Lists are read by a window on changed-at that moves, never by a high `skip`, which Coachview answers with a
time-out (coachview.md 4.2, 4.3). All moments inside are the environment's local time, as Coachview stores them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote

from boekbrug.coachview.answers import Record, record_of, rows_of
from boekbrug.coachview.connection import AnswerTooLarge, Connection
from boekbrug.coachview.debtors import debtor_id_of
from boekbrug.coachview.examples import refuse_examples
from boekbrug.coachview.profile import Profile
from boekbrug.coachview.values import PLAIN_ID, at, same_id
from boekbrug.coachview.window import Window
from boekbrug.coachview.wire import read_invoice
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Problem, Severity
from boekbrug.sync.failures import NotAllowed
from boekbrug.sync.ports import Pdf, Received

TAKE = 100
IDS_IN_A_CALL = 50
LARGEST_PDF_BYTES = 10 * 1024 * 1024
PDF_MAGIC = b"%PDF-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What a test of the connection saw: how many invoices and debtors it could read, out of a few."""

    invoices: int
    debtors: int
    latest_number: str


class CoachviewClient:
    """One Coachview environment; implements `sync.ports.InvoiceSource`."""

    def __init__(self, connection: Connection, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._connection = connection
        self._profile: Profile = connection.profile
        self._now = now

    def changed_invoices(self, since: datetime, until: datetime) -> Iterator[tuple[Sequence[Received], datetime]]:
        """Pages of invoices changed from `since` up to and including `until`, in order of changed-at.

        With each page the moment up to which all has been given; a record changed at that very moment may still
        come, so the next window starts there, not after it. The last page, perhaps empty, says `until`.
        """
        window = Window(profile=self._profile, since=since, until=until)
        take = min(TAKE, self._profile.list.take_max)
        while not window.ended:
            rows = self._list(self._profile.invoices.path, window.parameters(take))
            fresh = window.accept(rows, take)
            yield self._received(fresh), window.given_until

    def invoices(self, ids: Sequence[str]) -> Iterator[Received]:
        """These invoices and their debtors read anew; those that are gone are left out."""
        for record, debtor in self._with_debtors(self._by_ids(self._profile.invoices.path, "invoices", ids)):
            yield read_invoice(record, debtor, self._profile, now=self._now())

    def invoice(self, invoice_id: str) -> Received | None:
        """One invoice read anew; None when it is gone."""
        record = self._single(self._profile.invoices.path, self._profile.invoices.fields["id"], invoice_id)
        return self._received([record])[0] if record else None

    def debtor(self, debtor_id: str) -> Record | None:
        """One debtor's record as Coachview gives it; None when it is gone."""
        return self._single(self._profile.debtors.path, self._profile.debtors.fields["id"], debtor_id)

    def pdf(self, invoice: Invoice) -> Pdf:
        """The invoice's PDF, or the problem why there is none that can be used; what is no PDF may be one soon."""
        file_name = f"Factuur {''.join(c for c in invoice.number if c.isalnum() or c in '-_')}.pdf"
        if not self._profile.pdf_path:
            return _no_pdf(file_name)
        path = self._profile.pdf_path.replace("{id}", quote(invoice.id, safe=""))
        try:
            content = self._connection.read(
                self._profile.pdf_path, path=path, largest_bytes=LARGEST_PDF_BYTES, parse=bytes
            )
        except AnswerTooLarge:
            return _too_large_pdf(file_name)
        if content is None:
            return _no_pdf(file_name)
        if not content.startswith(PDF_MAGIC):
            return replace(_no_pdf(file_name), passing=True)
        return Pdf(file_name=file_name, content=content)

    def confirm(self, invoice_id: str, *, confirmed: bool, text: str) -> bool:
        """Write `Bevestigd` and its description; whether the profile has them (coachview.md 3.3)."""
        return self.write_back(invoice_id, {"confirmed": confirmed, "confirmed_text": text})

    def write_back(self, invoice_id: str, fields: Mapping[str, bool | str | Decimal | date]) -> bool:
        """Write these fields, by our names, of one invoice; whether the profile has any of them."""
        names = self._profile.write_back
        values = {names.fields[key]: value for key, value in fields.items() if names.fields[key]}
        if not names.path or not values:
            return False
        members = (f"{json.dumps(name)}: {self._json(value)}" for name, value in values.items())
        body = "{" + ", ".join(members) + "}"
        path = names.path.replace("{id}", quote(invoice_id, safe=""))
        self._connection.write(names.path, path=path, body=body.encode())
        return True

    def check(self) -> Check:
        """Test the connection: ask a token, read a few invoices and debtors; raises what is wrong."""
        few = {self._profile.list.take: "3"}
        newest_first = {**few, self._profile.list.order_by: f"{self._profile.invoices.changed_at} desc"}
        invoices = self._list(self._profile.invoices.path, newest_first)
        debtors = self._list(self._profile.debtors.path, few)
        numbers = [at(row.value, self._profile.invoices.fields["number"]) for row in invoices]
        latest = next((str(number) for number in numbers if isinstance(number, (str, int))), "")
        return Check(invoices=len(invoices), debtors=len(debtors), latest_number=latest)

    def _received(self, records: Sequence[Record]) -> list[Received]:
        now = self._now()
        return [read_invoice(record, debtor, self._profile, now=now) for record, debtor in self._with_debtors(records)]

    def _with_debtors(self, records: Sequence[Record]) -> list[tuple[Record, Record | None]]:
        """Each record with its debtor's own record, fetched in batches, when it does not carry the debtor itself."""
        wanted = [debtor_id_of(record, self._profile) for record in records]
        path = self._profile.debtors.fields["id"]
        found = self._by_ids(self._profile.debtors.path, "debtors", [debtor_id for debtor_id in wanted if debtor_id])
        debtors = {same_id(at(record.value, path)): record for record in found}
        return [(record, debtors.get(same_id(debtor_id))) for record, debtor_id in zip(records, wanted, strict=True)]

    def _by_ids(self, path: str, kind: str, ids: Sequence[str]) -> list[Record]:
        """The records with these ids, as many in one call as fit; an id that cannot stand in a filter is left out."""
        names = self._profile.invoices if kind == "invoices" else self._profile.debtors
        plain = [one for one in dict.fromkeys(ids) if PLAIN_ID.fullmatch(one)]
        size = min(IDS_IN_A_CALL, self._profile.list.take_max)
        records: list[Record] = []
        for start in range(0, len(plain), size):
            batch = plain[start : start + size]
            where = f"{names.id}={self._profile.list.value_separator.join(batch)}"
            rows = self._list(path, {self._profile.list.where: where, self._profile.list.take: str(size)})
            asked = {same_id(one) for one in batch}
            strangers = [row for row in rows if same_id(at(row.value, names.fields["id"])) not in asked]
            if strangers:
                # A filter that is not heeded, or example data: what we asked for is not what we got.
                raise NotAllowed("scope-missing", self._profile.scope_for(path))
            records += rows
        return records

    def _list(self, path: str, parameters: Mapping[str, str]) -> list[Record]:
        names = self._profile.list
        asked = {**parameters, names.relations: "true", names.calculated: "true"}
        rows = self._connection.read(path, parameters=asked, parse=rows_of) or []
        refuse_examples(rows, path, self._profile)
        return rows

    def _single(self, path: str, id_path: tuple[str, ...], record_id: str) -> Record | None:
        if not PLAIN_ID.fullmatch(record_id):
            return None
        names = self._profile.list
        record = self._connection.read(
            f"{path}/{{id}}",
            path=f"{path}/{quote(record_id, safe='')}",
            parameters={names.relations: "true", names.calculated: "true"},
            parse=record_of,
        )
        if record is None:
            return None
        if same_id(at(record.value, id_path)) != same_id(record_id):
            raise NotAllowed("scope-missing", self._profile.scope_for(path))
        refuse_examples([record], path, self._profile)
        return record

    def _json(self, value: bool | str | Decimal | date) -> str:
        """A value as JSON; money as a number with exactly its own decimals, a date as the environment writes it."""
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, date):
            return json.dumps(value.strftime(self._profile.formats.date))
        return json.dumps(value)


def _no_pdf(file_name: str) -> Pdf:
    return Pdf(file_name=file_name, content=b"", problem=Problem(code="pdf-missing", severity=Severity.WARNS))


def _too_large_pdf(file_name: str) -> Pdf:
    most = f"{LARGEST_PDF_BYTES // (1024 * 1024)} MB"
    problem = Problem(code="pdf-too-large", severity=Severity.WARNS, values=(("size", f"> {most}"), ("most", most)))
    return Pdf(file_name=file_name, content=b"", problem=problem)
