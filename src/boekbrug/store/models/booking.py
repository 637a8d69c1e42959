"""Bookings: the one row per invoice that says where it stands, its history, and what was noticed afterwards."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from boekbrug.store.models.administration import Administration
from boekbrug.store.models.integration import Integration
from boekbrug.store.models.invoice import Invoice
from boekbrug.store.models.organisation import Organisation

STATES = ("received", "ready", "held", "skipped", "booking", "unknown", "booked", "proven", "differs")
PDF_STATES = ("none", "due", "done", "missing")


class Booking(models.Model):
    """What happens with one invoice; survives its integration (exactly-once.md, "States of a booking").

    `organisation`, `invoice_date` and `number` repeat the invoice's for fast lists. `retry_at`: not before this
    moment. `claimed_by` is the lease number under which it moved to `booking`; `generation` counts how often a person
    had it booked again. `unconfirmed`: Coachview does not know yet where it stands, `confirmed_as` is what was last
    written there. `used_fingerprint` is what the invoice looked like when it was claimed, `sent` the entry that
    its intent carried. `causes` are the causes of the problems that hold, in rule order. `document_id` is the
    document that went along with the entry; `customer_changes` what the last check would change at its customer,
    `calls` how many calls to Exact it found that booking costs, without the PDF's.
    `look_first`: after a restore something of it may be in Exact that we forgot, so each POST is looked up before.
    """

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="booking")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bookings")
    integration = models.ForeignKey(Integration, on_delete=models.SET_NULL, null=True, related_name="bookings")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, null=True, related_name="bookings")
    invoice_date = models.DateField(null=True)
    number = models.CharField(max_length=50, blank=True)
    mark = models.CharField(max_length=8, unique=True)

    state = models.CharField(max_length=10, default="received")
    state_since = models.DateTimeField(default=timezone.now)
    needs_check = models.BooleanField(default=True)
    reread = models.BooleanField(default=False)
    retry_at = models.DateTimeField(null=True)
    generation = models.IntegerField(default=0)
    claimed_by = models.BigIntegerField(null=True)
    book_anyway = models.BooleanField(default=False)
    look_first = models.BooleanField(default=False, db_default=False)

    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    causes = ArrayField(models.CharField(max_length=300), default=list)
    skip_reason = models.CharField(max_length=20, blank=True)
    skip_values = models.JSONField(default=list)

    exported_on = models.DateField(null=True)
    used_fingerprint = models.JSONField(null=True)
    sent = models.JSONField(null=True)
    options_version = models.IntegerField(null=True)
    exact_customer_id = models.CharField(max_length=40, blank=True)
    entry_id = models.CharField(max_length=40, blank=True)
    entry_number = models.BigIntegerField(null=True)
    journal = models.CharField(max_length=20, blank=True)
    year = models.IntegerField(null=True)
    period = models.IntegerField(null=True)
    booked_at = models.DateTimeField(null=True)

    pdf_state = models.CharField(max_length=10, default="none")
    pdf_retry_at = models.DateTimeField(null=True)
    document_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    customer_changes = models.JSONField(default=list, db_default=[])
    calls = models.SmallIntegerField(default=1, db_default=1)

    unconfirmed = models.BooleanField(default=False, db_default=False)
    confirmed_as = models.JSONField(null=True)

    class Meta:
        """One entry cannot be adopted by two invoices; lists go by organisation or administration and state.

        The organisation's own index is no luxury: counting all its invoices by any other one reads the table crosswise.
        """

        constraints = (
            models.UniqueConstraint(
                fields=["administration", "entry_id"], condition=~models.Q(entry_id=""), name="booking_entry_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="booking_state"),
            models.CheckConstraint(condition=models.Q(pdf_state__in=PDF_STATES), name="booking_pdf_state"),
        )
        indexes = (
            models.Index(fields=["organisation", "state", "-invoice_date"], name="booking_list_state"),
            models.Index(fields=["organisation", "-invoice_date", "-id"], name="booking_list"),
            models.Index(fields=["organisation", "number"], name="booking_number"),
            models.Index(
                fields=["organisation", "number"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="booking_number_start",
            ),
            models.Index(
                fields=["organisation", "-booked_at"],
                condition=models.Q(booked_at__isnull=False),
                name="booking_booked_at",
            ),
            models.Index(
                fields=["administration", "invoice_date"],
                condition=models.Q(needs_check=True),
                name="booking_to_check",
            ),
            models.Index(
                fields=["administration", "invoice_date", "number"],
                condition=models.Q(state="ready"),
                name="booking_ready",
            ),
            models.Index(
                fields=["administration", "state"],
                condition=models.Q(state__in=["booking", "unknown"]),
                name="booking_in_flight",
            ),
            models.Index(
                fields=["administration", "journal", "entry_number"],
                condition=models.Q(state="booked"),
                name="booking_unproven",
            ),
            models.Index(
                fields=["administration", "pdf_retry_at"],
                condition=models.Q(pdf_state__in=["due", "missing"]),
                name="booking_pdf",
            ),
            models.Index(
                fields=["administration", "id"], condition=models.Q(unconfirmed=True), name="booking_unconfirmed"
            ),
            GinIndex(fields=["causes"], condition=models.Q(state="held"), name="booking_causes"),
        )


class BookingHistory(models.Model):
    """One move of a booking: when, who (person, run, system), from where to where and why."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField()
    who_kind = models.CharField(max_length=10)
    who_name = models.CharField(max_length=200, blank=True)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    why = models.TextField(blank=True)

    class Meta:
        """Read per booking, in order of writing."""

        indexes = (models.Index(fields=["booking", "id"], name="booking_history_order"),)


class FindingState(models.TextChoices):
    """Whether somebody must still look; `gone`: both sides agree again."""

    OPEN = "open"
    ACCEPTED = "accepted"
    GONE = "gone"


class Finding(models.Model):
    """Something noticed after booking, with both sides: changed in Coachview, differs from Exact, missing."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=30)
    ours = models.JSONField()
    theirs = models.JSONField()
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    found_at = models.DateTimeField()
    who = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """At most one open finding of a kind per booking."""

        constraints = (
            models.UniqueConstraint(
                fields=["booking", "kind"], condition=models.Q(state="open"), name="finding_open_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=FindingState.values), name="finding_state"),
        )
