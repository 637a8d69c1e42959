"""What all processes of all machines count together, for the metrics (docs/decisions/0009-metrics.md)."""

from django.db import models


class Tally(models.Model):
    """A number that only grows: `metric` is what is counted, `key` which of its kinds, such as `exact ok`."""

    metric = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    amount = models.FloatField(default=0.0)

    class Meta:
        """One row per metric and key, whoever counts."""

        constraints = (models.UniqueConstraint(fields=["metric", "key"], name="tally_once"),)
