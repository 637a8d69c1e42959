"""A login at Exact: the single-use token chain that one or more integrations share."""

from django.db import models


class Login(models.Model):
    """One person's consent for one app on one site; tokens are sealed (exactly-once.md, "Tokens").

    `refresh_started` is the committed lease on a refresh; `refresh_mark` is a digest of the refresh token, so that a
    compare and swap needs no look at the sealed text. `refused_reason` tells why Exact no longer accepts us (empty:
    it does). `reaches` are the administrations that it may use, number to name (empty: not known).
    `token_calls` were begun on the day (UTC) `token_calls_on`.
    """

    site = models.CharField(max_length=20)
    client_id = models.CharField(max_length=200)
    access_token_sealed = models.TextField(blank=True)
    refresh_token_sealed = models.TextField(blank=True)
    refresh_mark = models.CharField(max_length=64, blank=True)
    obtained_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    refresh_started = models.DateTimeField(null=True)
    token_calls_on = models.DateField(null=True)
    token_calls = models.IntegerField(default=0, db_default=0)
    exact_user = models.CharField(max_length=200, blank=True)
    refused_reason = models.CharField(max_length=100, blank=True)
    refused_at = models.DateTimeField(null=True)
    reaches = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField()
