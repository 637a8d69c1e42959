"""Organisations (one Coachview environment each), the people and what they may do."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Organisation(models.Model):
    """A training institute: one Coachview environment, its fetch mark and its call budget there.

    `fetched_until` is the changed-at up to which everything is stored (None: nothing yet), `fetched_from` where
    the first window began; `fetch_claim` names the lease that is fetching now. `hook_hash` is how the secret part
    of the webhook's address is found, `hook_sealed` how it is shown again; `webhook_secret_sealed` signs its bodies.
    `write_scope_missing` is the right that Coachview wanted when `Bevestigd` was to be written (empty: it took it, or
    was never asked).
    """

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    coachview_url = models.CharField(max_length=500, blank=True)
    coachview_client_id = models.CharField(max_length=200, blank=True)
    coachview_secret_sealed = models.TextField(blank=True)
    profile = models.CharField(max_length=100, default="coachview")

    fetched_from = models.DateTimeField(null=True)
    fetched_until = models.DateTimeField(null=True)
    fetch_claim = models.CharField(max_length=100, blank=True)
    fetch_claim_until = models.DateTimeField(null=True)

    hook_sealed = models.TextField(blank=True, db_default="")
    hook_hash = models.CharField(max_length=64, blank=True, db_default="")
    webhook_secret_sealed = models.TextField(blank=True, db_default="")

    coachview_calls_limit = models.IntegerField(default=5000)
    coachview_calls_used = models.IntegerField(default=0)
    coachview_calls_resets_at = models.DateTimeField(null=True)
    write_scope_missing = models.CharField(max_length=200, blank=True, db_default="", default="")

    class Meta:
        """Environments are looked up by address and client, webhooks by their secret."""

        constraints = (
            models.UniqueConstraint(
                fields=["hook_hash"], condition=~models.Q(hook_hash=""), name="organisation_hook_once"
            ),
        )
        indexes = (models.Index(fields=["coachview_url", "coachview_client_id"], name="organisation_environment"),)


class CoachviewVersion(models.Model):
    """One save of panel Coachview of an organisation: never updated.

    `changes` is key -> {old, new}; of a secret only whether there was one and whether there is.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="coachview_versions")
    number = models.IntegerField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    changes = models.JSONField()

    class Meta:
        """Numbered from 1 per organisation."""

        constraints = (models.UniqueConstraint(fields=["organisation", "number"], name="coachview_version_once"),)


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is kept in lower case, so that one person has one login."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password (None: no password can log in)."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of an e-mail address, in whatever case it is typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person; logs in with the e-mail address. An operator sees the fleet, not the invoices."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="nl")
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        """One person, one address, in any case."""

        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_any_case"),)


class Role(models.TextChoices):
    """What a member of an organisation may do (service-center.md, "Who may do what")."""

    ADMINISTRATOR = "beheerder"
    FINANCE = "financieel"
    VIEWER = "meekijker"


class Membership(models.Model):
    """A user's role in an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        """One role per person and organisation."""

        constraints = (
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role"),
        )


class SetUpLink(models.Model):
    """The link to the first institute and its beheerder; there is one at most, and none once somebody used it."""

    only = models.BooleanField(default=True, unique=True)
    secret_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        """The one row."""

        constraints = (models.CheckConstraint(condition=models.Q(only=True), name="set_up_link_only_one"),)
