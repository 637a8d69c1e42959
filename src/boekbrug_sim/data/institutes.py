"""The two practice institutes as they appear on their invoices; each is a company in the practice Exact."""

from dataclasses import dataclass

from boekbrug_sim.data.numbers import belgian_iban, belgian_vat_number, chamber_number, dutch_iban, dutch_vat_number


@dataclass(frozen=True, kw_only=True)
class Institute:
    """One institute that sends invoices."""

    name: str
    slogan: str
    street: str
    place: str
    country: str
    phone: str
    email: str
    website: str
    registered: str
    vat_number: str
    iban: str
    bic: str


NOORD = Institute(
    name="Opleidingen Noord B.V.",
    slogan="Praktijkgericht leren",
    street="Leerlaan 1",
    place="3511 AA  Utrecht",
    country="NL",
    phone="030 - 555 01 00",
    email="facturen@opleidingennoord.example",
    website="opleidingennoord.example",
    registered=chamber_number(100_001),
    vat_number=dutch_vat_number(1),
    iban=dutch_iban(100_001),
    bic="INGBNL2A",
)
"""The Dutch one."""

SUD = Institute(
    name="Formations du Sud",
    slogan="Apprendre par la pratique",
    street="Rue de l'École 1",
    place="5000  Namur",
    country="BE",
    phone="081 55 01 00",
    email="factures@formationsdusud.example",
    website="formationsdusud.example",
    registered=belgian_vat_number(1).removeprefix("BE"),
    vat_number=belgian_vat_number(1),
    iban=belgian_iban(100_002),
    bic="TRIOBEBB",
)
"""The Belgian one."""


def institute_of(scenario: str) -> Institute:
    """Whose invoices a scenario has."""
    return SUD if scenario == "belgium" else NOORD
