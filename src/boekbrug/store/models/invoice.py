"""Invoices as received."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F
from django.db.models.fields.json import KT
from django.db.models.functions import Length
from django.utils import timezone

from boekbrug.store.models.organisation import Organisation

WHOLE_NUMBER = r"^[0-9]{1,18}$"


class Invoice(models.Model):
    """An invoice of a Coachview environment: the raw text, our reading of it (null: unreadable) and its problems.

    `fingerprint` holds the fields that `book()` uses, by path, so that a later change can be told in words.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invoices")
    source_id = models.CharField(max_length=100)
    number = models.CharField(max_length=50, blank=True)
    invoice_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    debtor_id = models.CharField(max_length=100, blank=True)
    debtor_name = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total_excl = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    total_vat = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    total_incl = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    raw = models.TextField()
    record = models.JSONField(null=True)
    unreadable = models.JSONField(default=list)
    fingerprint = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """(Coachview environment, invoice id) is the identity (exactly-once.md, "Who owns what")."""

        constraints = (models.UniqueConstraint(fields=["organisation", "source_id"], name="invoice_identity"),)
        indexes = (
            models.Index(fields=["organisation", "number"], name="invoice_number"),
            models.Index(fields=["organisation", "-invoice_date"], name="invoice_date"),
            models.Index(fields=["organisation", "debtor_id"], name="invoice_debtor"),
            models.Index(fields=["organisation", "debtor_name", "id"], name="invoice_by_debtor_name"),
            models.Index(fields=["organisation", "total_incl", "id"], name="invoice_by_total"),
            models.Index(
                F("organisation"), Length(KT("record__debtor__number")).desc(), name="invoice_longest_debtor_number"
            ),
            models.Index(
                F("organisation"),
                Length("number").desc(),
                F("number").desc(),
                condition=models.Q(number__regex=WHOLE_NUMBER),
                name="invoice_largest_number",
            ),
            GinIndex(SearchVector("debtor_name", config="simple"), name="invoice_debtor_words"),
        )
