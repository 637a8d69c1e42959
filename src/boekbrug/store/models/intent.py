"""Intents: every POST to Exact is a committed row before it is sent (exactly-once.md, "Intents")."""

from django.db import models

from boekbrug.store.models.administration import Administration
from boekbrug.store.models.booking import Booking


class IntentState(models.TextChoices):
    """How a POST ended; only `open` is unknown, only `done` made something that stands, `removed` is gone again."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    ABSENT = "absent"
    UNSENT = "unsent"
    REMOVED = "removed"


class Intent(models.Model):
    """One POST: its whole body, the lease number under which it was committed, and the answer."""

    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="intents")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, related_name="intents")
    kind = models.CharField(max_length=20)
    natural_key = models.CharField(max_length=300)
    body = models.JSONField()
    lease_number = models.BigIntegerField()
    created_at = models.DateTimeField()
    send_by = models.DateTimeField()

    state = models.CharField(max_length=10, choices=IntentState.choices, default=IntentState.OPEN)
    closed_at = models.DateTimeField(null=True)
    exact_id = models.CharField(max_length=40, blank=True)
    entry_number = models.BigIntegerField(null=True)
    entry_kind = models.IntegerField(null=True)
    problems = models.JSONField(default=list)
    absent_since = models.DateTimeField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        """One live intent per natural key, and one live entry per booking whatever its key has become."""

        constraints = (
            models.UniqueConstraint(
                fields=["administration", "kind", "natural_key"],
                condition=models.Q(state__in=["open", "done"]),
                name="intent_key_once",
            ),
            models.UniqueConstraint(
                fields=["booking"],
                condition=models.Q(kind="entry", state__in=["open", "done"]),
                name="intent_one_entry_per_booking",
            ),
            models.CheckConstraint(condition=models.Q(state__in=IntentState.values), name="intent_state"),
        )
        indexes = (
            models.Index(
                fields=["administration", "send_by"], condition=models.Q(state="open"), name="intent_unanswered"
            ),
        )
