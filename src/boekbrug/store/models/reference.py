"""The local copy of what Exact has, per administration."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from boekbrug.store.models.administration import Administration


class ReferenceRow(models.Model):
    """One record of a full read (journal, account, VAT code, ...) as JSON of the domain record."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="reference_rows")
    kind = models.CharField(max_length=30)
    code = models.CharField(max_length=100)
    record = models.JSONField()

    class Meta:
        """One row per kind and code."""

        constraints = (models.UniqueConstraint(fields=["administration", "kind", "code"], name="reference_row_once"),)


class CustomerCopy(models.Model):
    """One relation of Exact; the keys are normalised so that only the customers that matter are loaded."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="customers")
    exact_id = models.CharField(max_length=40)
    code_key = models.CharField(max_length=40)
    vat_key = models.CharField(max_length=40, blank=True)
    chamber_key = models.CharField(max_length=40, blank=True)
    iban_keys = ArrayField(models.CharField(max_length=40), default=list)
    record = models.JSONField()

    class Meta:
        """Found by each key."""

        constraints = (models.UniqueConstraint(fields=["administration", "exact_id"], name="customer_copy_once"),)
        indexes = (
            models.Index(fields=["administration", "code_key"], name="customer_copy_code"),
            models.Index(fields=["administration", "vat_key"], name="customer_copy_vat"),
            models.Index(fields=["administration", "chamber_key"], name="customer_copy_chamber"),
            GinIndex(fields=["iban_keys"], name="customer_copy_iban"),
        )


class ProjectCopy(models.Model):
    """One project of Exact."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="projects")
    exact_id = models.CharField(max_length=40)
    code = models.CharField(max_length=100)
    record = models.JSONField()

    class Meta:
        """Found by code."""

        constraints = (models.UniqueConstraint(fields=["administration", "exact_id"], name="project_copy_once"),)
        indexes = (models.Index(fields=["administration", "code"], name="project_copy_code"),)


class ReferenceMark(models.Model):
    """Up to where an endpoint was read: sync endpoints have a timestamp, `full` a moment and the number of its copy.

    `calls` is what reading all of it took, for the forecast of the next night.
    """

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="reference_marks")
    endpoint = models.CharField(max_length=30)
    timestamp = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    calls = models.IntegerField(default=0, db_default=0)

    class Meta:
        """One mark per endpoint."""

        constraints = (models.UniqueConstraint(fields=["administration", "endpoint"], name="reference_mark_once"),)
