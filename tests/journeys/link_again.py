"""Forgets that an invoice was booked and has a person link it again: `link_again.py NUMBER ENTRY`; prints the pages.

The person presses the buttons of the invoice's own page: first with another entry, then with the right one.
"""

import re
import sys
from html import unescape

from boekbrug.cli.house import opened
from boekbrug.domain.problem import Subject, report

with opened():
    from django.conf import settings
    from django.test import Client

    from boekbrug.store import models
    from boekbrug.store.records import write_problems

    number, wrong = sys.argv[1:3]
    settings.ALLOWED_HOSTS = ["testserver"]
    row = models.Booking.objects.get(number=number)
    entry = str(row.entry_number)
    problem = report("entry-number-in-use", Subject(kind="entry", key=entry), number=entry, journal="70")
    row.intents.all().delete()
    models.Booking.objects.filter(id=row.id).update(
        state="held", entry_id="", problems=write_problems([problem]), causes=[problem.cause], sent=None
    )
    els = models.User.objects.create(email="els@noord.example")
    models.Membership.objects.create(organisation_id=row.organisation_id, user=els, role="financieel")
    client = Client()
    client.force_login(els)

    def press(**fields: str) -> None:
        """Send the form of the page, and print the words that come back."""
        answer = client.post(f"/facturen/{row.pk}", {"actie": "link-entry", **fields}, follow=True)
        text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))
        sys.stdout.write(f"{answer.status_code} {text}\n")

    press(boekstuk=wrong)
    press(boekstuk="99999999")
    press(boekstuk=entry)
