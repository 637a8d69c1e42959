"""An institute to look at: people, a koppeling, and an invoice in every state, with entries that `book()` made."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.contrib.auth.hashers import make_password
from tests.domain import builders

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.invoice import Course, Invoice
from boekbrug.domain.option_values import write_options
from boekbrug.domain.options import Options
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.reference import CostCentre
from boekbrug.store import models
from boekbrug.store.records import read_problems, write, write_problems

NIGHT = datetime(2026, 11, 24, 1, 14, 9, tzinfo=UTC)
PASSWORD = "een-lang-wachtwoord"
HASHED = make_password(PASSWORD, hasher="pbkdf2_sha256")


@dataclass(kw_only=True)
class Institute:
    """An organisation with its koppeling."""

    organisation: models.Organisation
    integration: models.Integration
    administration: models.Administration
    made: dict[str, models.Booking] = field(default_factory=dict)


def person(mail: str, institute: Institute | None = None, role: str = "financieel", **fields: Any) -> models.User:
    """Somebody who can log in with PASSWORD, a member when an institute is given."""
    user = models.User.objects.create(email=mail, password=HASHED, **fields)
    if institute is not None:
        models.Membership.objects.create(organisation=institute.organisation, user=user, role=role)
    return user


def institute(name: str = "Opleidingen Noord", division: int = 2187645, **fields: Any) -> Institute:
    """An institute whose koppeling is active and connected; `fields` change the koppeling."""
    organisation = models.Organisation.objects.create(name=name, fetched_until=NIGHT)
    administration = models.Administration.objects.create(
        client_id="client",
        site="NL",
        division=division,
        name=f"{name} B.V.",
        day_used=311,
        day_limit=5000,
        day_resets_at=NIGHT + timedelta(days=3650),
    )
    login = models.Login.objects.create(
        site="NL", client_id="client", obtained_at=NIGHT, exact_user="J. de Wit", created_at=NIGHT
    )
    values: dict[str, Any] = {
        "organisation": organisation,
        "administration": administration,
        "login": login,
        "name": "Exact Online",
        "state": "active",
        "activated_at": NIGHT - timedelta(days=90),
        "exact_state": "green",
        "exact_reason": "",
        "coachview_state": "green",
        "coachview_reason": "",
    }
    made = Institute(
        organisation=organisation,
        integration=models.Integration.objects.create(**values | fields),
        administration=administration,
    )
    _save_options(made)
    _copy_reference(made)
    return made


def options(**fields: Any) -> Options:
    """The options of the koppeling."""
    values: dict[str, Any] = {
        "division": 2187645,
        "book_from": date(2026, 1, 1),
        "deferred_revenue": True,
        "debtor_prefix": "9",
    }
    return Options(**values | fields)


def _save_options(made: Institute) -> None:
    values = write_options(options())
    before = {**values, "deferred_revenue": False}
    for number, (saved, old) in enumerate(((before, {}), (values, before)), start=1):
        models.OptionVersion.objects.create(
            integration=made.integration,
            number=number,
            saved_at=NIGHT - timedelta(days=92 - number),
            saved_by="beheer@noord.example",
            values=saved,
            changes={k: {"old": old.get(k), "new": v} for k, v in saved.items() if old.get(k) != v},
        )


def _copy_reference(made: Institute) -> None:
    known = reference()
    kinds = {
        "journal": known.journals,
        "gl_account": known.gl_accounts,
        "vat_code": known.vat_codes,
        "cost_centre": known.cost_centres,
    }
    models.ReferenceRow.objects.bulk_create(
        models.ReferenceRow(administration=made.administration, kind=kind, code=code, record=write(record))
        for kind, records in kinds.items()
        for code, record in records.items()
    )


def reference() -> Any:
    """What Exact knows."""
    return builders.reference(
        gl_accounts=builders.by_code(
            builders.gl_account("8000", description="Omzet trainingen"),
            builders.gl_account("8010", description="Omzet lesmateriaal"),
        ),
        vat_codes=builders.by_code(
            builders.vat_code("2", description="Btw hoog 21%, exclusief"),
            builders.vat_code("1", builders.LOW, description="Btw laag 9%, exclusief"),
        ),
        cost_centres=builders.by_code(CostCentre(code="UTR", description="Utrecht")),
        customers=(builders.customer(code="900042"),),
    )


def training(number: str, debtor: str, amount: str = "800.00", *, day: date = date(2026, 11, 20)) -> Invoice:
    """An invoice for a course of five months, with a book at nine percent."""
    course = Course(code="LEAN-GB", kind="LEAN", start=day, end=date(2027, 3, 31))
    book = Decimal(amount) / 10
    return builders.invoice(
        builders.line(amount, description="Lean Green Belt, najaar 2026", course=course, cost_centre="UTR"),
        builders.line(
            f"{book:.2f}",
            id="l-2",
            number=2,
            description="Lesboek Lean Green Belt",
            vat_code="1",
            vat_percentage=builders.LOW,
            gl_account="8010",
            course=None,
        ),
        id=f"cv-{number}",
        number=number,
        invoice_date=day,
        definitive_on=day,
        due_date=day + timedelta(days=30),
        debtor=builders.debtor(name=debtor),
    )


def entry(invoice: Invoice) -> SalesEntry:
    """The entry that the rules make of it."""
    return builders.booked(invoice, options(), reference(), today=date(2026, 11, 24)).entry


def add(made: Institute, invoice: Invoice, state: str, **fields: Any) -> models.Booking:
    """The invoice in a state; `fields` change the booking."""
    received = models.Invoice.objects.create(
        organisation=made.organisation,
        source_id=invoice.id,
        number=invoice.number,
        invoice_date=invoice.invoice_date,
        due_date=invoice.due_date,
        debtor_id=invoice.debtor.id,
        debtor_name=invoice.debtor.name,
        currency=invoice.currency,
        total_excl=invoice.total_excl,
        total_vat=invoice.total_vat,
        total_incl=invoice.total_incl,
        raw="{}",
        record=write(invoice),
        changed_at=NIGHT,
        received_at=NIGHT - timedelta(minutes=12),
    )
    values: dict[str, Any] = {
        "invoice": received,
        "organisation": made.organisation,
        "integration": made.integration,
        "administration": made.administration,
        "invoice_date": invoice.invoice_date,
        "number": invoice.number,
        "mark": f"{received.pk:08x}",
        "state": state,
    }
    if state in {"booked", "proven", "differs"}:
        values |= {
            "sent": write(entry(invoice)),
            "entry_id": f"entry-{received.pk}",
            "entry_number": int(invoice.number),
            "booked_at": NIGHT,
            "options_version": 2,
            "pdf_state": "done",
        }
    causes = [problem.cause for problem in read_problems(fields.get("problems", []))]
    booking = models.Booking.objects.create(**values | {"causes": causes} | fields)
    _history(booking, state)
    made.made[invoice.number] = booking
    return booking


PATHS = {
    "received": (),
    "ready": ("ready",),
    "held": ("held",),
    "skipped": ("skipped",),
    "booking": ("ready", "booking"),
    "unknown": ("ready", "booking", "unknown"),
    "booked": ("ready", "booking", "booked"),
    "proven": ("ready", "booking", "booked", "proven"),
    "differs": ("ready", "booking", "booked", "differs"),
}


def _history(booking: models.Booking, state: str) -> None:
    states = ("", "received", *PATHS[state])
    for place, (old, new) in enumerate(pairwise(states)):
        models.BookingHistory.objects.create(
            booking=booking,
            at=NIGHT + timedelta(seconds=14 * place),
            who_kind="run",
            from_state=old,
            to_state=new,
        )


def vat_code_unknown(code: str = "2H") -> Problem:
    """The VAT code that Exact does not know."""
    return report("vat-code-unknown", Subject(line=1, kind="vat_code", key=code), code=code, percentage="21%", line=1)


def period_closed() -> Problem:
    """The period that the accountant has closed."""
    subject = Subject(kind="period", key="70 2026-6")
    return report("period-closed", subject, journal="70", year=2026, period=6)


def furnish(made: Institute) -> Institute:
    """An invoice in every state."""
    day = date(2026, 11, 23)
    held = write_problems([vat_code_unknown()])
    closed = write_problems([period_closed()])
    add(made, training("20260312", "Zorggroep De Linde"), "held", problems=held)
    add(made, training("20260317", "M. van den Heuvel", "500.00"), "held", problems=held)
    add(made, training("20260318", "Gemeente Súdwest-Fryslân", "1500.00"), "held", problems=closed)
    add(made, training("20260331", "Bouwbedrijf Jansen & Zonen", day=day), "unknown")
    add(made, training("20260332", "Stichting Vakopleiding Noord-Nederland", "12500.00", day=day), "proven")
    add(made, training("20260333", "Bakkerij Jansen", "640.00", day=day), "booked", pdf_state="missing")
    add(made, training("20260334", "Installatietechniek Van der Meulen", day=day), "booked")
    differing = add(made, training("20260335", "Ziekenhuis Nij Smellinghe", day=day), "differs")
    models.Finding.objects.create(
        booking=differing,
        kind="differs-from-exact",
        ours=[{"field": "cost_centre", "line": 1, "value": "UTR"}],
        theirs=[{"field": "cost_centre", "line": 1, "value": ""}],
        found_at=NIGHT,
    )
    add(made, training("20260336", "Rabobank", day=day), "ready", retry_at=NIGHT + timedelta(days=3650), claimed_by=1)
    add(made, training("20260337", "De Friesland", day=day), "received")
    broken = write_problems([report("internal-error", Subject(), error="KeyError")])
    add(made, training("20260338", "Waterschap Hunze en Aa’s", day=day), "held", problems=broken)
    add(made, training("20250981", "Oude Rekening B.V.", day=date(2026, 3, 2)), "skipped", skip_reason="before-start")
    return made
