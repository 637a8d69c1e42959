"""What people decided, and what we met before: debtors that are customers, codes that mean codes."""

from django.db import models
from django.db.models.functions import Now

from boekbrug.store.models.administration import Administration
from boekbrug.store.models.integration import Integration
from boekbrug.store.models.organisation import Organisation


class DebtorLink(models.Model):
    """This debtor of Coachview is that customer of Exact, chosen by a person or met when we booked (who is empty).

    `belongings` are contact person, invoice address and bank account as we last put them; `unfinished`: we were making
    the customer, and its belongings are not all there yet.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="debtor_links")
    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="debtor_links")
    debtor_id = models.CharField(max_length=100)
    customer_id = models.CharField(max_length=40, blank=True)
    create_anyway = models.BooleanField(default=False)
    make_customer = models.BooleanField(default=False)
    belongings = models.JSONField(null=True)
    unfinished = models.BooleanField(default=False, db_default=False)
    who = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        """One row per debtor and administration."""

        constraints = (
            models.UniqueConstraint(fields=["organisation", "administration", "debtor_id"], name="debtor_link_once"),
        )


class MappingKind(models.TextChoices):
    """Which codes a mapping row translates (options.md, "Mapping tables")."""

    VAT_CODE = "vat_code"
    GL_ACCOUNT = "gl_account"
    COST_CENTRE = "cost_centre"
    PAYMENT_TERM = "payment_term"


class Mapping(models.Model):
    """Coachview's code `from_code` is Exact's `to_code`: by whom it was said, and when."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=20, choices=MappingKind.choices)
    from_code = models.CharField(max_length=100)
    to_code = models.CharField(max_length=100)
    who = models.CharField(max_length=200, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        """One meaning per code."""

        constraints = (
            models.UniqueConstraint(fields=["integration", "kind", "from_code"], name="mapping_once"),
            models.CheckConstraint(condition=models.Q(kind__in=MappingKind.values), name="mapping_kind"),
        )


class MappingChange(models.Model):
    """One decision about a code: from what to what, by whom and when; never updated. Empty means no row."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="mapping_changes")
    kind = models.CharField(max_length=20)
    from_code = models.CharField(max_length=100)
    old_code = models.CharField(max_length=100, blank=True)
    new_code = models.CharField(max_length=100, blank=True)
    who = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Read per integration, newest first."""

        indexes = (models.Index(fields=["integration", "-id"], name="mapping_change_newest"),)
