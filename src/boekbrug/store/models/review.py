"""After a restore: what every koppeling is held against Exact for, before anything is sent (exactly-once.md)."""

from django.db import models

from boekbrug.store.models.integration import Integration


class Backup(models.Model):
    """A moment at which a backup was begun: it stands in the dump, so that a restore knows how old it is."""

    taken_at = models.DateTimeField()


class Review(models.Model):
    """The review of one koppeling after a restore: entries made from `since` on are matched with our invoices.

    `back_to` is the state that it had, `done_at` when everything was matched. Of the invoices that were not booked
    as far as we knew, `found` are in Exact as ours, of `taken` the number is somebody else's, `absent` are not there.
    """

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="review")
    back_to = models.CharField(max_length=20)
    since = models.DateTimeField()
    restored_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    found = models.IntegerField(default=0)
    taken = models.IntegerField(default=0)
    absent = models.IntegerField(default=0)
