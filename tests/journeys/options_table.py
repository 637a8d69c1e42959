"""The options one by one: what is typed, the invoice that is made, and what must be seen of it in Exact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.journeys.clicks import Answer
from tests.journeys.form_house import FIRST_OF_LAST_MONTH, JOURNAL_CLOSED_LAST_MONTH, TODAY, Bill, FormHouse, day_of

from boekbrug.cli.practice import DIVISION_BE, DIVISION_NL
from boekbrug_sim.data.builder import Course, Item
from boekbrug_sim.data.numbers import belgian_vat_number, structured_message
from boekbrug_sim.data.records import ExternalId

See = Callable[[FormHouse, str], Any]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One or more options at one value; `wanted` is what `see` must see of the invoice after booking."""

    options: Mapping[str, Answer]
    see: See
    wanted: Any
    bill: Bill = field(default_factory=Bill)
    division: int = DIVISION_NL


# --- what is seen of an invoice


def period(house: FormHouse, number: str) -> Any:
    """Year and month of the entry."""
    line = house.ledger(number)[0]
    return (line["year"], line["period"])


def of_entry(*names: str) -> See:
    """Fields of the sales entry; dates as days."""
    return lambda house, number: tuple(map(_plain, (house.entry(number)[name] for name in names)))


def of_customer(*names: str) -> See:
    """Fields of the customer."""
    return lambda house, number: tuple(house.customer(number)[name] for name in names)


def of_ledger(*names: str, line: int = 0) -> See:
    """Fields of one line of the ledger; line 1 is the first of the revenue."""
    return lambda house, number: tuple(house.ledger(number)[line][name] for name in names)


def spans(house: FormHouse, number: str) -> Any:
    """From when to when the revenue of each line is spread."""
    line = house.ledger(number)[0]
    exact = house.exact(line["division"])
    rows = exact.rows("salesentry/SalesEntryLines", filter=f"EntryID eq guid'{line['entry_id']}'")
    return [tuple(map(_plain, (row["From"], row["To"]))) for row in sorted(rows, key=lambda row: row["LineNumber"])]


def deferred_months(house: FormHouse, number: str) -> Any:
    """The months in which revenue comes back from the balance."""
    lines = [line for line in house.ledger(number) if line["type"] == 84 and Decimal(line["amount"]) < 0]
    return sorted({(line["year"], line["period"]) for line in lines if line["account"].startswith("8")})


def documents(house: FormHouse, number: str) -> Any:
    """For each document of this invoice whether it is the one of the entry."""
    found = house.exact().rows("documents/Documents", filter=f"substringof('{number}',Subject) eq true")
    attached = house.entry(number)["Document"]
    return [document["ID"] == attached for document in found]


def held_because(house: FormHouse, number: str) -> Any:
    """The problems that hold it; nothing of it is in Exact."""
    row = house.booking(number)
    return (row.state, [problem["code"] for problem in row.problems], house.ledger(number))


def skipped_because(house: FormHouse, number: str) -> Any:
    """Why it is left alone."""
    row = house.booking(number)
    return (row.state, row.skip_reason, house.ledger(number))


def project(house: FormHouse, number: str) -> Any:
    """The project of the first line."""
    return house.ledger(number)[1]["project"]


def made_project(house: FormHouse, number: str) -> Any:
    """The project of the first line, its type, and whether it is the customer's."""
    made = house.exact().row("project/Projects", filter=f"Code eq '{project(house, number)}'")
    return (made["Code"], made["Type"], made["Account"] == house.customer(number)["ID"])


def bank_account(house: FormHouse, number: str) -> Any:
    """The bank accounts of the customer."""
    key = house.customer(number)["ID"]
    rows = house.exact().rows("crm/BankAccounts", filter=f"Account eq guid'{key}'")
    return [row["IBAN"] or row["BankAccount"] for row in rows]


def _plain(value: Any) -> Any:
    return day_of(value) if isinstance(value, str) and value.startswith("/Date(") else value


# --- the invoices


def _month(day: date, later: int) -> date:
    """The first of the month so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


LATER = _month(TODAY, 1) + timedelta(days=9)
LATEST = _month(TODAY, 2) + timedelta(days=19)
LAST_MONTH = FIRST_OF_LAST_MONTH + timedelta(days=4)
COURSE = Course(kind="VCA", start=LATER, end=LATEST)
ON_COURSE = Item(kind="VCA", request="VCA", course=COURSE)
SHORT = Item(kind="BHV", course=Course(kind="BHV", start=LATER + timedelta(days=3), end=LATER + timedelta(days=5)))
EARLIER = Item(kind="BHV", course=Course(kind="BHV", start=LATER - timedelta(days=3), end=LATER))
COURSE_BILL = Bill(items=(ON_COURSE,))
NEGATIVE = Bill(items=(Item(kind="VCA", quantity=Decimal(-1)),))
BELGIAN_ITEM = Item(kind="VCA", gl_account="700000")
MAIL = "nieuw@adres.example"
KNOWN_CHANGED = Bill(debtor={"email": MAIL})
PRIVATE = {"journal": JOURNAL_CLOSED_LAST_MONTH, "receivables_account": "1310"}
IN_A_CLOSED_MONTH = Bill(new_debtor=True, head={"invoice_date": LAST_MONTH})
THIS_MONTH = (TODAY.year, TODAY.month)


def span(item: Item) -> tuple[date, date]:
    """From when to when its course runs."""
    assert item.course is not None
    return (item.course.start, item.course.end)


def line_dates(lessons: tuple[date, date], request: tuple[date, date]) -> Mapping[str, Any]:
    """First and last lesson, start and end of the request, other than those of the course."""
    return {
        "opleiding": {"eersteLesDatum": lessons[0].isoformat(), "laatsteLesDatum": lessons[1].isoformat()},
        "aanvraag": {
            "aanvraagnummer": "VCA",
            "startDatum": request[0].isoformat(),
            "eindDatum": request[1].isoformat(),
        },
    }


DATED = Bill(
    items=(ON_COURSE,),
    line=line_dates((LATER + timedelta(days=1), LATEST - timedelta(days=1)), (LATER + timedelta(days=2), LATEST)),
)


def belgian(**more: Any) -> Bill:
    """An invoice of the Belgian administration, for a debtor that is new there."""
    debtor = {"country": "BE", "visit_country": "BE", "postal_code": "2000", "visit_postal_code": "2000"}
    items = more.pop("items", (BELGIAN_ITEM,))
    return Bill(belgian=True, new_debtor=True, items=items, debtor=debtor | more.pop("debtor", {}), **more)


GENERAL = (
    Row(options={"division": str(DIVISION_NL)}, see=of_ledger("division"), wanted=(DIVISION_NL,)),
    Row(
        options={"division": str(DIVISION_BE), "country": "BE"}, division=DIVISION_BE, bill=belgian(),
        see=of_ledger("division", "account"), wanted=(DIVISION_BE, "400000"),
    ),
    Row(
        options={"book_from": (TODAY - timedelta(days=1)).isoformat()},
        bill=Bill(head={"invoice_date": TODAY - timedelta(days=2), "definitive_on": TODAY - timedelta(days=2)}),
        see=skipped_because, wanted=("skipped", "before-start", []),
    ),
    Row(
        options={"book_from": (TODAY - timedelta(days=1)).isoformat()},
        bill=Bill(head={"invoice_date": TODAY - timedelta(days=1), "definitive_on": TODAY - timedelta(days=1)}),
        see=of_entry("EntryDate"), wanted=(TODAY - timedelta(days=1),),
    ),
    Row(options={"purpose": "proef"}, see=of_ledger("division"), wanted=(DIVISION_NL,)),
    Row(options={"invoice_filter_cost_centres": "OPL"}, see=of_ledger("cost_centre", line=1), wanted=("OPL",)),
    Row(options={"invoice_filter_course_kinds": "VCA"}, bill=COURSE_BILL, see=of_ledger("journal"), wanted=("70",)),
    Row(
        options={"invoice_filter_cost_centres": "INC"},
        see=held_because, wanted=("held", ["integration-none"], []),
    ),
    Row(
        options={"invoice_filter_course_kinds": "PM"}, bill=COURSE_BILL,
        see=held_because, wanted=("held", ["integration-none"], []),
    ),
    Row(
        options={"invoice_filter_numbers": "39999998-39999999"},
        see=held_because, wanted=("held", ["integration-none"], []),
    ),
)  # fmt: skip

DEBTOR = (
    Row(options={"overwrite_customer": True}, bill=KNOWN_CHANGED, see=of_customer("Email"), wanted=(MAIL,)),
    Row(
        options={"overwrite_customer": False}, bill=KNOWN_CHANGED,
        see=lambda house, number: house.customer(number)["Email"] == MAIL, wanted=False,
    ),
    Row(
        options={"overwrite_customer": True, "protected_fields": ["email"]},
        bill=Bill(debtor={"email": MAIL, "phone": "+31 20 555 9999"}),
        see=lambda house, number: (house.customer(number)["Email"] == MAIL, house.customer(number)["Phone"]),
        wanted=(False, "+31 20 555 9999"),
    ),
    Row(
        options={"debtor_number_1": "debiteurnummer_extern", "debtor_number_2": "debiteurnummer"},
        bill=Bill(new_debtor=True, debtor={"external_number": "88001"}),
        see=of_ledger("customer"), wanted=("88001",),
    ),
    Row(
        options={"debtor_number_1": "debiteurnummer_extern", "debtor_number_2": "debiteurnummer"},
        bill=Bill(new_debtor=True, debtor={"number": "88002"}), see=of_ledger("customer"), wanted=("88002",),
    ),
    Row(
        options={
            "debtor_number_1": "bedrijf_persoon_extern_id", "debtor_number_2": "debiteurnummer_extern",
            "debtor_number_3": "debiteurnummer", "external_source": "Exact",
        },
        bill=Bill(
            new_debtor=True,
            debtor={"company_external": (ExternalId(id="7", source="exact"), ExternalId(id="88003", source="Exact"))},
        ),
        see=of_ledger("customer"), wanted=("88003",),
    ),
    Row(
        options={
            "debtor_number_1": "bedrijf_persoon_extern_id", "debtor_number_2": "debiteurnummer_extern",
            "debtor_number_3": "debiteurnummer", "external_source": "Exact",
        },
        bill=Bill(new_debtor=True, debtor={"number": "88004"}), see=of_ledger("customer"), wanted=("88004",),
    ),
    Row(
        options={"debtor_prefix": "9"}, bill=Bill(new_debtor=True, debtor={"number": "88005"}),
        see=of_ledger("customer"), wanted=("988005",),
    ),
    Row(
        options={"debtor_prefix": "9", "debtor_number_1": "debiteurnummer_extern"},
        bill=Bill(new_debtor=True, debtor={"external_number": "88006"}),
        see=of_ledger("customer"), wanted=("88006",),
    ),
    Row(options={"deferred_revenue": True}, bill=COURSE_BILL, see=spans, wanted=[span(ON_COURSE)]),
    Row(
        options={"deferred_revenue": True}, bill=COURSE_BILL, see=deferred_months,
        wanted=[(LATER.year, LATER.month), (LATEST.year, LATEST.month)],
    ),
    Row(options={"deferred_revenue": False}, bill=COURSE_BILL, see=spans, wanted=[(None, None)]),
)  # fmt: skip

FINANCIAL = (
    Row(
        options={"period_date_1": "factuurdatum"}, bill=Bill(items=(ON_COURSE,), head={"invoice_date": LAST_MONTH}),
        see=period, wanted=(LAST_MONTH.year, LAST_MONTH.month),
    ),
    Row(
        options={"period_date_1": "order_startdatum"}, bill=COURSE_BILL, see=period, wanted=(LATER.year, LATER.month),
    ),
    Row(
        options={"period_date_1": "order_einddatum"}, bill=COURSE_BILL, see=period, wanted=(LATEST.year, LATEST.month),
    ),
    Row(
        options={"period_date_1": "exportdatum"}, bill=Bill(head={"invoice_date": LAST_MONTH}),
        see=period, wanted=THIS_MONTH,
    ),
    Row(
        options={"period_date_1": "order_startdatum", "period_date_2": "exportdatum"},
        bill=Bill(head={"invoice_date": LAST_MONTH}), see=period, wanted=THIS_MONTH,
    ),
    Row(
        options={"entry_date": "order_startdatum"}, bill=COURSE_BILL, see=of_entry("EntryDate"), wanted=(LATER,),
    ),
    Row(
        options={"entry_date": "exportdatum"}, bill=Bill(head={"invoice_date": LAST_MONTH}),
        see=of_entry("EntryDate"), wanted=(TODAY,),
    ),
    Row(
        options={"entry_date": "factuurdatum"}, bill=Bill(items=(ON_COURSE,), head={"invoice_date": LAST_MONTH}),
        see=of_entry("EntryDate"), wanted=(LAST_MONTH,),
    ),
    Row(options={"credit_notes": True}, bill=NEGATIVE, see=of_ledger("type", "amount"), wanted=(21, "-301.29")),
    Row(options={"credit_notes": False}, bill=NEGATIVE, see=of_ledger("type", "amount"), wanted=(20, "-301.29")),
    Row(
        options=PRIVATE, bill=Bill(new_debtor=True),
        see=of_ledger("journal", "account"), wanted=("71", "1310"),
    ),
    Row(
        options={**PRIVATE, "closed_period": "hold"}, bill=IN_A_CLOSED_MONTH,
        see=held_because, wanted=("held", ["period-closed"], []),
    ),
    Row(
        options={**PRIVATE, "closed_period": "first_open"}, bill=IN_A_CLOSED_MONTH, see=period, wanted=THIS_MONTH,
    ),
    Row(options={"send_pdf": True}, bill=Bill(with_pdf=True), see=documents, wanted=[True]),
    Row(options={"send_pdf": False}, bill=Bill(with_pdf=True), see=documents, wanted=[]),
    Row(options={"send_cost_centre": True}, see=of_ledger("cost_centre", line=1), wanted=("OPL",)),
    Row(options={"send_cost_centre": False}, see=of_ledger("cost_centre", line=1), wanted=(None,)),
    Row(
        options={"cost_centre_none": "Geen"}, bill=Bill(items=(Item(kind="VCA", cost_centre="Geen"),)),
        see=of_ledger("cost_centre", line=1), wanted=(None,),
    ),
    Row(
        options={"cost_centre_none": "Geen"}, bill=Bill(items=(Item(kind="VCA", cost_centre="Intern"),)),
        see=held_because, wanted=("held", ["cost-centre-unknown"], []),
    ),
    Row(
        options={"invoice_prefix": "9"}, wanted=9,
        see=lambda house, number: house.entry(number)["EntryNumber"] // 10 ** len(number),
    ),
    Row(
        options={"vat_rounding": "0,05"}, bill=Bill(vat_off=Decimal("0.04")),
        see=of_ledger("vat_amount", line=1), wanted=("-52.33",),
    ),
    Row(
        options={"vat_rounding": "0,02"}, bill=Bill(vat_off=Decimal("0.04")),
        see=held_because, wanted=("held", ["vat-difference"], []),
    ),
)  # fmt: skip

PROJECTS = (
    Row(options={"project_source": ""}, see=project, wanted=None),
    Row(
        options={"project_source": "aanvraagnummer"}, bill=Bill(items=(Item(kind="VCA", request="BHV"),)),
        see=project, wanted="BHV",
    ),
    Row(
        options={"project_source": "aanvraag_referentie"},
        bill=Bill(items=(Item(kind="VCA", request="A1", request_reference="PM"),)), see=project, wanted="PM",
    ),
    Row(
        options={"project_source": "factuur_referentie"}, bill=Bill(head={"reference": "XLS"}),
        see=project, wanted="XLS",
    ),
    Row(
        options={"project_source": "opleidingscode"},
        bill=Bill(items=(ON_COURSE,), line={"opleiding": {"code": "LDR"}}), see=project, wanted="LDR",
    ),
    Row(options={"project_source": "opleidingssoortcode"}, bill=COURSE_BILL, see=project, wanted="VCA"),
    Row(
        options={"project_source": "factuur_referentie"}, bill=Bill(debtor={"reference_mandatory": True}),
        see=held_because, wanted=("held", ["reference-missing"], []),
    ),
    Row(
        options={"project_source": "factuur_referentie", "project_missing": "hold"},
        bill=Bill(head={"reference": "PO-1"}), see=held_because, wanted=("held", ["project-unknown"], []),
    ),
    Row(
        options={"project_source": "factuur_referentie", "project_missing": "omit"},
        bill=Bill(head={"reference": "PO-2"}), see=project, wanted=None,
    ),
    Row(
        options={"project_source": "factuur_referentie", "project_missing": "create"},
        bill=Bill(head={"reference": "PO-3"}), see=made_project, wanted=("PO-3", 3, True),
    ),
)  # fmt: skip

TWO = Bill(items=(SHORT, EARLIER, ON_COURSE))
INVOICE = (
    Row(
        options={"entry_date": "order_startdatum", "order_date_type": "opleiding"}, bill=DATED,
        see=of_entry("EntryDate"), wanted=(LATER,),
    ),
    Row(
        options={"entry_date": "order_startdatum", "order_date_type": "opleidingsonderdelen"}, bill=DATED,
        see=of_entry("EntryDate"), wanted=(LATER + timedelta(days=1),),
    ),
    Row(
        options={"entry_date": "order_startdatum", "order_date_type": "aanvraag"}, bill=DATED,
        see=of_entry("EntryDate"), wanted=(LATER + timedelta(days=2),),
    ),
    Row(
        options={"deferred_revenue": True, "order_date_determination": "per_regel"}, bill=TWO,
        see=spans, wanted=[span(SHORT), span(EARLIER), span(ON_COURSE)],
    ),
    Row(
        options={"deferred_revenue": True, "order_date_determination": "vroegste_laatste"}, bill=TWO,
        see=spans, wanted=[(span(EARLIER)[0], LATEST)] * 3,
    ),
    Row(
        options={"deferred_revenue": True, "order_date_determination": "eerste_regel"}, bill=TWO,
        see=spans, wanted=[span(SHORT)] * 3,
    ),
)  # fmt: skip

BELGIUM = (
    Row(
        options={"credit_notes": True}, division=DIVISION_BE,
        bill=belgian(items=(Item(kind="VCA", gl_account="700000", quantity=Decimal(-1)),)),
        see=of_ledger("division", "type", "amount"), wanted=(DIVISION_BE, 21, "-301.29"),
    ),
    Row(
        options={}, division=DIVISION_BE, bill=belgian(head={"payment_reference": structured_message(4711)}),
        see=of_entry("PaymentReference"), wanted=(structured_message(4711),),
    ),
    Row(
        options={}, division=DIVISION_BE, bill=belgian(debtor={"vat_number": belgian_vat_number(881)}),
        see=of_customer("VATNumber"), wanted=(belgian_vat_number(881),),
    ),
    Row(
        options={}, division=DIVISION_BE, bill=belgian(debtor={"vat_number": "BE0123456789"}),
        see=held_because, wanted=("held", ["vat-number-invalid"], []),
    ),
)  # fmt: skip

ROWS = (*GENERAL, *DEBTOR, *FINANCIAL, *PROJECTS, *INVOICE, *BELGIUM)
