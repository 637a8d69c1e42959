"""The debtors that an institute really has: persons among the companies, neighbours abroad, names without end."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

from boekbrug_sim.data.numbers import belgian_iban, belgian_vat_number, dutch_iban, german_vat_number
from boekbrug_sim.data.people import FIRST_NAMES, LAST_NAMES, LOAD_DEBTORS, PREFIXES, guid, load_debtor
from boekbrug_sim.data.records import Debtor, ExternalId

CYCLE = 40
PERSONS = frozenset({7, 17, 25, 35})
BELGIAN, GERMAN, LONG_NAME, POST_BOX, WRONG_IBAN = 13, 27, 5, 9, 21
LINKED_OF_FIVE = 3  # how many of five companies carry the pair that Coachview advises

_LONG = "Stichting Samenwerkende Regionale Opleidingscentra Groot-Amersfoort en Omstreken"
_BELGIAN_NAMES = ("Atelier Lefèvre", "Vormingshuis De Schelde", "Bureau d'Études Gérard", "Zorgnet Kempen")
_GERMAN_NAMES = ("Müller & Söhne", "Größmann Bildung", "Weiß Anlagenbau", "Hüttenwerk Jäger")


def lively_debtor(index: int, *, count: int = LOAD_DEBTORS) -> Debtor:
    """The debtor of that index: by its place in each forty a company, a person, a foreigner, or oddly named."""
    place = index % count % CYCLE
    debtor = load_debtor(index, count=count)
    if place in PERSONS:
        return _person(debtor)
    if place == BELGIAN:
        return _belgian(debtor)
    if place == GERMAN:
        return _german(debtor)
    if place == LONG_NAME:
        return replace(debtor, name=f"{_LONG} {int(debtor.number)}")
    if place == POST_BOX:
        return replace(debtor, address_1=f"T.a.v. de crediteurenadministratie, postbus {int(debtor.number)}")
    if place % 5 < LINKED_OF_FIVE:
        return replace(debtor, company_external=(ExternalId(id=str(int(debtor.number)), source="Exact"),))
    return debtor


def rough_debtor(index: int, *, count: int = LOAD_DEBTORS) -> Debtor:
    """The same, with what somebody typed wrongly."""
    debtor = lively_debtor(index, count=count)
    return replace(debtor, iban="NL00INGB0001234567") if index % count % CYCLE == WRONG_IBAN else debtor


def lively_debtors(*, count: int = LOAD_DEBTORS) -> Iterator[Debtor]:
    """Every debtor of a load scenario as it really is, one at a time."""
    return (lively_debtor(index, count=count) for index in range(count))


def _person(debtor: Debtor) -> Debtor:
    serial = int(debtor.number)
    first, prefix, last = FIRST_NAMES[serial % 7], PREFIXES[serial % 9], LAST_NAMES[serial // 10 % 10]
    name = " ".join(part for part in (first, prefix, last) if part)
    return replace(
        debtor,
        name=name,
        private_person=True,
        vat_number=None,
        chamber_of_commerce=None,
        email=f"persoon{serial}@post.example",
        phone=f"06-5550{serial % 10_000:04d}",
        iban=dutch_iban(serial * 97, bank="ABNA"),
        bic="ABNANL2A",
        holder_name=name,
        payment_term_days=14,
        company_id=None,
        person_id=guid("person", debtor.number),
        contact_first_name=first,
        contact_prefix=prefix,
        contact_last_name=last,
    )


def _belgian(debtor: Debtor) -> Debtor:
    serial = int(debtor.number)
    name, french = f"{_BELGIAN_NAMES[serial // CYCLE % 4]} {serial}", serial // CYCLE % 2 == 0
    city, street = ("Namur", "Rue de l'Ange") if french else ("Antwerpen", "Schelderode")
    where = replace(
        debtor,
        name=name,
        country="BE",
        language="fr" if french else "nl",
        address_1=f"{street} {serial % 90 + 1}",
        postal_code=f"{5000 + serial % 20}" if french else f"{2000 + serial % 60}",
        city=city,
        vat_number=belgian_vat_number(serial * 53),
        chamber_of_commerce=None,
        iban=belgian_iban(serial),
        bic="TRIOBEBB",
        holder_name=name,
    )
    return _visited_there(where)


def _german(debtor: Debtor) -> Debtor:
    serial = int(debtor.number)
    name = f"{_GERMAN_NAMES[serial // CYCLE % 4]} GmbH {serial}"
    where = replace(
        debtor,
        name=name,
        country="DE",
        language="de",
        address_1=f"Königstraße {serial % 90 + 1}",
        postal_code=f"{40210 + serial % 200}",
        city="Düsseldorf",
        vat_number=german_vat_number(serial * 71),
        chamber_of_commerce=None,
        iban=None,
        bic=None,
        holder_name=None,
    )
    return _visited_there(where)


def _visited_there(debtor: Debtor) -> Debtor:
    return replace(
        debtor,
        visit_address_1=debtor.address_1,
        visit_postal_code=debtor.postal_code,
        visit_city=debtor.city,
        visit_country=debtor.country,
        company_id=str(uuid.uuid5(uuid.NAMESPACE_DNS, debtor.id)),
    )
