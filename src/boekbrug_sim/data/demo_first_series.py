"""The thirty demo invoices of the first number series, which is booked with PDFs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from boekbrug_sim.data.builder import Course, Item
from boekbrug_sim.data.dates import PracticeDates, month_start
from boekbrug_sim.data.plans import Plan, booked, course, fixed, held, skipped, taught
from boekbrug_sim.data.records import Invoice

D = Decimal


def _wrong_vat(invoice: Invoice) -> Invoice:
    """One euro of VAT too much, everywhere alike."""
    part = replace(invoice.vat[0], amount=invoice.vat[0].amount + 1)
    line = replace(invoice.lines[0], vat_amount=invoice.lines[0].vat_amount + 1)
    return replace(
        invoice,
        vat=(part, *invoice.vat[1:]),
        lines=(line, *invoice.lines[1:]),
        total_vat=invoice.total_vat + 1,
        total_incl=invoice.total_incl + 1,
    )


def _wrong_total(invoice: Invoice) -> Invoice:
    return replace(invoice, total_incl=invoice.total_incl + 10)


def _two_courses(_dates: PracticeDates, day: date) -> tuple[Item, ...]:
    return (
        Item(kind="VCA", quantity=D(6), course=course("VCA", day), request="AV26014"),
        Item(kind="XLS", quantity=D(2), course=course("XLS", day, starts=1, months=2), request="AV26014"),
        Item(kind="BHV", quantity=D(3), cost_centre="INC", course=course("BHV", day, starts=2)),
    )


def _reversed_dates(_dates: PracticeDates, day: date) -> tuple[Item, ...]:
    runs = Course(kind="LDR", start=month_start(day, 3), end=month_start(day, 1))
    return (Item(kind="LDR", course=runs),)


def _running_course(_dates: PracticeDates, day: date) -> tuple[Item, ...]:
    runs = Course(kind="LDR", start=month_start(day, -3), end=month_start(day, 3) + timedelta(days=9))
    return (Item(kind="LDR", description="Leidinggeven in de praktijk, derde termijn", course=runs),)


_EARLY = (
    Plan(
        shows="dated before the start: left alone",
        outcome=skipped("before-start"),
        debtor="kroon",
        items=taught("VCA"),
        when="before-start",
    ),
    Plan(
        shows="its month is closed in journal 70",
        outcome=held("period-closed"),
        debtor="waterland",
        items=taught("BHV", quantity=4),
        when="closed-period",
    ),
    Plan(
        shows="21%, deferred over the months of the course",
        outcome=booked(),
        debtor="waterland",
        items=taught("PM", starts=1, months=4, quantity=2, request="AV26003"),
        more={"reference": "PO-778812"},
    ),
    Plan(
        shows="9%, on an account that takes no cost centre; Intern means none",
        outcome=booked(),
        debtor="lageveld",
        items=fixed(
            Item(
                kind="VCA",
                quantity=D(12),
                price=D("27.48"),
                description="Cursusboek VCA",
                vat_code="2",
                gl_account="8070",
                cost_centre="Intern",
            )
        ),
    ),
    Plan(
        shows="exempt (CRKBO) course for a private person who is new",
        outcome=booked(),
        debtor="vandenbos",
        items=taught("NT2", starts=1, months=3),
    ),
    Plan(
        shows="three VAT codes on one invoice",
        outcome=booked(),
        debtor="debruin",
        items=fixed(
            Item(kind="BHV", quantity=D(5)),
            Item(
                kind="BHV",
                quantity=D(5),
                price=D("18.30"),
                description="Werkboek",
                vat_code="2",
                gl_account="8070",
                cost_centre="Intern",
            ),
            Item(kind="BHV", price=D("62.50"), description="Examengeld (doorbelast)", vat_code="0"),
        ),
    ),
    Plan(
        shows="first invoice of a new company",
        outcome=booked(),
        debtor="nieuwland",
        items=taught("LDR", starts=1, months=2),
        more={"reference": "Dossier 2026/118"},
    ),
    Plan(
        shows="second invoice of the same new company: one customer",
        outcome=booked(),
        debtor="nieuwland",
        items=taught("XLS", quantity=3),
    ),
    Plan(
        shows="discount line",
        outcome=booked(),
        debtor="vermeer",
        items=fixed(
            Item(kind="VCA", quantity=D(10)),
            Item(
                kind="VCA",
                quantity=D(-1),
                price=D("373.50"),
                description="Korting 15%",
                gl_account="8090",
            ),
        ),
    ),
    Plan(
        shows="a zero line beside others is left out",
        outcome=booked(),
        debtor="pieters",
        items=fixed(
            Item(kind="XLS"),
            Item(kind="XLS", price=D("0.00"), description="Lunch inbegrepen"),
        ),
    ),
    Plan(
        shows="odd cents: VAT per line and per code differ",
        outcome=booked(),
        debtor="delta",
        items=fixed(
            Item(kind="ELE", price=D("33.35"), description="E-learning privacy, module 1"),
            Item(kind="ELE", price=D("33.35"), description="E-learning privacy, module 2"),
            Item(kind="ELE", price=D("33.35"), description="E-learning privacy, module 3"),
        ),
    ),
)

_MIDDLE = (
    Plan(
        shows="a VAT code that Exact does not have",
        outcome=held("vat-code-unknown"),
        debtor="kroon",
        items=fixed(Item(kind="XLS", vat_code="21H", percentage=D("0.21"))),
    ),
    Plan(
        shows="the number is a supplier's in Exact",
        outcome=held("customer-is-supplier"),
        debtor="supplier",
        items=taught("BHV", quantity=2),
    ),
    Plan(
        shows="reverse charge for a Belgian company with a valid VAT number",
        outcome=booked(),
        debtor="antwerpen",
        items=fixed(
            Item(kind="PM", description="Incompany te Antwerpen", vat_code="7", gl_account="8040"),
        ),
    ),
    Plan(
        shows="reverse charge without a VAT number",
        outcome=held("vat-number-needed"),
        debtor="luik",
        items=fixed(Item(kind="PM", vat_code="7", gl_account="8040")),
    ),
    Plan(
        shows="credit note for a whole invoice",
        outcome=booked(),
        debtor="waterland",
        items=taught("PM", starts=1, months=4, quantity=-2, request="AV26003"),
        more={"reference": "PO-778812", "text": "Credit op factuur 20260003"},
    ),
    Plan(
        shows="a G/L account that Exact does not have",
        outcome=held("gl-account-unknown"),
        debtor="oostwal",
        items=fixed(Item(kind="LDR", gl_account="8999")),
    ),
    Plan(
        shows="three courses on one invoice, each its own dates and cost centre",
        outcome=booked(),
        debtor="meander",
        items=_two_courses,
        more={"reference": "Raamcontract 9"},
    ),
    Plan(
        shows="an instalment of a course that runs already: nothing before the booking period",
        outcome=booked(),
        debtor="zonneveld",
        items=_running_course,
    ),
    Plan(
        shows="a blocked G/L account",
        outcome=held("gl-account-blocked"),
        debtor="noorderlicht",
        items=fixed(Item(kind="NT2", gl_account="8050", vat_code="4", description="Avondschool")),
    ),
    Plan(
        shows="the number is somebody else's in Exact",
        outcome=held("customer-looks-different"),
        debtor="different",
        items=taught("VCA", quantity=2),
    ),
)

_LATE = (
    Plan(
        shows="direct debit",
        outcome=booked(),
        debtor="kroon",
        items=fixed(Item(kind="ELE", quantity=D(25))),
        more={"direct_debit": True, "term": 14},
    ),
    Plan(
        shows="German address, a name longer than Exact takes",
        outcome=booked("customer-name-shortened", "text-shortened"),
        debtor="muenchen",
        items=taught("LDR", starts=2, months=1),
    ),
    Plan(
        shows="VAT that is not base times rate",
        outcome=held("vat-difference"),
        debtor="vermeer",
        items=fixed(Item(kind="BHV", quantity=D(2))),
        tweak=_wrong_vat,
    ),
    Plan(
        shows="a total that is not the sum of the lines and the VAT",
        outcome=held("total-differs"),
        debtor="debruin",
        items=fixed(Item(kind="XLS", quantity=D(2))),
        tweak=_wrong_total,
    ),
    Plan(
        shows="a course that ends before it starts",
        outcome=held("order-dates-reversed"),
        debtor="delta",
        items=_reversed_dates,
    ),
    Plan(
        shows="everything zero",
        outcome=skipped("zero"),
        debtor="pieters",
        items=fixed(Item(kind="ELE", price=D("0.00"), description="Proefles")),
    ),
    Plan(
        shows="accents, an odd address, a text longer than Exact takes",
        outcome=booked("text-shortened"),
        debtor="jose",
        items=fixed(
            Item(
                kind="NT2",
                description="Café-gesprekken: Nederlands als tweede taal voor gevorderden, "
                "groep Curaçao, met señor Núñez en mevrouw Žižková",
            )
        ),
    ),
    Plan(
        shows="an invoice number with a letter",
        outcome=held("entry-number-not-numeric"),
        debtor="lageveld",
        items=taught("BHV"),
        letter="A",
    ),
    Plan(
        shows="dated before the start but made definitive today",
        outcome=held("dated-before-start"),
        debtor="lageveld",
        items=taught("BHV", quantity=3),
        when="back-dated",
    ),
)

FIRST_SERIES = (*_EARLY, *_MIDDLE, *_LATE)
"""Plans in order of number and date."""
