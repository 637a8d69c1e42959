"""A person asks for a missing PDF to be put now (booking.md, "PDF")."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.bookings import IN_EXACT
from boekbrug.store.models import Booking
from boekbrug.store.moves import By, remark
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import Step

WANTED = (PdfState.MISSING, PdfState.DUE)
RETRIED_PDF = "retried-pdf"


def can_retry(state: BookingState, pdf: PdfState) -> bool:
    """Whether a PDF is still to be put with an entry that is booked."""
    return state in IN_EXACT and pdf in WANTED


def retry_pdfs(booking_ids: Collection[int], *, by: By, now: datetime) -> int:
    """Try the missing PDFs of these booked invoices at once; how many. The entries stay as they are."""
    with transaction.atomic():
        rows = Booking.objects.select_for_update(of=("self",)).filter(
            id__in=booking_ids, state__in=IN_EXACT, pdf_state__in=WANTED
        )
        found = list(rows.order_by("id"))
        Booking.objects.filter(id__in=[row.id for row in found]).update(pdf_retry_at=now)
        for row in found:
            remark([row.id], BookingState(row.state), by=by, at=now, why=RETRIED_PDF)
        for administration_id in sorted({row.administration_id for row in found if row.administration_id is not None}):
            make_due(administration_id, Step.PDF, now)
        return len(found)
