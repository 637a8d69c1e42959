"""What else decides whether options are taken: what was saved, booked and seen before (option_rules.judge)."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Length

from boekbrug.domain.option_rules import Situation
from boekbrug.domain.options import Options
from boekbrug.domain.reference import Journal, Reference
from boekbrug.domain.states import BookingState
from boekbrug.store.models import Booking, Integration, Invoice, ReferenceRow
from boekbrug.store.models.invoice import WHOLE_NUMBER
from boekbrug.store.options import options_of
from boekbrug.store.records import read

BOOKED = (BookingState.BOOKING, BookingState.UNKNOWN, BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS)


def situation_of(integration: Integration) -> Situation:
    """The situation of an integration that was saved before."""
    saved = options_of(integration.id).options
    return situation_in(
        integration,
        saved,
        _reference(integration, saved),
        booked=booked_by(integration.id).exists(),
        longest_debtor_number=longest_debtor_number(integration.organisation_id).first() or "",
        largest_invoice_number=int(largest_invoice_number(integration.organisation_id).first() or 0),
    )


def situation_in(
    integration: Integration,
    saved: Options,
    copy: Reference | None,
    *,
    booked: bool,
    longest_debtor_number: str,
    largest_invoice_number: int,
) -> Situation:
    """The situation of an integration, of what was read of it; a copy that does not tell its country tells nothing."""
    return Situation(
        saved=saved,
        token_held=integration.login is not None and bool(integration.login.refresh_mark),
        something_booked=booked,
        reference=copy if copy is not None and copy.country else None,
        divisions=_divisions(integration),
        longest_debtor_number=longest_debtor_number,
        largest_invoice_number=largest_invoice_number,
    )


def _divisions(integration: Integration) -> frozenset[int] | None:
    """What the login reaches, or None while nobody is logged in or that was not read."""
    login = integration.login
    if login is None or not login.refresh_mark or not login.reaches:
        return None
    return frozenset(int(number) for number in login.reaches)


def _reference(integration: Integration, saved: Options) -> Reference | None:
    """Country and journals of the copy, or None while nothing was read."""
    rows = ReferenceRow.objects.filter(administration_id=integration.administration_id or 0)
    about = rows.filter(kind="division").first()
    if about is None:
        return None
    journals = [read(Journal, record) for record in rows.filter(kind="journal").values_list("record", flat=True)]
    return Reference(
        division=saved.division or 0,
        country=about.record["country"],
        currency=about.record["currency"],
        journals={journal.code: journal for journal in journals},
    )


def booked_by(integration_id: Any) -> QuerySet[Booking]:
    """What a koppeling has booked, or is booking; its id may come from an outer query."""
    return Booking.objects.filter(integration_id=integration_id, state__in=BOOKED)


def longest_debtor_number(organisation_id: Any) -> QuerySet[Invoice, str]:
    """The longest debtor number of an organisation, found by its index."""
    rows = Invoice.objects.filter(organisation_id=organisation_id, record__isnull=False)
    numbers = rows.annotate(debtor_number=KT("record__debtor__number")).order_by(Length("debtor_number").desc())
    return numbers.values_list("debtor_number", flat=True)[:1]


def largest_invoice_number(organisation_id: Any) -> QuerySet[Invoice, str]:
    """The longest number decides: digits only, the last of the longest ones."""
    rows = Invoice.objects.filter(organisation_id=organisation_id, number__regex=WHOLE_NUMBER)
    return rows.order_by(Length("number").desc(), "-number").values_list("number", flat=True)[:1]
