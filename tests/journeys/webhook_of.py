"""Prints the webhook address of the one institute of a house, and has it signed: `webhook_of.py SECRET`."""

import sys

from boekbrug.cli.house import opened

with opened():
    from django.urls import reverse

    from boekbrug.store import webhooks
    from boekbrug.store.organisations import list_organisations

    [institute] = list_organisations()
    webhooks.set_webhook_secret(institute.id, sys.argv[1])
    sys.stdout.write(reverse("coachview_hook", args=[webhooks.webhook_of(institute.id).address_secret]))
