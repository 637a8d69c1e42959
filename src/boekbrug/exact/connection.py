"""Connecting and "Verbinding testen": consent, who is logged in, which divisions there are, which rights we miss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from boekbrug.exact.client import ExactClient, Query, Row
from boekbrug.exact.limits import Priority
from boekbrug.exact.oauth import TokenCalls, Tokens, code_of
from boekbrug.exact.reading import readable
from boekbrug.exact.wire.values import flag, text, whole
from boekbrug.sync.failures import NotAllowed

ME = ("UserID", "FullName", "LanguageCode", "CurrentDivision")
DIVISION = ("Code", "Description", "Country", "Currency", "Status", "BlockingStatus")
ACTIVE = 1
FREE = 0
SALES_INVOICE_DOCUMENT = 10

NEEDED: Mapping[str, str] = {
    "salesentry/SalesEntries": "EntryID",
    "crm/Accounts": "ID",
    "documents/Documents": "ID",
    "financial/Journals": "ID",
    "financial/GLAccounts": "ID",
    "financial/FinancialPeriods": "ID",
    "vat/VATCodes": "ID",
    "hrm/Costcenters": "ID",
    "cashflow/PaymentConditions": "ID",
    "project/Projects": "ID",
    "financialtransaction/TransactionLines": "ID",
}
"""The lists that booking needs, with a field that each has (exact-rest.md 1.6)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Who consented; `division` is the one that the user was in last, which may be one that we may not use."""

    name: str
    language: str
    division: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DivisionChoice:
    """An administration that this login may use."""

    number: int
    name: str
    country: str
    currency: str
    usable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A list that we may not read, and Exact's reason (a key of the connection sentences)."""

    endpoint: str
    reason: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a test of the connection found; nothing missing and our division usable means it works."""

    user: User
    divisions: tuple[DivisionChoice, ...]
    missing: tuple[Missing, ...]


class Connecting:
    """From a click to a token pair: the address to go to, and the code that comes back."""

    def __init__(self, calls: TokenCalls) -> None:
        self._calls = calls

    def authorise_address(self, state: str, *, force_login: bool = False) -> str:
        """Where the person goes; `state` is kept in the database until the return."""
        return self._calls.authorise_address(state, force_login=force_login)

    def complete(self, return_address: str, state: str) -> Tokens:
        """The pair for the address that Exact sent the person back to; another state is refused."""
        code, returned = code_of(return_address)
        if not state or returned != state:
            raise NotAllowed("state-differs", "the answer belongs to another request")
        return self._calls.exchange_code(code)

    def complete_code(self, code: str) -> Tokens:
        """The pair for a code that was decoded, and whose state was checked, by the web page."""
        return self._calls.exchange_code(code)


def who(client: ExactClient) -> User:
    """The user of the login."""
    row = client.me(ME, Priority.REALTIME)
    with readable():
        return User(
            name=text(row, "FullName"), language=text(row, "LanguageCode"), division=whole(row, "CurrentDivision", 0)
        )


def divisions(client: ExactClient, user: User) -> tuple[DivisionChoice, ...]:
    """The administrations that this login may use; some licences refuse one of the two lists (exact-rest.md 4.7)."""
    at = client.division or user.division
    query = Query(select=DIVISION)
    try:
        rows = client.rows("system/Divisions", query, Priority.REALTIME, division=at)
    except NotAllowed:
        rows = client.rows("hrm/Divisions", query, Priority.REALTIME, division=at)
    with readable():
        return tuple(_choice(row) for row in rows)


def check(client: ExactClient) -> Report:
    """Read who we are, what we may use, and one row of each list that booking needs."""
    user = who(client)
    choices = divisions(client, user)
    missing = tuple(row for _, row in rights(client) if row is not None)
    return Report(user=user, divisions=choices, missing=missing)


def rights(client: ExactClient) -> Iterator[tuple[str, Missing | None]]:
    """Each list that booking needs, one call each, and what keeps us from reading it."""
    for path, field in NEEDED.items():
        yield path, _missing(client, path, field)


def may_make_documents(client: ExactClient) -> bool | None:
    """Whether a document of the type for sales invoices may be posted (exact-rest.md 4.4); None when it is not told."""
    query = Query(select=("ID", "DocumentIsCreatable"), filter=f"ID eq {SALES_INVOICE_DOCUMENT}")
    try:
        rows = client.rows("documents/DocumentTypes", query, Priority.REALTIME)
    except NotAllowed:
        return None
    return any(flag(row, "DocumentIsCreatable") for row in rows)


def _missing(client: ExactClient, path: str, field: str) -> Missing | None:
    try:
        client.rows(path, Query(select=(field,), top=1), Priority.REALTIME)
    except NotAllowed as refusal:
        return Missing(endpoint=path, reason=refusal.reason, detail=refusal.detail)
    return None


def _choice(row: Row) -> DivisionChoice:
    return DivisionChoice(
        number=whole(row, "Code"),
        name=text(row, "Description"),
        country=text(row, "Country"),
        currency=text(row, "Currency"),
        usable=whole(row, "Status", ACTIVE) == ACTIVE and whole(row, "BlockingStatus", FREE) == FREE,
    )
