"""An Exact administration: lease, call budget, error count and due steps belong to it, because Exact counts so."""

from django.db import models


class Administration(models.Model):
    """One division as one app sees it (exactly-once.md, "Who owns what").

    The lease: `lease_number` only grows; who holds another number has lost it. The budget: per window the limit of
    the last header, our count, and when the window ends (`..._learned`: Exact said so, otherwise our guess);
    `minute_pending` and `day_pending` are calls without an answer yet, which count in the next window too.
    `..._cap` is the operator's own, lower limit.
    """

    client_id = models.CharField(max_length=200)
    site = models.CharField(max_length=20)
    division = models.IntegerField()
    name = models.CharField(max_length=200, blank=True)

    lease_owner = models.CharField(max_length=200, blank=True)
    lease_number = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    minute_limit = models.IntegerField(default=60)
    minute_cap = models.IntegerField(null=True)
    minute_used = models.IntegerField(default=0)
    minute_pending = models.IntegerField(default=0)
    minute_resets_at = models.DateTimeField(null=True)
    minute_learned = models.BooleanField(default=False)
    day_limit = models.IntegerField(default=5000)
    day_cap = models.IntegerField(null=True)
    day_used = models.IntegerField(default=0)
    day_pending = models.IntegerField(default=0)
    day_resets_at = models.DateTimeField(null=True)
    day_learned = models.BooleanField(default=False)

    class Meta:
        """One row per app, site and division."""

        constraints = (
            models.UniqueConstraint(fields=["client_id", "site", "division"], name="administration_identity"),
        )


class EndpointErrors(models.Model):
    """How many answers 400, 401, 403 and 404 an endpoint gave in an hour, and until when we leave it alone."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="endpoint_errors")
    endpoint = models.CharField(max_length=200)
    hour = models.DateTimeField()
    errors = models.IntegerField(default=0)
    stopped_until = models.DateTimeField(null=True)

    class Meta:
        """One row per endpoint; the hour moves on."""

        constraints = (models.UniqueConstraint(fields=["administration", "endpoint"], name="endpoint_errors_once"),)


class DueStep(models.Model):
    """A step of the run that is due at a moment; no row: only when somebody asks.

    `asked` counts who asked for it, so that a wake-up during the step is not lost; `failures` in a row, with `why`.
    `wake_up` is the id of the wake-up that asked first: the log names it with everything that comes of it.
    """

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="due_steps")
    step = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    asked = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    why = models.CharField(max_length=100, blank=True)
    wake_up = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        """One moment per step; the clock looks for the earliest."""

        constraints = (models.UniqueConstraint(fields=["administration", "step"], name="due_step_once"),)
        indexes = (models.Index(fields=["due_at"], name="due_step_at"),)


class CallsUsed(models.Model):
    """Calls sent to Exact on a day (UTC) per priority, for the forecast and the operator."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="calls_used")
    day = models.DateField()
    priority = models.CharField(max_length=20)
    calls = models.IntegerField(default=0)

    class Meta:
        """One row per day and priority."""

        constraints = (models.UniqueConstraint(fields=["administration", "day", "priority"], name="calls_used_once"),)


class OperatorNotice(models.Model):
    """Something that is our own fault (`broken`): an operator looks; several on one day are one row."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="operator_notices")
    day = models.DateField()
    endpoint = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    times = models.IntegerField(default=1)
    last_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    class Meta:
        """One row per endpoint and day."""

        constraints = (
            models.UniqueConstraint(fields=["administration", "day", "endpoint"], name="operator_notice_once"),
        )
