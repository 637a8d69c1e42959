"""Reading Exact's reference data in few calls: full lists once a day, large ones by their timestamp.

A full reading is eight calls, however many invoices follow (benchmarks.md P1): every list is asked for with the fields
that we read and no more, closed periods only, and the three large lists by 1,000 rows a page.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from boekbrug.domain.reference import GLAccount, Reference, VatCode
from boekbrug.domain.statement import StoredEntry
from boekbrug.exact.client import ExactClient, Query, Row, guid, literal
from boekbrug.exact.limits import Priority
from boekbrug.exact.wire import reference as wire
from boekbrug.exact.wire.stored import HEAD, HEADER_LINE, LINE, entry_head, stored_entries
from boekbrug.exact.wire.values import NotReadable, key, text, whole
from boekbrug.sync.failures import NotAllowed, Unreachable
from boekbrug.sync.ports import EntryHead, ReferencePage

SALES_JOURNAL = 20
# A long list of `or` fails; in batches of about 40 it does not (exact-rest.md 3.7).
BATCH = 40
DIVISION = ("Code", "Country", "Currency")


@dataclass(frozen=True, kw_only=True, slots=True)
class DivisionFacts:
    """What booking needs to know of the administration itself."""

    country: str
    currency: str


class Reading:
    """What is read of one administration."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client
        self._gl_codes: Mapping[str, str] | None = None

    def reference(self, years: Sequence[int]) -> Reference:
        """Everything that is read in full; no customers, no projects."""
        division = self.division()
        with readable():
            return Reference(
                division=self._client.division,
                country=division.country,
                currency=division.currency,
                journals={row.code: row for row in map(wire.journal, self._all("financial/Journals", wire.JOURNAL))},
                gl_accounts={account.code: account for account in self.gl_accounts()},
                vat_codes=self._vat_codes(),
                cost_centres={
                    row.code: row for row in map(wire.cost_centre, self._all("hrm/Costcenters", wire.COST_CENTRE))
                },
                payment_conditions={
                    row.code: row
                    for row in map(
                        wire.payment_condition, self._all("cashflow/PaymentConditions", wire.PAYMENT_CONDITION)
                    )
                },
                periods=wire.periods(
                    self._all("financial/FinancialPeriods", wire.PERIOD, _between("FinYear", years)),
                    self._all("read/financial/JournalStatusList", wire.JOURNAL_STATUS, _closed(years)),
                ),
            )

    def division(self) -> DivisionFacts:
        """Country and currency; some licences refuse one of the two lists (exact-rest.md 4.7)."""
        query = Query(select=DIVISION, filter=f"Code eq {self._client.division}")
        try:
            rows = self._client.rows("system/Divisions", query, Priority.REFERENCE)
        except NotAllowed:
            rows = self._client.rows("hrm/Divisions", query, Priority.REFERENCE)
        if not rows:
            raise NotAllowed("NoDivisionAccess", f"division {self._client.division} is not among ours")
        return DivisionFacts(country=text(rows[0], "Country"), currency=text(rows[0], "Currency"))

    def gl_accounts(self) -> tuple[GLAccount, ...]:
        """All G/L accounts; the sync list, because it gives 1,000 a page."""
        rows = self._all("sync/Financial/GLAccounts", wire.GL_ACCOUNT, "Timestamp gt 0L", order="Timestamp")
        with readable():
            accounts = tuple(wire.gl_account(row) for row in rows)
        self._gl_codes = {account.exact_id: account.code for account in accounts}
        return accounts

    def customers(self, timestamp: int) -> Iterator[ReferencePage]:
        """Customers changed since `timestamp`, with their IBANs.

        The first time all bank accounts are read; later those of the customers that changed, so that a night
        without changes costs no call for them.
        """
        if self._gl_codes is None:
            self.gl_accounts()
        codes = self._gl_codes or {}
        everyone = self._ibans("") if timestamp == 0 else None
        for rows in self._changed("sync/CRM/Accounts", wire.CUSTOMER, timestamp):
            ibans = everyone if everyone is not None else self._ibans_of([key(row, "ID") for row in rows])
            with readable():
                customers = tuple(wire.customer(row, codes, ibans.get(key(row, "ID"), ())) for row in rows)
                highest = _highest(rows, timestamp)
            yield ReferencePage(timestamp=highest, customers=customers)

    def projects(self, timestamp: int) -> Iterator[ReferencePage]:
        """Projects changed since `timestamp`."""
        for rows in self._changed("sync/Project/Projects", wire.PROJECT, timestamp):
            with readable():
                projects, highest = tuple(wire.project(row) for row in rows), _highest(rows, timestamp)
            yield ReferencePage(timestamp=highest, projects=projects)

    def stored(self, journal: str, numbers: tuple[int, int], since: date) -> tuple[StoredEntry, ...]:
        """Entries of a journal in a range of numbers, by 1,000 ledger lines a page."""
        low, high = numbers
        wanted = (
            f"JournalCode eq {literal(journal)} and (Type eq 20 or Type eq 21) and EntryNumber ge {low} "
            f"and EntryNumber le {high} and Date ge datetime'{since.isoformat()}'"
        )
        query = Query(select=LINE, filter=wanted)
        rows = self._client.rows("bulk/Financial/TransactionLines", query, Priority.PROOF)
        with readable():
            return stored_entries(rows)

    def heads(self, since: datetime) -> Iterator[EntryHead]:
        """Sales entries made from `since` on, by 1,000 a page: line 0 of each (exact-rest.md 4.8)."""
        wanted = (
            f"LineNumber eq {HEADER_LINE} and (Type eq 20 or Type eq 21) "
            f"and Created ge datetime'{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}'"
        )
        for rows in self._client.pages(
            "bulk/Financial/TransactionLines", Query(select=HEAD, filter=wanted), Priority.SETTLE
        ):
            with readable():
                yield from [entry_head(row) for row in rows]

    def _vat_codes(self) -> dict[str, VatCode]:
        """VAT codes with their dated percentages inside; a site that does not put them inside is asked for them."""
        query = Query(select=wire.VAT_CODE, expand=wire.VAT_PERCENTAGES)
        rows = self._client.rows("vat/VATCodes", query, Priority.REFERENCE)
        percentages = wire.inner_percentages(rows)
        if percentages is None:
            percentages = self._all("vat/VatPercentages", wire.VAT_PERCENTAGE)
        return wire.vat_codes(rows, percentages)

    def _all(self, path: str, select: tuple[str, ...], wanted: str = "", order: str = "") -> list[Row]:
        return self._client.rows(path, Query(select=select, filter=wanted, order=order), Priority.REFERENCE)

    def _changed(self, path: str, select: tuple[str, ...], timestamp: int) -> Iterator[list[Row]]:
        query = Query(select=select, filter=f"Timestamp gt {timestamp}L", order="Timestamp")
        return self._client.pages(path, query, Priority.REFERENCE)

    def _ibans_of(self, customer_ids: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for start in range(0, len(customer_ids), BATCH):
            batch = customer_ids[start : start + BATCH]
            found |= self._ibans(" or ".join(f"Account eq {guid(customer_id)}" for customer_id in batch))
        return found

    def _ibans(self, wanted: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self._all("crm/BankAccounts", wire.BANK_ACCOUNT, wanted):
            if number := wire.iban(row):
                found.setdefault(key(row, "Account"), []).append(number)
        return found


@contextmanager
def readable() -> Iterator[None]:
    """Reading Exact's rows: a field that does not hold what its type says is no answer."""
    try:
        yield
    except NotReadable as error:
        raise Unreachable(f"an answer of Exact cannot be read: {error}") from error


def _highest(rows: Sequence[Row], timestamp: int) -> int:
    return max((whole(row, "Timestamp") for row in rows), default=timestamp)


def _between(name: str, years: Sequence[int]) -> str:
    return f"{name} ge {min(years)} and {name} le {max(years)}"


def _closed(years: Sequence[int]) -> str:
    """Only what is closed: open is what is not named, and most is open."""
    return f"JournalType eq {SALES_JOURNAL} and Status eq {wire.CLOSED} and {_between('Year', years)}"
