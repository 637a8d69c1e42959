"""The debtors of the practice institute: companies and persons that do not exist, each kind that real life has."""

import uuid
from dataclasses import dataclass, replace

from boekbrug_sim.data.numbers import (
    belgian_iban,
    belgian_vat_number,
    chamber_number,
    dutch_iban,
    dutch_vat_number,
    german_vat_number,
)
from boekbrug_sim.data.records import Debtor, ExternalId

SPACE = uuid.UUID("6a1b0d52-37c4-4d0e-9d5b-2f2a3c5e7b10")
LOAD_DEBTORS = 200
BELGIAN_DEBTORS = 60
_BELGIAN_IDS = uuid.UUID("1f0ad003-0000-4000-8000-000000000000").int
_LOAD_IDS = uuid.UUID("1f0ad002-0000-4000-8000-000000000000").int

FIRST_NAMES = ("Sanne", "Mohammed", "Eva", "Daan", "Fatima", "Bram", "Zoë", "Jürgen", "Noor", "Thijs")
PREFIXES = (None, None, "de", None, "van den", None, "van", None, "ter", None)
LAST_NAMES = ("Bakker", "Yılmaz", "Jansen", "Çelik", "Brink", "Smits", "Dijk", "Müller", "Horst", "Núñez")
SEXES = ("V", "M", "V", "M", "V", "M", "V", "M", "O", "M")


def guid(kind: str, key: object) -> str:
    """The id of a practice record: the same for the same kind and key, always."""
    return str(uuid.uuid5(SPACE, f"{kind}/{key}"))


@dataclass(frozen=True, kw_only=True)
class Person:
    """One row of the table of demo debtors."""

    number: str
    name: str
    street: str
    postal_code: str
    city: str
    country: str = "NL"
    private: bool = False
    term: int = 30
    language: str = "nl"
    linked: bool = False  # carries the (externId, externSource) pair that Coachview advises


DEMO_DEBTORS = {
    # known in Exact, and recognisably the same
    "waterland": Person(
        number="00101",
        name="Zorggroep Waterland",
        street="Dijkgraafplein 12",
        postal_code="1141 AB",
        city="Monnickendam",
        linked=True,
    ),
    "lageveld": Person(
        number="00102",
        name="Gemeente Lageveld",
        street="Raadhuisplein 1",
        postal_code="8011 PK",
        city="Zwolle",
        linked=True,
    ),
    "debruin": Person(
        number="00103",
        name="De Bruin Installatietechniek B.V.",
        street="Ampèrestraat 44-b",
        postal_code="3846 AN",
        city="Harderwijk",
    ),
    "havenstad": Person(
        number="00104",
        name="Havenstad Logistiek B.V.",
        street="Waalhaven Z.z. 210",
        postal_code="3089 JH",
        city="Rotterdam",
        term=60,
    ),
    "kroon": Person(
        number="00105",
        name="Kroon & Zonen Accountants",
        street="Singel 88",
        postal_code="1015 AD",
        city="Amsterdam",
        linked=True,
    ),
    "vermeer": Person(
        number="00106",
        name="Vermeer Bouwgroep B.V.",
        street="Industrieweg 7",
        postal_code="2641 RM",
        city="Pijnacker",
    ),
    "noorderlicht": Person(
        number="00107",
        name="Stichting Kinderopvang Noorderlicht",
        street="Hereweg 101",
        postal_code="9721 AA",
        city="Groningen",
        term=14,
    ),
    "pieters": Person(
        number="00108",
        name="Pieters Advies",
        street="Kerkstraat 3",
        postal_code="4331 AT",
        city="Middelburg",
        term=14,
    ),
    "delta": Person(
        number="00109",
        name="Delta Energie Services N.V.",
        street="Stationsplein 40",
        postal_code="3013 AK",
        city="Rotterdam",
        linked=True,
    ),
    "oostwal": Person(
        number="00110",
        name="Scholengroep Oostwal",
        street="Schoolstraat 25",
        postal_code="7511 EE",
        city="Enschede",
    ),
    "meander": Person(
        number="00111",
        name="Woningcorporatie Meander",
        street="Maasboulevard 9",
        postal_code="6211 JW",
        city="Maastricht",
    ),
    "zonneveld": Person(
        number="00112",
        name="Zonneveld Retail B.V.",
        street="Lijnbaan 150",
        postal_code="3012 ER",
        city="Rotterdam",
    ),
    "yilmaz": Person(
        number="00113",
        name="Ayşe Yılmaz",
        street="Javastraat 61-2",
        postal_code="1094 HA",
        city="Amsterdam",
        private=True,
        term=14,
    ),
    "anker": Person(
        number="00114",
        name="Drukkerij Het Anker B.V.",
        street="Ankerkade 5",
        postal_code="1411 RT",
        city="Naarden",
    ),
    # new: Exact does not know them yet
    "nieuwland": Person(
        number="00301",
        name="Nieuwland Advocaten B.V.",
        street="Parklaan 17",
        postal_code="3016 BB",
        city="Rotterdam",
    ),
    "vandenbos": Person(
        number="00302",
        name="Sanne van den Bos",
        street="Oudegracht 233",
        postal_code="3511 NK",
        city="Utrecht",
        private=True,
        term=14,
    ),
    "antwerpen": Person(
        number="00303",
        name="Haven Consult Antwerpen BV",
        street="Napelsstraat 79",
        postal_code="2000",
        city="Antwerpen",
        country="BE",
    ),
    "muenchen": Person(
        number="00304",
        name="Bayerische Gesellschaft für Weiterbildung und Personalentwicklung mbH",
        street="Sonnenstraße 23",
        postal_code="80331",
        city="München",
        country="DE",
        language="de",
    ),
    "jose": Person(
        number="00305",
        name="José Núñez-Sjögren",
        street="'s-Gravelandseweg 2 bis",
        postal_code="1217 EM",
        city="Hilversum",
        private=True,
        term=14,
    ),
    "elidrissi": Person(
        number="00311",
        name="Fatima El Idrissi",
        street="Kanaalstraat 190",
        postal_code="3531 CR",
        city="Utrecht",
        private=True,
        term=14,
    ),
    "namur": Person(
        number="00312",
        name="Atelier Lefèvre SRL",
        street="Rue de l'Ange 14",
        postal_code="5000",
        city="Namur",
        country="BE",
        language="fr",
    ),
    "luik": Person(
        number="00321",
        name="Formation Liège ASBL",
        street="Quai de la Batte 6",
        postal_code="4000",
        city="Liège",
        country="BE",
        language="fr",
    ),
    # a person must look at these
    "supplier": Person(
        number="00201",
        name="Bakkerij De Korenaar",
        street="Molenstraat 8",
        postal_code="5341 GC",
        city="Oss",
    ),
    "prospect": Person(
        number="00202",
        name="Tandartspraktijk Wijsheid",
        street="Burgweg 31",
        postal_code="2282 CC",
        city="Rijswijk",
    ),
    "different": Person(
        number="00204",
        name="Autobedrijf Snelrewaard",
        street="Garagepad 2",
        postal_code="3421 TX",
        city="Oudewater",
    ),
    "maybe": Person(
        number="00205",
        name="Hoveniersbedrijf Groenrijk V.O.F.",
        street="Tuinderslaan 60",
        postal_code="2672 EK",
        city="Naaldwijk",
    ),
    "ambiguous": Person(
        number="00007",
        name="Muziekschool Da Capo",
        street="Concertgebouwplein 4",
        postal_code="1071 LN",
        city="Amsterdam",
    ),
    "blocked": Person(
        number="00208",
        name="Incassoleed Holding B.V.",
        street="Achterweg 13",
        postal_code="6811 KL",
        city="Arnhem",
    ),
}

KNOWN_DEBTORS = (
    "waterland",
    "lageveld",
    "debruin",
    "havenstad",
    "kroon",
    "vermeer",
    "noorderlicht",
    "pieters",
    "delta",
    "oostwal",
    "meander",
    "zonneveld",
    "yilmaz",
    "anker",
)


def registered_debtor(key: str) -> Debtor:
    """The debtor of that key as it really is, and as Exact knows it."""
    person = DEMO_DEBTORS[key]
    serial = int(person.number)
    return _private_person(person, serial) if person.private else _company(person, serial)


def demo_debtor(key: str) -> Debtor:
    """The debtor of that key as Coachview has it, with what was typed wrongly."""
    debtor = registered_debtor(key)
    if key == "oostwal":
        return replace(debtor, vat_number="NL123456789B99")
    if key == "luik":
        return replace(debtor, vat_number=None)
    if key == "elidrissi":
        return replace(debtor, iban="NL00INGB0001234567")
    if key == "namur":
        return replace(
            debtor,
            address_1="Comptabilité, boîte 3",
            address_2="Avenue des Combattants 120",
            postal_code="1340",
            city="Ottignies-Louvain-la-Neuve",
        )
    return debtor


def load_debtor(index: int, *, count: int = LOAD_DEBTORS) -> Debtor:
    """The debtor of that index in a load scenario; there are `count`, all companies that may be known in Exact."""
    serial = 10_001 + index % count
    street = LAST_NAMES[serial % 10]
    person = Person(
        number=f"{serial:05d}",
        name=f"{LAST_NAMES[serial // 10 % 10]} {LAST_NAMES[serial % 10]} Groep {serial} B.V.",
        street=f"{street}laan {serial % 190 + 1}",
        postal_code=f"{1000 + serial % 8999} {chr(65 + serial % 26)}{chr(65 + serial // 26 % 26)}",
        city=("Amersfoort", "Assen", "Breda", "Deventer", "Ede", "Goes", "Hoorn", "Leiden")[serial % 8],
        term=14 if serial % 4 == 0 else 30,
    )
    return replace(_company(person, serial), id=str(uuid.UUID(int=_LOAD_IDS + index % count)))


BELGIAN_COMPANIES = (
    ("Werkhuizen De Smet", "Molenstraat", "Antwerpen", 2000),
    ("Ateliers Réunis Lefèvre", "Rue du Moulin", "Namur", 5000),
    ("Zorggroep 't Heilig Hart", "Sint-Jansplein", "Gent", 9000),
    ("Société Wallonne d'Électricité", "Chaussée de Charleroi", "Liège", 4000),
    ("Bouwbedrijf Van den Broeck", "Diestsesteenweg", "Leuven", 3000),
    ("Crèche L'Île aux Enfants", "Avenue des Combattants", "Ottignies-Louvain-la-Neuve", 1340),
)


def belgian_debtor(index: int) -> Debtor:
    """The debtor of that index in the scenario belgium: companies, in French and in Dutch by turns, one abroad."""
    serial = 20_001 + index
    name, street, city, code = BELGIAN_COMPANIES[index % len(BELGIAN_COMPANIES)]
    abroad = index % 15 == 14
    person = Person(
        number=f"{serial:05d}",
        name=f"{name} {serial}",
        street=f"{street} {serial % 190 + 1}",
        postal_code="5611 AA" if abroad else str(code),
        city="Eindhoven" if abroad else city,
        country="NL" if abroad else "BE",
        language="fr" if index % 2 and not abroad else "nl",
    )
    debtor = replace(_company(person, serial), id=str(uuid.UUID(int=_BELGIAN_IDS + index)))
    return replace(debtor, vat_number=None) if index % 20 == 19 else debtor


def index_of_belgian_debtor(debtor_id: str) -> int | None:
    """The index that the id of a Belgian debtor was made of."""
    return _index_in(debtor_id, _BELGIAN_IDS)


def index_of_load_debtor(debtor_id: str) -> int | None:
    """The index that the id of a load debtor was made of."""
    return _index_in(debtor_id, _LOAD_IDS)


def _index_in(record_id: str, first: int) -> int | None:
    try:
        offset = uuid.UUID(record_id).int - first
    except ValueError:
        return None
    return offset if 0 <= offset < 1 << 48 else None


def _company(person: Person, serial: int) -> Debtor:
    vat_number = {
        "NL": dutch_vat_number(serial * 37),
        "BE": belgian_vat_number(serial * 53),
        "DE": german_vat_number(serial * 71),
    }[person.country]
    iban = {"NL": dutch_iban(serial * 97), "BE": belgian_iban(serial), "DE": None}[person.country]
    number = serial % 10
    return Debtor(
        id=guid("debtor", person.number),
        number=person.number,
        name=person.name,
        vat_number=vat_number,
        chamber_of_commerce=chamber_number(serial * 13) if person.country == "NL" else None,
        address_1=person.street,
        postal_code=person.postal_code,
        city=person.city,
        country=person.country,
        visit_address_1=person.street,
        visit_postal_code=person.postal_code,
        visit_city=person.city,
        visit_country=person.country,
        email=f"facturen@debiteur{person.number}.example",
        phone=f"+31 20 555 {serial % 10000:04d}",
        iban=iban,
        bic={"NL": "INGBNL2A", "BE": "TRIOBEBB"}.get(person.country) if iban else None,
        holder_name=person.name if iban else None,
        payment_term_days=person.term,
        language=person.language,
        company_id=guid("company", person.number),
        company_external=(ExternalId(id=str(serial), source="Exact"),) if person.linked else (),
        contact_id=guid("person", person.number),
        contact_sex=SEXES[number],
        contact_first_name=FIRST_NAMES[number],
        contact_prefix=PREFIXES[number],
        contact_last_name=LAST_NAMES[number],
    )


def _private_person(person: Person, serial: int) -> Debtor:
    first, *rest = person.name.split()
    prefix = " ".join(rest[:-1]) or None
    return Debtor(
        id=guid("debtor", person.number),
        number=person.number,
        name=person.name,
        private_person=True,
        address_1=person.street,
        postal_code=person.postal_code,
        city=person.city,
        country=person.country,
        visit_address_1=person.street,
        visit_postal_code=person.postal_code,
        visit_city=person.city,
        visit_country=person.country,
        email=f"persoon{person.number}@post.example",
        phone=f"06-5550{serial % 10000:04d}",
        iban=dutch_iban(serial * 97, bank="ABNA"),
        bic="ABNANL2A",
        holder_name=person.name,
        payment_term_days=person.term,
        language=person.language,
        person_id=guid("person", person.number),
        contact_id=guid("person", person.number),
        contact_sex="V",
        contact_first_name=first,
        contact_prefix=prefix,
        contact_last_name=rest[-1],
    )
