"""A house in which everything is set through the form: the pages in this process, both simulators beside it.

One institute with two koppelingen on one Coachview: invoices 3... go to the Dutch administration, 4... to the Belgian.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from tests.contract.company import Company, Json
from tests.journeys.clicks import SECONDS, Answer, Reader
from tests.journeys.hand_clock import settings_for
from tests.web import making

from boekbrug import wiring
from boekbrug.cli.practice import COACHVIEW_CLIENT, DIVISION_BE, DIVISION_NL, EXACT_CLIENT, PracticeBook, consent
from boekbrug.settings import settings
from boekbrug.store import models, organisations, steps
from boekbrug.web.wsgi import application
from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.wire import Wire
from boekbrug_sim.data.builder import Head, Item, make_invoice, make_line
from boekbrug_sim.data.lively import lively_debtor
from boekbrug_sim.data.load import load_invoice_id
from boekbrug_sim.data.numbers import belgian_vat_number
from boekbrug_sim.data.records import Debtor, Invoice

ZONE = ZoneInfo("Europe/Amsterdam")
TODAY = datetime.now(ZONE).date()
FIRST_OF_LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
MAIL = "els@noord.example"
WITH_PDF = 2
"""So many invoices has the scenario itself, which are the ones that have a PDF; they wait as drafts."""
MOST_SLICES = 30
OPTIONS = "/service-center/opties"
DUTCH_SERIES, BELGIAN_SERIES = 30_000_000, 40_000_000
JOURNAL_CLOSED_LAST_MONTH = "71"
PLAIN = Item(kind="VCA", request="VCA")


@dataclass(frozen=True, kw_only=True)
class Bill:
    """An invoice to be made in Coachview, where it differs from an ordinary one of 249 euro for a known debtor.

    `debtor` and `head` change fields of the practice records, `line` fields of each line as Coachview sends it.
    """

    items: tuple[Item, ...] = (PLAIN,)
    new_debtor: bool = False
    debtor: Mapping[str, Any] = field(default_factory=dict)
    head: Mapping[str, Any] = field(default_factory=dict)
    line: Mapping[str, Any] = field(default_factory=dict)
    vat_off: Decimal = Decimal(0)
    belgian: bool = False
    with_pdf: bool = False


@dataclass(kw_only=True)
class FormHouse:
    """One institute, its beheerder at the page, and the books in Exact."""

    book: PracticeBook
    els: Reader
    organisation_id: int
    pages: dict[int, str] = field(default_factory=dict)
    made: int = 10
    pdfs: int = 0
    _books: dict[int, Company] = field(default_factory=dict)

    # --- the pages

    def save(self, answers: Mapping[str, Answer], *, division: int = DIVISION_NL) -> dict[str, Answer]:
        """Type these options on the page that has them and press Opslaan; what stood there before."""
        shared = [name for name in answers if name.startswith("order_date_")]
        before: dict[str, Answer] = {}
        for page, names in (
            (OPTIONS, shared),
            (self.pages[division], [name for name in answers if name not in shared]),
        ):
            if names:
                before |= self._save(page, {name: answers[name] for name in names})
        return before

    def _save(self, page: str, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        self.els.open(page)
        before = {name: self.els.stands("Opslaan", name) for name in answers}
        said = self.els.press("Opslaan", **answers)
        assert "Er is niets opgeslagen" not in said, said[:1500]
        return before

    def refused(self, answers: Mapping[str, Answer], *, division: int = DIVISION_NL) -> str:
        """Type these options and press Opslaan, of which the page says that nothing was saved; what it says."""
        self.els.open(self.pages[division])
        said = self.els.press("Opslaan", **answers)
        assert "Er is niets opgeslagen" in said, said[:1500]
        return said

    # --- Coachview

    def bill(self, bill: Bill) -> str:
        """Make the invoice definitive in Coachview; its number."""
        self.made += 1
        if bill.with_pdf:
            self.pdfs += 1
            self.change("invoices", load_invoice_id(self.pdfs - 1), {"factuurStatusId": "Definitief"})
            return str(DUTCH_SERIES + self.pdfs)
        number = (BELGIAN_SERIES if bill.belgian else DUTCH_SERIES) + self.made
        made = self._invoice(bill, str(number))
        written = Wire(profile()).invoice(made)
        written["factuurregels"] = [_into(line, bill.line) for line in written["factuurregels"]]
        self.change("invoices", None, written)
        return str(number)

    def _invoice(self, bill: Bill, number: str) -> Invoice:
        debtor = self._debtor(bill)
        values = {"id": str(uuid.uuid4()), "invoice_date": TODAY, "definitive_on": TODAY, **bill.head}
        moment = datetime.now(ZONE).replace(tzinfo=None, microsecond=0)
        head = Head(number=number, debtor=debtor, changed_at=moment, **values)
        lines = [make_line(item, str(uuid.uuid4())) for item in bill.items]
        made = make_invoice(head, tuple(lines))
        if not bill.vat_off:
            return made
        off = bill.vat_off
        return replace(
            made,
            vat=(replace(made.vat[0], amount=made.vat[0].amount + off),),
            lines=(replace(made.lines[0], vat_amount=made.lines[0].vat_amount + off),),
            total_vat=made.total_vat + off,
            total_incl=made.total_incl + off,
        )

    def _debtor(self, bill: Bill) -> Debtor:
        known = lively_debtor(self.made)
        new: dict[str, Any] = {
            "id": str(uuid.uuid4()), "number": str(50_000 + self.made), "name": f"Nieuwe klant {self.made} B.V.",
            "vat_number": None, "chamber_of_commerce": None, "iban": None, "email": f"f{self.made}@klant.example",
            "company_id": str(uuid.uuid4()), "contact_id": str(uuid.uuid4()),
        }  # fmt: skip
        if bill.belgian:
            new["vat_number"] = belgian_vat_number(5_000 + self.made)
        return replace(known, **{**(new if bill.new_debtor else {}), **bill.debtor})

    def change(self, entity: str, record_id: str | None, values: Mapping[str, Any]) -> None:
        named = {"id": record_id} if record_id else {}
        self.book.coachview.control("records", {"entity": entity, "values": dict(values), **named})

    # --- what happens, and what is seen of it

    def work(self) -> None:
        """Fetch and book what is due now, as the workers would; fails when that has no end."""
        now = datetime.now(UTC)
        for row in models.Administration.objects.all():
            steps.make_all_due(row.id, now)
        for _ in range(MOST_SLICES):
            due = tuple(wiring.due_administrations(datetime.now(UTC), 10))
            if not due:
                return
            for administration_id, lane in due:
                wiring.run_slice(administration_id, lane)
        raise AssertionError("the work has no end")

    def booking(self, number: str) -> models.Booking:
        """Where an invoice stands with us."""
        return models.Booking.objects.get(number=number)

    def is_known(self, number: str) -> bool:
        """Whether the invoice was read."""
        return models.Booking.objects.filter(number=number).exists()

    def koppeling(self) -> models.Integration:
        """The Dutch koppeling."""
        return models.Integration.objects.get(administration__division=DIVISION_NL)

    def ledger(self, number: str) -> list[dict[str, Any]]:
        """The lines in Exact's ledger, in whichever administration, of the entry that ends in this number."""
        lines = self.book.exact.read("ledger")
        return [line for line in lines if str(line["entry_number"]).endswith(number)]

    def exact(self, division: int = DIVISION_NL) -> Company:
        """The books in Exact as an app of its own sees them."""
        if division not in self._books:
            self._books[division] = Company(http=_logged_in(self.book.exact.address), division=division)
        return self._books[division]

    def entry(self, number: str) -> Json:
        """The sales entry of this number, as Exact tells it."""
        line = self.ledger(number)[0]
        exact = self.exact(line["division"])
        return exact.row("salesentry/SalesEntries", filter=f"EntryNumber eq {line['entry_number']}")

    def customer(self, number: str) -> Json:
        """The customer of that entry."""
        line = self.ledger(number)[0]
        return self.exact(line["division"]).row("crm/Accounts", filter=f"trim(Code) eq '{line['customer']}'")

    def close(self) -> None:
        """Give the sockets back."""
        for company in self._books.values():
            company.http.close()


def _into(record: Json, change: Mapping[str, Any]) -> Json:
    """The record with `{"opleiding": {"code": ...}}` put into it."""
    merged = dict(record)
    for name, value in change.items():
        merged[name] = {**(record.get(name) or {}), **value} if isinstance(value, dict) else value
    return merged


def _logged_in(exact: str) -> httpx2.Client:
    here = "http://127.0.0.1/back"
    asked = f"{exact}/api/oauth2/auth?client_id={EXACT_CLIENT[0]}&redirect_uri={here}&response_type=code"
    form = {
        "grant_type": "authorization_code", "code": consent(asked)["code"], "redirect_uri": here,
        "client_id": EXACT_CLIENT[0], "client_secret": EXACT_CLIENT[1],
    }  # fmt: skip
    token = httpx2.post(f"{exact}/api/oauth2/token", data=form).json()["access_token"]
    return httpx2.Client(
        base_url=exact, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"}, timeout=SECONDS
    )


@contextmanager
def form_house(book: PracticeBook) -> Iterator[FormHouse]:
    """An institute whose two koppelingen were made, connected and started by clicks."""
    book.exact.control("limits", {"minute": 100_000, "day": 1_000_000})
    for place in range(WITH_PDF):
        draft = {"entity": "invoices", "id": load_invoice_id(place), "values": {"factuurStatusId": "Concept"}}
        book.coachview.control("records", draft)
    closed = {"year": FIRST_OF_LAST_MONTH.year, "period": FIRST_OF_LAST_MONTH.month, "status": "closed"}
    book.exact.control("periods", {"division": DIVISION_NL, "journal": JOURNAL_CLOSED_LAST_MONTH, **closed})
    with settings_for(book):
        here = settings().public_url
        inside = {here: httpx2.WSGITransport(app=application)}
        with httpx2.Client(follow_redirects=True, timeout=SECONDS, mounts=inside) as http:
            organisation_id = organisations.create_organisation("Opleidingen Noord", now=datetime.now(UTC))
            person = making.person(MAIL)
            models.Membership.objects.create(organisation_id=organisation_id, user=person, role="beheerder")
            ours = FormHouse(book=book, els=Reader(http=http, address=here), organisation_id=organisation_id)
            ours.els.open(f"{here}/inloggen")
            ours.els.press("Inloggen", login=MAIL, password=making.PASSWORD)
            for division, first in ((DIVISION_NL, DUTCH_SERIES), (DIVISION_BE, BELGIAN_SERIES)):
                _connect(ours, division, f"{first}-{first + 9_999_999}")
            try:
                yield ours
            finally:
                ours.close()


def _connect(ours: FormHouse, division: int, series: str) -> None:
    """Make a koppeling by clicks: fill in the page, log in to Exact, start."""
    country = "BE" if division == DIVISION_BE else "NL"
    els, coachview = ours.els, ours.book.coachview.address
    els.open("/service-center/integraties")
    els.press("Koppeling toevoegen")
    ours.pages[division] = els.address
    answers: dict[str, Answer] = {
        "name": f"Exact {country}", "site": "practice", "division": str(division), "country": country,
        "book_from": FIRST_OF_LAST_MONTH.isoformat(), "invoice_filter_numbers": series,
        "journal": "70", "receivables_account": "400000" if country == "BE" else "1300",
    }  # fmt: skip
    if country == "NL":
        answers |= {"coachview_url": coachview, "coachview_client_id": COACHVIEW_CLIENT[0]}
        answers |= {"coachview_client_secret": COACHVIEW_CLIENT[1]}
    assert "Opgeslagen als versie" in els.press("Opslaan", **answers)
    said = els.press("Authenticeren")
    if country == "NL":  # Exact knows the window the second time
        said = els.press("Toestaan", user="demo@sim.example", password="demo")
    assert "Geldig token informatie aanwezig" in said
    els.follow("Inschakelen")
    assert "Het boeken is gestart" in els.press("Bevestigen: inschakelen en starten")


def day_of(value: str) -> date:
    """The day in a date as Exact writes it."""
    return datetime.fromtimestamp(int("".join(filter(str.isdigit, value))) / 1000, tz=UTC).date()
