"""What booking an invoice changes at its customer in Exact, both sides of each field (feature N9)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from boekbrug.domain.states import BookingState
from boekbrug.store.reading import InvoiceDetail

FIELDS: Mapping[str, str | Promise] = {
    "name": _("Naam"),
    "vat_number": _("Btw-nummer"),
    "chamber_of_commerce": _("KvK-nummer"),
    "email": _("E-mailadres"),
    "phone": _("Telefoonnummer"),
    "language": _("Taal"),
    "payment_condition": _("Betalingsconditie"),
    "line_1": _("Adresregel 1"),
    "line_2": _("Adresregel 2"),
    "line_3": _("Adresregel 3"),
    "postal_code": _("Postcode"),
    "city": _("Plaats"),
    "country": _("Land"),
    "contact": _("Contactpersoon"),
    "invoice_address": _("Factuuradres"),
    "bank_account": _("Bankrekening"),
}
IN_EXACT = frozenset({BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS})


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedField:
    """One field of the customer: what Exact had, and what Coachview says."""

    word: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerChanges:
    """The changed fields under a heading that says whether it has happened."""

    heading: str
    fields: tuple[ChangedField, ...]


def changes_of(found: InvoiceDetail) -> CustomerChanges | None:
    """What changes, or was changed, at the customer; None when nothing does."""
    if not found.customer_changes:
        return None
    done = found.state in IN_EXACT
    return CustomerChanges(
        heading=_now("Bij de relatie in Exact gewijzigd") if done else _now("Wijzigt bij de relatie in Exact"),
        fields=tuple(
            ChangedField(word=str(FIELDS.get(one.field, one.field)), before=one.before, after=one.after)
            for one in found.customer_changes
        ),
    )
