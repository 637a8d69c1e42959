"""Secret links that show one cause to somebody without an account (service-center.md, "Actions")."""

from django.db import models

from boekbrug.store.models.organisation import Organisation


class CauseLink(models.Model):
    """One link for the accountant: to one cause of one organisation, until it expires or somebody takes it back."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="cause_links")
    cause = models.CharField(max_length=300)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Listed per organisation, newest first."""

        indexes = (models.Index(fields=["organisation", "-made_at"], name="cause_link_list"),)
