"""Entries, customers and reference data of ours, to be put into Exact's words."""

from datetime import date, timedelta
from decimal import Decimal

from tests.exact.answers_of_exact import GL_8000, NOW, PROJECT

from boekbrug.domain.debtor import Address, ContactPerson
from boekbrug.domain.entry import BankAccount, CustomerAction, CustomerChange, Deferral, SalesEntry, SalesLine
from boekbrug.domain.reference import GLAccount, Project, Reference
from boekbrug.sync.ports import Body, Intent, IntentKind

GL_1300 = "13001300-1300-1300-1300-130013001300"
ADDRESS = Address(line_1="Kade 1", postal_code="3511 AB", city="Utrecht", country="NL")


def reference() -> Reference:
    return Reference(
        division=100001,
        country="NL",
        currency="EUR",
        gl_accounts={
            "8000": GLAccount(exact_id=GL_8000, code="8000", description="Omzet", kind=110),
            "1300": GLAccount(exact_id=GL_1300, code="1300", description="Debiteuren", kind=20),
        },
        projects={"P1": Project(exact_id=PROJECT, code="P1", description="Project 1")},
    )


def line(
    number: int = 1,
    *,
    amount: str = "100.10",
    vat: str = "21.02",
    vat_code: str = "4",
    percentage: str | None = None,
    deferral: Deferral | None = None,
    cost_centre: str | None = None,
    project: str | None = None,
) -> SalesLine:
    return SalesLine(
        invoice_line=number,
        description=f"Training {number}",
        notes="",
        quantity=Decimal(1),
        amount=Decimal(amount),
        vat_amount=Decimal(vat),
        vat_code=vat_code,
        vat_percentage=None if percentage is None else Decimal(percentage),
        gl_account="8000",
        cost_centre=cost_centre,
        project_code=project,
        deferral=deferral,
    )


def entry(*lines: SalesLine, kind: int = 20, currency: str = "EUR", rate: str | None = None) -> SalesEntry:
    return SalesEntry(
        kind=kind,
        journal="70",
        entry_number=20260001,
        customer_code="10042",
        entry_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        reporting_year=2026,
        reporting_period=11,
        currency=currency,
        rate=None if rate is None else Decimal(rate),
        payment_condition=None,
        payment_reference=None,
        your_reference="PO-7",
        description="Factuur 20260001 De Brug",
        lines=lines or (line(),),
    )


def change(
    action: CustomerAction = CustomerAction.CREATE, *, fields: tuple[str, ...] = (), make_customer: bool = False
) -> CustomerChange:
    return CustomerChange(
        action=action,
        code="10042",
        exact_id="11111111-1111-1111-1111-111111111111" if action is not CustomerAction.CREATE else None,
        debtor_id="d-1",
        name="Academie De Brug B.V.",
        address=ADDRESS,
        vat_number="NL123456782B90",
        chamber_of_commerce="12345678",
        email="facturen@debrug.example",
        language="NL",
        payment_condition="30",
        receivables_account="1300",
        contact=ContactPerson(id="77", sex="V", first_name="Anna", prefix="de", last_name="Wit"),
        invoice_address=Address(line_1="Postbus 9", postal_code="3500 AA", city="Utrecht", country="NL"),
        bank_account=BankAccount(iban="NL91ABNA0417164300", bic="ABNANL2A", holder_name="De Brug"),
        fields=fields,
        make_customer=make_customer,
    )


def intent(kind: IntentKind, body: Body) -> Intent:
    return Intent(
        id=1,
        kind=kind,
        booking_id=1,
        natural_key="k",
        body=body,
        created_at=NOW,
        send_by=NOW + timedelta(seconds=10),
    )
