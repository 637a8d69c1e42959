"""Our books while koppelingen are in review after a restore: what was matched with Exact, and what is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min, QuerySet

from boekbrug.domain.entry import SalesEntry
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState
from boekbrug.store import models
from boekbrug.store.bookings import by_run, entry_taken, number_in_use, write_booked
from boekbrug.store.books import Books
from boekbrug.store.held import because, held_values
from boekbrug.store.leases import Lease, Shift, change
from boekbrug.store.links import link_debtor
from boekbrug.store.models import IntegrationState
from boekbrug.store.moves import move
from boekbrug.store.records import write
from boekbrug.store.rows import booking_of
from boekbrug.store.steps import PROOF_WAIT, make_due
from boekbrug.sync.failures import LeaseLost
from boekbrug.sync.ports import Booking, MadeEntry, Step

BY_REVIEW = "by review"
LEFT = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD, BookingState.SKIPPED)


class ReviewBooks:
    """The port `Review`: each method is one transaction under the lease."""

    def __init__(self, lease: Lease, now: Callable[[], datetime]) -> None:
        self._shift = Shift(lease=lease, now=now, koppelingen=IntegrationState.REVIEW)
        self.books = Books(lease, now, IntegrationState.REVIEW)

    def since(self) -> datetime | None:
        """From when on Exact's entries are matched; None when no koppeling waits for its review."""
        rows = self._reviews().filter(done_at__isnull=True, integration__activated_at__isnull=False)
        found: datetime | None = rows.aggregate(first=Min("since"))["first"]
        return found

    def waiting(self, limit: int) -> tuple[Booking, ...]:
        """Invoices that are ready to be booked and were not matched yet, oldest first."""
        rows = self._left().filter(state=BookingState.READY, needs_check=False, look_first=False)
        ordered = rows.select_related("invoice").order_by("invoice_date", "number", "id")
        return tuple(booking_of(row) for row in ordered[:limit])

    def adopted(self, booking: Booking, entry: SalesEntry, made: MadeEntry) -> None:
        """Move to `booked`, by review: what was sent is what the invoice would become now; proven as usual."""
        with change(self._shift) as at:
            row = self._locked(booking)
            if entry_taken(row, made.answer.exact_id):
                row.sent = write(entry)
                self._hold(row, number_in_use(row, made.answer.entry_number), at)
                return
            row.sent, row.used_fingerprint = write(entry), row.invoice.fingerprint
            row.save(update_fields=["used_fingerprint"])
            write_booked(row, entry, made, by=by_run(self._shift), at=at, why=BY_REVIEW)
            models.Booking.objects.filter(id=row.id).update(look_first=True)
            models.Review.objects.filter(integration_id=booking.integration_id).update(found=F("found") + 1)
            if booking.invoice is not None:
                link_debtor(self._shift, booking.organisation_id, booking.invoice.debtor.id, made.customer_id)
            make_due(self._shift.administration_id, Step.PROVE, at + PROOF_WAIT)
            make_due(self._shift.administration_id, Step.PDF, at)

    def taken(self, booking: Booking, problem: Problem) -> None:
        """The number is somebody else's: held for a person."""
        with change(self._shift) as at:
            self._hold(self._locked(booking), problem, at)

    def absent(self, bookings: Sequence[Booking]) -> None:
        """Not in Exact: they stay ready; what is sent for them later is looked up once more before."""
        with change(self._shift):
            rows = self._left().filter(id__in=[booking.id for booking in bookings], look_first=False)
            for integration_id in list(rows.values_list("integration_id", flat=True)):
                models.Review.objects.filter(integration_id=integration_id).update(absent=F("absent") + 1)
            rows.update(look_first=True)

    def done(self) -> None:
        """All is matched; what is held or skipped is looked up before it is sent, when it heals."""
        with change(self._shift) as at:
            self._left().update(look_first=True)
            self._reviews().filter(done_at__isnull=True).update(done_at=at)

    def _reviews(self) -> QuerySet[models.Review]:
        return models.Review.objects.filter(
            integration__administration_id=self._shift.administration_id, integration__state=IntegrationState.REVIEW
        )

    def _left(self) -> QuerySet[models.Booking]:
        return models.Booking.objects.filter(
            administration_id=self._shift.administration_id, integration__state=IntegrationState.REVIEW, state__in=LEFT
        )

    def _locked(self, booking: Booking) -> models.Booking:
        rows = self._left().select_related("invoice").select_for_update(of=("self",))
        row = rows.filter(id=booking.id, state=booking.state).first()
        if row is None:
            raise LeaseLost(f"booking {booking.id} is not in {booking.state} any more")
        return row

    def _hold(self, row: models.Booking, problem: Problem, at: datetime) -> None:
        values = {**held_values([problem]), "look_first": True}
        by = by_run(self._shift)
        move(row.id, BookingState(row.state), BookingState.HELD, by=by, at=at, why=because([problem]), **values)
        models.Review.objects.filter(integration=row.integration).update(taken=F("taken") + 1)


@dataclass(frozen=True, kw_only=True)
class ReviewShown:
    """How far the review of a koppeling is; `connected`: somebody has logged in to Exact since the restore.

    `may_resume`: it has ended, or there was nothing to match because the koppeling has never booked.
    """

    administration_id: int | None
    connected: bool
    since: datetime
    done_at: datetime | None
    may_resume: bool
    found: int
    taken: int
    absent: int
    failing: bool
    next_at: datetime | None


def show_review(integration_id: int) -> ReviewShown | None:
    """The review of a koppeling; None when it is not in review."""
    row = models.Integration.objects.select_related("review", "login").filter(id=integration_id).first()
    if row is None or row.state != IntegrationState.REVIEW:
        return None
    step = models.DueStep.objects.filter(administration_id=row.administration_id or 0, step=Step.REVIEW).first()
    return review_shown(row, failures=step.failures if step else 0, next_at=step.due_at if step else None)


def review_shown(row: models.Integration, *, failures: int, next_at: datetime | None) -> ReviewShown | None:
    """The review of a koppeling that was read with it and with its login; `failures` and `next_at` of the step."""
    if row.state != IntegrationState.REVIEW or not hasattr(row, "review"):
        return None
    review = row.review
    return ReviewShown(
        administration_id=row.administration_id,
        connected=row.login is not None and bool(row.login.refresh_mark),
        since=review.since,
        done_at=review.done_at,
        may_resume=review.done_at is not None or row.activated_at is None,
        found=review.found,
        taken=review.taken,
        absent=review.absent,
        failing=failures > 0,
        next_at=next_at,
    )
