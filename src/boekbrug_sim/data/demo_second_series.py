"""The thirty demo invoices of the second number series, which is booked without PDFs."""

from datetime import date, timedelta
from decimal import Decimal

from boekbrug_sim.data.builder import Course, Item
from boekbrug_sim.data.dates import PracticeDates, month_start
from boekbrug_sim.data.plans import Plan, booked, course, fixed, held, skipped, taught

D = Decimal


def _endless_course(dates: PracticeDates, day: date) -> tuple[Item, ...]:
    runs = Course(kind="PED", start=month_start(day, 1), end=date(dates.years[-1] + 2, 6, 30))
    return (Item(kind="PED", course=runs),)


def _past_course(_dates: PracticeDates, day: date) -> tuple[Item, ...]:
    runs = Course(kind="BHV", start=month_start(day, -2), end=month_start(day, -2) + timedelta(days=20))
    return (Item(kind="BHV", quantity=D(4), course=runs),)


def _mixed_credit(_dates: PracticeDates, day: date) -> tuple[Item, ...]:
    runs = course("VCA", day)
    return (
        Item(kind="VCA", quantity=D(-3), description="VCA Basis, drie afmeldingen", course=runs),
        Item(kind="VCA", quantity=D(1), price=D("75.00"), description="Annuleringskosten"),
    )


_EARLY = (
    Plan(
        shows="dated before the start: left alone",
        outcome=skipped("before-start"),
        debtor="delta",
        items=taught("XLS"),
        when="before-start",
    ),
    Plan(
        shows="put back to draft before it was booked",
        outcome=skipped("not-definitive"),
        debtor="vermeer",
        items=taught("LDR"),
        more={"definitive": False},
    ),
    Plan(
        shows="exempt and 21% on one invoice",
        outcome=booked(),
        debtor="noorderlicht",
        items=fixed(
            Item(kind="PED", price=D("1625.00"), description="Pedagogisch medewerker, eerste termijn"),
            Item(kind="BHV", quantity=D(2)),
        ),
    ),
    Plan(
        shows="zero rate; a VAT number that cannot be right is left out, with a warning",
        outcome=booked("vat-number-invalid"),
        debtor="oostwal",
        items=fixed(Item(kind="ELE", quantity=D(40), vat_code="5")),
    ),
    Plan(
        shows="a term of 60 days, for which Exact has two conditions: left to the customer",
        outcome=booked(),
        debtor="havenstad",
        items=taught("VCA", quantity=8),
        more={"reference": "4500098123"},
    ),
    Plan(
        shows="partial credit: lines of both signs, total negative",
        outcome=booked(),
        debtor="havenstad",
        items=_mixed_credit,
        more={"term": 60},
    ),
    Plan(
        shows="lines that cancel out: booked all the same",
        outcome=booked(),
        debtor="meander",
        items=fixed(
            Item(kind="BHV", description="BHV, deelnemer De Wit"),
            Item(kind="BHV", quantity=D(-1), description="BHV, deelnemer De Wit vervalt"),
        ),
    ),
    Plan(
        shows="still a prospect in Exact",
        outcome=held("customer-is-prospect"),
        debtor="prospect",
        items=taught("BHV"),
    ),
    Plan(
        shows="unknown number, but the VAT number belongs to another customer",
        outcome=held("customer-maybe-exists"),
        debtor="maybe",
        items=taught("VCA", quantity=5),
    ),
    Plan(
        shows="7 and 00007 are both in Exact",
        outcome=held("customer-ambiguous"),
        debtor="ambiguous",
        items=taught("XLS"),
    ),
)

_MIDDLE = (
    Plan(
        shows="a blocked customer",
        outcome=held("customer-blocked"),
        debtor="blocked",
        items=taught("LDR"),
    ),
    Plan(
        shows="customer and supplier at once: used, never updated",
        outcome=booked("customer-also-supplier"),
        debtor="anker",
        items=taught("ELE", quantity=10),
    ),
    Plan(
        shows="a cost centre that Exact does not have",
        outcome=held("cost-centre-unknown"),
        debtor="oostwal",
        items=fixed(Item(kind="PM", cost_centre="ZEELAND")),
    ),
    Plan(
        shows="a past course: nothing to defer",
        outcome=booked(),
        debtor="zonneveld",
        items=_past_course,
    ),
    Plan(
        shows="an account that demands a cost centre, a line that says none",
        outcome=held("cost-centre-mandatory"),
        debtor="delta",
        items=fixed(
            Item(kind="VCA", price=D("95.00"), description="Examen VCA", gl_account="8060", cost_centre="Intern")
        ),
    ),
    Plan(
        shows="the same account with a cost centre",
        outcome=booked(),
        debtor="delta",
        items=fixed(
            Item(
                kind="VCA",
                quantity=D(3),
                price=D("95.00"),
                description="Examen VCA",
                gl_account="8060",
                cost_centre="EXA",
            )
        ),
    ),
    Plan(
        shows="a line on the receivables account",
        outcome=held("gl-account-type"),
        debtor="pieters",
        items=fixed(Item(kind="XLS", gl_account="1300")),
    ),
    Plan(
        shows="an account that is not revenue: booked with a warning",
        outcome=booked("gl-account-not-revenue"),
        debtor="kroon",
        items=fixed(Item(kind="XLS", price=D("350.00"), description="Verkoop oude laptops", gl_account="8900")),
    ),
    Plan(
        shows="a deposit on a balance account: not deferred",
        outcome=booked("gl-account-not-revenue"),
        debtor="debruin",
        items=lambda _dates, day: (
            Item(kind="PM", course=course("PM", day, starts=1, months=2)),
            Item(
                kind="PM",
                price=D("250.00"),
                description="Waarborgsom lesmateriaal",
                vat_code="0",
                gl_account="1700",
                cost_centre="Intern",
                course=course("PM", day, starts=1, months=2),
            ),
        ),
    ),
    Plan(
        shows="a VAT code of type inclusive",
        outcome=held("vat-code-inclusive"),
        debtor="waterland",
        items=fixed(Item(kind="XLS", vat_code="1")),
    ),
)

_LATE = (
    Plan(
        shows="known by e-mail address only: a private person",
        outcome=booked(),
        debtor="yilmaz",
        items=taught("NT2", starts=1, months=2),
    ),
    Plan(
        shows="an invoice date that does not exist",
        outcome=held("invoice-unreadable"),
        debtor="vermeer",
        items=fixed(Item(kind="VCA")),
        garbled={"invoice_date": "2026-13-45"},
    ),
    Plan(
        shows="credit at the low rate of before 2019: sent as percentage, with a warning",
        outcome=booked("vat-percentage-of-other-date"),
        debtor="lageveld",
        items=fixed(
            Item(
                kind="VCA",
                quantity=D(-6),
                price=D("24.95"),
                description="Retour lesboeken 2018",
                vat_code="2",
                percentage=D("0.06"),
                gl_account="8070",
                cost_centre="Intern",
            )
        ),
    ),
    Plan(
        shows="21% at 8 cents a piece: rounding on a small amount",
        outcome=booked(),
        debtor="noorderlicht",
        items=fixed(Item(kind="ELE", quantity=D(7), price=D("0.08"), description="Kopieerkosten")),
    ),
    Plan(
        shows="new private person with a wrong IBAN: left out, with a warning",
        outcome=booked("iban-invalid"),
        debtor="elidrissi",
        items=taught("NT2", starts=1, months=4),
    ),
    Plan(
        shows="second invoice of the same new person",
        outcome=booked("iban-invalid"),
        debtor="elidrissi",
        items=fixed(
            Item(
                kind="NT2",
                price=D("45.00"),
                description="Lesboek",
                vat_code="2",
                gl_account="8070",
                cost_centre="Intern",
            )
        ),
    ),
    Plan(
        shows="a course that ends in a year that Exact does not have yet",
        outcome=held("deferral-period-absent"),
        debtor="noorderlicht",
        items=_endless_course,
    ),
    Plan(
        shows="paid already, through a payment provider",
        outcome=booked(),
        debtor="yilmaz",
        items=taught("ELE"),
        more={"already_paid": True},
    ),
    Plan(
        shows="Belgian company, French, invoice address apart from the visit address",
        outcome=booked(),
        debtor="namur",
        items=taught("PM", starts=1, months=1),
    ),
    Plan(
        shows="dollars in a journal that takes euros only",
        outcome=held("currency-not-allowed"),
        debtor="delta",
        items=taught("PM"),
        more={"currency": "USD", "rate": D("0.92")},
    ),
)

SECOND_SERIES = (*_EARLY, *_MIDDLE, *_LATE)
"""Plans in order of number and date."""
