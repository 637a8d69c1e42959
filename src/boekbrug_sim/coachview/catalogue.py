"""What else the institute has: courses, lessons, companies, persons, requests, sales lines; to read only.

Entity and field names are those seen in public material (coachview.md 4.4); what a line of an invoice tells about its
request and course is the same here. Nothing is kept: every row is made when it is asked for.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from boekbrug_sim.coachview.fields import FieldType
from boekbrug_sim.coachview.wire import Json
from boekbrug_sim.data.builder import Course
from boekbrug_sim.data.courses import COURSE_KINDS, CourseKind
from boekbrug_sim.data.dates import month_start
from boekbrug_sim.data.load import course_of
from boekbrug_sim.data.people import FIRST_NAMES, LAST_NAMES, PREFIXES, SEXES
from boekbrug_sim.data.records import Debtor, Invoice, Line
from boekbrug_sim.data.scenarios import Collection, Scenario

SPACE = uuid.UUID("4a2c9a1e-7f07-4f0b-8d52-5f1c0a1b7a55")
STAMP = ("audittrail", "gewijzigdDatumTijd")
MONTHS_BACK, MONTHS_AHEAD = 24, 8
TEACHERS, PLACES = 12, ("Utrecht", "Zwolle", "Eindhoven", "Antwerpen")
METHODS = (("REK", "Op rekening", "Op rekening"), ("INC", "Automatische incasso", "Incasso"))
LESSON_DAYS = 7

Maker = Callable[[Scenario], Collection[Json]]


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One entity: its path, its fields by dotted name, and how its rows are made of a scenario."""

    path: str
    fields: Mapping[str, FieldType]
    make: Maker


def key_of(kind: str, key: object) -> str:
    """The id of a row: the same for the same kind and key, always."""
    return str(uuid.uuid5(SPACE, f"{kind}/{key}"))


def _texts(*names: str) -> dict[str, FieldType]:
    return dict.fromkeys(names, "text")


def _numbers(*names: str) -> dict[str, FieldType]:
    return dict.fromkeys(names, "number")


def _dates(*names: str) -> dict[str, FieldType]:
    return dict.fromkeys(names, "date")


def _flags(*names: str) -> dict[str, FieldType]:
    return dict.fromkeys(names, "flag")


def _fixed(rows: list[Json], scenario: Scenario) -> Collection[Json]:
    """A few rows, all of them there from the start."""
    start = datetime.combine(scenario.dates.recent_from, time.min)
    places = {str(row["id"]): place for place, row in enumerate(rows)}
    return Collection(count=len(rows), at=rows.__getitem__, find=places.get, moment=lambda _place: start)


def _courses(scenario: Scenario) -> Iterator[Course]:
    """Every course of the two years behind and the months ahead; in the demo, those that its invoices name."""
    if scenario.name != "demo":
        for months in range(-MONTHS_BACK, MONTHS_AHEAD + 1):
            yield from (course_of(kind, month_start(scenario.dates.today, months)) for kind in COURSE_KINDS)
        return
    lines = (line for invoice in scenario.invoices for line in invoice.lines if line.course_start and line.course_end)
    named = {(line.course_kind, line.course_start, line.course_end) for line in lines}
    for kind, start, end in sorted(named, key=str):
        if kind and start and end:
            yield Course(kind=kind, start=start, end=end)


def _course_key(course: Course) -> str:
    return key_of("opleiding", f"{course.kind}/{course.start}/{course.end}")


def _kind(kind: CourseKind) -> Json:
    return {
        "id": key_of("opleidingssoort", kind.code),
        "code": kind.code,
        "naam": kind.name,
        "doel": f"De deelnemer beheerst {kind.name}.",
        "doelgroep": "Medewerkers van bedrijven en instellingen",
        "vooropleiding": None,
        "omschrijvingInhoud": kind.name,
        "opmerking": None,
        "publicatieWebsite": True,
        "inactief": False,
        "totaalBedragExclBtwGepubliceerdeVerkoopregels": float(kind.price),
    }


def _course(course: Course, today: date) -> Json:
    kind = COURSE_KINDS[course.kind]
    days = max((course.end - course.start).days, 0)
    return {
        "id": _course_key(course),
        "naam": kind.name,
        "code": f"{kind.code}-{course.start:%y%m}",
        "publicatie": course.start > today,
        "opmerking": None,
        "startDatum": f"{course.start}T00:00:00",
        "eindDatum": f"{course.end}T00:00:00",
        "opleidingStatusId": "TeStarten" if course.start > today + timedelta(days=60) else "Definitief",
        "aantalPlaatsenMax": 16,
        "aantalPlaatsenBezet": 4 + days % 12,
        "totaalAantalUur": 8 * (days // LESSON_DAYS + 1),
        "opleidingssoortId": key_of("opleidingssoort", kind.code),
        "opleidingssoort": {"id": key_of("opleidingssoort", kind.code), "code": kind.code, "naam": kind.name},
    }


def _lessons(course: Course) -> Iterator[Json]:
    """One day a week as long as the course runs."""
    kind, number, day = COURSE_KINDS[course.kind], 0, course.start
    while day <= max(course.end, course.start):
        number += 1
        yield {
            "id": key_of("opleidingsonderdeel", f"{_course_key(course)}/{number}"),
            "code": f"{kind.code}-{number:02d}",
            "naam": f"{kind.name}, dag {number}",
            "omschrijving": None,
            "opleidingId": _course_key(course),
            "volgnummer": number,
            "datum": f"{day}",
            "tijdVan": "09:00:00",
            "tijdTot": "16:30:00",
            "datumTijdVan": f"{day}T09:00:00",
            "datumTijdTot": f"{day}T16:30:00",
            "studiebelasting": 7.5,
            "maxCursisten": 16,
            "aantalVrij": 4,
            "locatie": {"lokaal": f"Lokaal {number % 5 + 1}", "bedrijf": {"naam": f"Leslocatie {PLACES[number % 4]}"}},
        }
        day += timedelta(days=LESSON_DAYS)


def _price(kind: CourseKind) -> Json:
    return {
        "id": key_of("verkoopregel", kind.code),
        "opleidingssoortId": key_of("opleidingssoort", kind.code),
        "omschrijving": kind.name,
        "type": "PP",
        "stuksprijs": float(kind.price),
        "inactief": False,
    }


def _teacher(number: int) -> Json:
    first = FIRST_NAMES[number % 10]
    return {
        "id": key_of("docent", number),
        "voorletters": f"{first[0]}.",
        "voornaam": first,
        "tussenvoegsels": PREFIXES[number % 10],
        "achternaam": LAST_NAMES[(number * 3) % 10],
        "geslacht": SEXES[number % 10],
        "email1": f"docent{number}@instituut.example",
        "bedrijfsnaam": None,
        "functie": "Docent",
    }


def _address(debtor: Debtor) -> Json:
    return {
        "adres1": debtor.address_1,
        "adres2": debtor.address_2,
        "adres3": debtor.address_3,
        "postcode": debtor.postal_code,
        "plaats": debtor.city,
        "landCode": debtor.country,
    }


def _company(debtor: Debtor) -> Json:
    external = debtor.company_external[0] if debtor.company_external else None
    return {
        "id": debtor.company_id or key_of("bedrijf", debtor.id),
        "naam": debtor.name,
        "emailadres": debtor.email,
        "telefoonnummer": debtor.phone,
        "externId": external.id if external else None,
        "externSource": external.source if external else None,
        "inactief": False,
        "adres": _address(debtor),
    }


def _person(debtor: Debtor) -> Json:
    first = debtor.contact_first_name or ""
    return {
        "id": debtor.contact_id or key_of("persoon", debtor.id),
        "titel": None,
        "voorletters": f"{first[:1]}." if first else None,
        "voornaam": debtor.contact_first_name,
        "tussenvoegsels": debtor.contact_prefix,
        "achternaam": debtor.contact_last_name,
        "email1": debtor.email,
        "tel1": debtor.phone,
        "geslacht": debtor.contact_sex,
        "inactief": False,
        "adres": _address(debtor),
    }


def _request(number: str, lines: tuple[Line, ...], invoice: Invoice) -> Json:
    """A request, as the lines of its invoice tell of it."""
    starts = [line.request_start for line in lines if line.request_start]
    ends = [line.request_end for line in lines if line.request_end]
    return {
        "id": key_of("aanvraag", number),
        "aanvraagnummer": number,
        "referentieNrKlant": next((line.request_reference for line in lines if line.request_reference), None),
        "debiteurId": invoice.debtor.id if invoice.debtor else None,
        "startDatum": f"{min(starts)}T00:00:00" if starts else None,
        "eindDatum": f"{max(ends)}T00:00:00" if ends else None,
        "aanvraagIsOrder": bool(starts),
    }


def _order_line(number: str, line: Line) -> Json:
    return {
        "id": line.id,
        "aanvraagId": key_of("aanvraag", number),
        "omschrijving": line.description,
        "aantal": _plain(line.quantity),
        "stuksprijs": _plain(line.unit_price),
        "bedragExclBtw": _plain(line.amount),
        "btw": {"code": line.vat_code, "percentage": _plain(line.vat_percentage)},
        "grootboekrekening": {"nummer": line.gl_account},
        "kostenplaats": {"code": line.cost_centre},
    }


def _plain(amount: Decimal) -> float | int:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _of_debtors(write: Callable[[Debtor], Json]) -> Maker:
    """One row for each debtor; its id is looked up among all of them once they are asked for."""

    def make(scenario: Scenario) -> Collection[Json]:
        debtors = scenario.debtors
        places: dict[str, int] = {}

        def find(record_id: str) -> int | None:
            if not places:
                places.update((str(write(debtor)["id"]), place) for place, debtor in enumerate(debtors))
            return places.get(record_id)

        return Collection(
            count=debtors.count, at=lambda place: write(debtors.at(place)), find=find, moment=debtors.moment
        )

    return make


def _of_requests(rows_of: Callable[[str, tuple[Line, ...], Invoice], list[Json]], most: int) -> Maker:
    """Rows of the requests that invoices name; of a streamed scenario those of the newest invoices, `most` of them."""

    def make(scenario: Scenario) -> Collection[Json]:
        rows: dict[str, Json] = {}
        first = max(scenario.invoices.count - most, 0)
        for place in range(first, scenario.invoices.count):
            invoice = scenario.invoices.at(place)
            for number in dict.fromkeys(line.request_number for line in invoice.lines if line.request_number):
                lines = tuple(line for line in invoice.lines if line.request_number == number)
                for row in rows_of(number, lines, invoice):
                    rows.setdefault(str(row["id"]), row)
        return _fixed(list(rows.values()), scenario)

    return make


MOST_REQUESTED = 2_000

SHELVES: Mapping[str, Shelf] = {
    shelf.path.lower(): shelf
    for shelf in (
        Shelf(
            path="Opleidingssoorten",
            fields=_texts("id", "code", "naam", "doel", "doelgroep", "vooropleiding", "omschrijvingInhoud", "opmerking")
            | _flags("publicatieWebsite", "inactief")
            | _numbers("totaalBedragExclBtwGepubliceerdeVerkoopregels"),
            make=lambda scenario: _fixed([_kind(kind) for kind in COURSE_KINDS.values()], scenario),
        ),
        Shelf(
            path="Opleidingen",
            fields=_texts("id", "naam", "code", "opmerking", "opleidingStatusId", "opleidingssoortId")
            | _texts("opleidingssoort.id", "opleidingssoort.code", "opleidingssoort.naam")
            | _flags("publicatie")
            | _dates("startDatum", "eindDatum")
            | _numbers("aantalPlaatsenMax", "aantalPlaatsenBezet", "totaalAantalUur"),
            make=lambda made: _fixed([_course(course, made.dates.today) for course in _courses(made)], made),
        ),
        Shelf(
            path="Opleidingsonderdelen",
            fields=_texts("id", "code", "naam", "omschrijving", "opleidingId", "tijdVan", "tijdTot")
            | _texts("locatie.lokaal", "locatie.bedrijf.naam")
            | _dates("datum", "datumTijdVan", "datumTijdTot")
            | _numbers("volgnummer", "studiebelasting", "maxCursisten", "aantalVrij"),
            make=lambda made: _fixed([row for course in _courses(made) for row in _lessons(course)], made),
        ),
        Shelf(
            path="Verkoopregels",
            fields=_texts("id", "opleidingssoortId", "omschrijving", "type")
            | _numbers("stuksprijs")
            | _flags("inactief"),
            make=lambda made: _fixed([_price(kind) for kind in COURSE_KINDS.values()], made),
        ),
        Shelf(
            path="Docenten",
            fields=_texts("id", "voorletters", "voornaam", "tussenvoegsels", "achternaam", "geslacht", "email1")
            | _texts("bedrijfsnaam", "functie"),
            make=lambda made: _fixed([_teacher(number) for number in range(TEACHERS)], made),
        ),
        Shelf(
            path="Locaties",
            fields=_texts("id", "lokaal", "bedrijf.naam"),
            make=lambda made: _fixed(
                [
                    {
                        "id": key_of("locatie", f"{place}/{room}"),
                        "lokaal": f"Lokaal {room}",
                        "bedrijf": {"naam": f"Leslocatie {place}"},
                    }
                    for place in PLACES
                    for room in range(1, 6)
                ],
                made,
            ),
        ),
        Shelf(
            path="Betaalwijzen",
            fields=_texts("id", "code", "naam", "type") | _flags("inactief"),
            make=lambda made: _fixed(
                [
                    {"id": key_of("betaalwijze", code), "code": code, "naam": name, "type": kind, "inactief": False}
                    for code, name, kind in METHODS
                ],
                made,
            ),
        ),
        Shelf(
            path="Bedrijven",
            fields=_texts("id", "naam", "emailadres", "telefoonnummer", "externId", "externSource")
            | _texts("adres.adres1", "adres.adres2", "adres.adres3", "adres.postcode", "adres.plaats", "adres.landCode")
            | _flags("inactief"),
            make=_of_debtors(_company),
        ),
        Shelf(
            path="Personen",
            fields=_texts("id", "titel", "voorletters", "voornaam", "tussenvoegsels", "achternaam", "email1", "tel1")
            | _texts("adres.adres1", "adres.adres2", "adres.adres3", "adres.postcode", "adres.plaats", "adres.landCode")
            | _texts("geslacht")
            | _flags("inactief"),
            make=_of_debtors(_person),
        ),
        Shelf(
            path="Aanvragen",
            fields=_texts("id", "aanvraagnummer", "referentieNrKlant", "debiteurId")
            | _dates("startDatum", "eindDatum")
            | _flags("aanvraagIsOrder"),
            make=_of_requests(lambda number, lines, invoice: [_request(number, lines, invoice)], MOST_REQUESTED),
        ),
        Shelf(
            path="Orderverkoopregels",
            fields=_texts("id", "aanvraagId", "omschrijving", "btw.code", "grootboekrekening.nummer")
            | _texts("kostenplaats.code")
            | _numbers("aantal", "stuksprijs", "bedragExclBtw", "btw.percentage"),
            make=_of_requests(
                lambda number, lines, _invoice: [_order_line(number, line) for line in lines], MOST_REQUESTED
            ),
        ),
    )
}
"""Every entity by its path in small letters."""


def scopes() -> tuple[str, ...]:
    """The scopes with which they are read."""
    return tuple(f"{shelf.path}.Lezen" for shelf in SHELVES.values())


def schema_of(shelf: Shelf, plain: Mapping[FieldType, Mapping[str, Any]]) -> Json:
    """An entity as the description tells of it."""
    made: Json = {"type": "object", "properties": {}}
    for name, kind in {**shelf.fields, ".".join(STAMP): "date"}.items():
        target = made
        *outer, last = name.split(".")
        for key in outer:
            target = target["properties"].setdefault(key, {"type": "object", "properties": {}, "nullable": True})
        target["properties"][last] = dict(plain[kind])
    return made
