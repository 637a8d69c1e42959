"""The relations of the practice companies in Exact: known customers, suppliers, prospects and look-alikes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from boekbrug_sim.data.chart import BE, NL
from boekbrug_sim.data.lively import lively_debtor, lively_debtors
from boekbrug_sim.data.numbers import belgian_vat_number, chamber_number, dutch_vat_number
from boekbrug_sim.data.people import (
    BELGIAN_DEBTORS,
    KNOWN_DEBTORS,
    LOAD_DEBTORS,
    belgian_debtor,
    registered_debtor,
)
from boekbrug_sim.data.records import Debtor

Values = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One relation in Exact that no debtor of Coachview is a copy of."""

    code: str
    name: str
    serial: int
    status: str | None = "C"
    supplier: bool = False
    city: str = "Utrecht"
    country: str = "NL"
    more: Values = field(default_factory=dict)


def customers_of(scenario: str) -> Iterator[tuple[int, Values]]:
    """Division and values of every relation that exists before anything is booked, without ids of other rows."""
    if scenario == "broken-master-data":
        yield from ((NL, _broken(index, known_customer(lively_debtor(index)))) for index in range(LOAD_DEBTORS))
    elif scenario == "belgium":
        known = (belgian_debtor(index) for index in range(BELGIAN_DEBTORS) if index % 4 < 2)
        yield from ((BE, _belgian(known_customer(debtor))) for debtor in known)
    else:
        yield from ((NL, known_customer(debtor)) for debtor in known_debtors(scenario))
    if scenario == "demo":
        yield from ((NL, values) for values in _clashes())
    yield from ((NL, _values(relation)) for relation in _DUTCH)
    yield from ((BE, _values(relation)) for relation in _BELGIAN)


def known_debtors(scenario: str) -> Iterator[Debtor]:
    """The debtors of a scenario that the Dutch company has as customers, with their bank accounts."""
    if scenario in {"load", "month-end", "first-day", "broken-master-data"}:
        return lively_debtors()
    return (registered_debtor(key) for key in KNOWN_DEBTORS if scenario == "demo")


def known_customer(debtor: Debtor) -> Values:
    """The customer that this debtor already is in Exact: same data, number without leading zeros."""
    return {
        "Code": debtor.number.lstrip("0"),
        "Name": debtor.name[:50],
        "Status": "C",
        "Type": "A",
        "IsSales": True,
        "IsSupplier": debtor.number == "00114",
        "Blocked": False,
        "AddressLine1": debtor.visit_address_1,
        "Postcode": debtor.visit_postal_code,
        "City": debtor.visit_city,
        "Country": debtor.country,
        "VATNumber": debtor.vat_number,
        "ChamberOfCommerce": debtor.chamber_of_commerce,
        "Email": debtor.email,
        "Phone": debtor.phone,
        "Language": debtor.language.upper(),
        "PaymentConditionSales": "14" if debtor.payment_term_days == 14 else "30",
        "GLAR": "1300",
    }


def _broken(index: int, customer: Values) -> Values:
    """Of ten customers one is a supplier only, one somebody else, one blocked."""
    match index % 10:
        case 0:
            return {**customer, "Status": "A", "IsSales": False, "IsSupplier": True}
        case 1:
            other = {"Name": f"Iemand anders {index}", "Email": f"anders{index}@relatie.example", "Postcode": "9999 ZZ"}
            return {**customer, **other, "VATNumber": None, "ChamberOfCommerce": None}
        case 4:
            return {**customer, "Blocked": True}
        case _:
            return customer


def _belgian(customer: Values) -> Values:
    return {**customer, "GLAR": "400000", "PaymentConditionSales": "30"}


def _clashes() -> Iterator[Values]:
    prospect = known_customer(registered_debtor("prospect"))
    yield {**prospect, "Status": "P", "IsSales": False}
    yield {**known_customer(registered_debtor("maybe")), "Code": "9205", "Email": "info@groenrijk.example"}
    blocked = known_customer(registered_debtor("blocked"))
    yield {**blocked, "Blocked": True}
    yield known_customer(registered_debtor("ambiguous"))
    yield {**known_customer(registered_debtor("ambiguous")), "Code": "00007", "Email": "oud@dacapo.example"}


def _values(relation: Relation) -> Values:
    vat_number = dutch_vat_number if relation.country == "NL" else belgian_vat_number
    return {
        "Code": relation.code,
        "Name": relation.name,
        "Status": relation.status,
        "Type": "A",
        "IsSales": relation.status == "C",
        "IsSupplier": relation.supplier,
        "Blocked": False,
        "AddressLine1": f"Voorbeeldstraat {relation.serial}",
        "Postcode": f"{3500 + relation.serial} AB" if relation.country == "NL" else f"{5000 + relation.serial}",
        "City": relation.city,
        "Country": relation.country,
        "VATNumber": vat_number(900_000 + relation.serial),
        "ChamberOfCommerce": chamber_number(900_000 + relation.serial),
        "Email": f"administratie@relatie{relation.serial}.example",
        "Phone": f"+31 30 555 {relation.serial:04d}",
        "Language": "NL" if relation.country == "NL" else "FR",
        "PaymentConditionSales": "30" if relation.status == "C" else None,
        **relation.more,
    }


_DUTCH = (
    Relation(code="201", name="Kantoorvakhuis Noord B.V.", serial=1, status="A", supplier=True),
    Relation(code="204", name="Bloemisterij Madelief", serial=2, city="Aalsmeer"),
    Relation(code="1", name="Opleidingen Noord (rekening-courant)", serial=3),
    Relation(code="2", name="Verhuurder Vergaderzalen B.V.", serial=4, status="A", supplier=True),
    Relation(code="3", name="Drukwerk Direct", serial=5, status="A", supplier=True),
    Relation(code="5", name="Stichting Oud-cursisten", serial=6),
    Relation(code="209", name="Vertrokken Klant B.V.", serial=7, more={"EndDate": "2023-06-30"}),
    Relation(code="211", name="Particuliere Klant", serial=8, more={"GLAR": "1310"}),
    Relation(code="212", name="Uitgeverij Zuid", serial=9, supplier=True),
    Relation(code="213", name="Misschien Ooit B.V.", serial=10, status="S"),
)

_BELGIAN = (
    Relation(code="101", name="Ateliers Réunis SA", serial=21, city="Liège", country="BE"),
    Relation(code="102", name="Ville de Namur", serial=22, city="Namur", country="BE"),
    Relation(code="201", name="Imprimerie Wallonne", serial=23, status="A", supplier=True, city="Mons", country="BE"),
)
