"""Integrations (koppelingen) and every version of their options."""

from django.db import models
from django.utils import timezone

from boekbrug.store.models.administration import Administration
from boekbrug.store.models.login import Login
from boekbrug.store.models.organisation import Organisation


class IntegrationState(models.TextChoices):
    """Where an integration stands; `enabled` waits for a connection and a checklist without red.

    `review`: a backup was restored; nothing is sent until a person has seen what is in Exact (Review).
    """

    DRAFT = "draft"
    ENABLED = "enabled"
    ACTIVE = "active"
    PAUSED = "paused"
    REVIEW = "review"
    DELETED = "deleted"


class RoundState(models.TextChoices):
    """Where a bulk run stands; nothing (empty) between two runs."""

    FETCHING = "fetching"
    BOOKING = "booking"


class Integration(models.Model):
    """A koppeling of an organisation to one administration; its options stand in OptionVersion.

    Connection states are `red` or `green` per party, red with a reason (key of the connection sentences) and a
    detail for the folded-away part. `round_at` is the next bulk run, or the next daily rereading of what is held;
    `round_state` is where the bulk run stands that is under way. `stopped_problem` says why we paused it ourselves.
    `authorise_state` is the OAuth state that we handed out, single use. `confirmed_at` is when a person confirmed what
    will be booked from when: nothing starts before. `rights` is what the last look at the login found: who, and which
    lists we may not read.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="integrations")
    name = models.CharField(max_length=100)
    site = models.CharField(max_length=20, default="NL")
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, null=True, related_name="integrations")
    login = models.ForeignKey(Login, on_delete=models.SET_NULL, null=True, related_name="integrations")
    state = models.CharField(max_length=20, choices=IntegrationState.choices, default=IntegrationState.DRAFT)
    state_since = models.DateTimeField(default=timezone.now)
    stopped_problem = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True)
    round_at = models.DateTimeField(null=True)
    round_state = models.CharField(max_length=10, choices=RoundState.choices, blank=True, db_default="")

    exact_state = models.CharField(max_length=10, default="red")
    exact_reason = models.CharField(max_length=100, default="not-connected")
    exact_detail = models.TextField(blank=True)
    exact_since = models.DateTimeField(default=timezone.now)
    coachview_state = models.CharField(max_length=10, default="red")
    coachview_reason = models.CharField(max_length=100, default="not-connected")
    coachview_detail = models.TextField(blank=True)
    coachview_since = models.DateTimeField(default=timezone.now)

    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True, db_default="")
    rights = models.JSONField(null=True)
    rights_at = models.DateTimeField(null=True)

    authorise_state = models.CharField(max_length=100, blank=True)
    authorise_state_at = models.DateTimeField(null=True)

    class Meta:
        """Names are unique per organisation among the integrations that are not deleted."""

        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=~models.Q(state="deleted"),
                name="integration_name_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=IntegrationState.values), name="integration_state"),
        )


class ChecklistConfirmation(models.Model):
    """A person says that an item of the checklist is in order which Exact does not show (options.md)."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="checklist_confirmations")
    item = models.CharField(max_length=40)
    who = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """Once per item; who takes it back deletes the row."""

        constraints = (models.UniqueConstraint(fields=["integration", "item"], name="checklist_confirmation_once"),)


class OptionVersion(models.Model):
    """One save of the options of an integration, or of an organisation: never updated.

    `values` are all values after the save by the keys of options.md, `changes` is key -> {old, new}.
    """

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, null=True, related_name="option_versions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="option_versions")
    number = models.IntegerField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    values = models.JSONField()
    changes = models.JSONField()

    class Meta:
        """Numbered from 1 per owner, and exactly one owner."""

        constraints = (
            models.UniqueConstraint(fields=["integration", "number"], name="option_version_of_integration"),
            models.UniqueConstraint(fields=["organisation", "number"], name="option_version_of_organisation"),
            models.CheckConstraint(
                condition=models.Q(integration__isnull=True) ^ models.Q(organisation__isnull=True),
                name="option_version_one_owner",
            ),
        )
