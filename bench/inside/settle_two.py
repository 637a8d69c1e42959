"""Settles an institute with two koppelingen on one administration: `settle_two.py COACHVIEW MAIL PASSWORD LAST HALF`.

The first koppeling books the numbers up to HALF with their PDFs, the second those up to LAST without. A koppeling
without numbers is not made.
"""

import json
import sys
from datetime import UTC, datetime
from urllib.parse import urlencode

from boekbrug.cli.house import opened
from boekbrug.cli.practice import COACHVIEW_CLIENT, DIVISION_NL, consent

FIRST = 30_000_001

with opened():
    from django.urls import reverse

    from boekbrug import wiring
    from boekbrug.store import lifecycle, webhooks
    from boekbrug.store.integrations import create_integration
    from boekbrug.store.organisations import create_organisation, create_user, set_coachview

    coachview, mail, password = sys.argv[1:4]
    half, last = (int(word) for word in sys.argv[4:6])
    now = datetime.now(UTC)
    organisation_id = create_organisation("Opleidingen Noord", now=now)
    create_user(mail, password, role="beheerder", organisation_id=organisation_id)
    client_id, secret = COACHVIEW_CLIENT
    access = {"coachview_url": coachview, "coachview_client_id": client_id, "coachview_client_secret": secret}
    set_coachview(organisation_id, {**access, "profile": "coachview"}, who="els", at=now)
    made = []
    for name, numbers, pdf in (("Met PDF", (FIRST, half), True), ("Zonder PDF", (half + 1, last), False)):
        if numbers[0] > numbers[1]:
            continue
        options = {
            "name": name,
            "site": "practice",
            "division": DIVISION_NL,
            "country": "NL",
            "book_from": now.date().replace(year=now.year - 1, day=1).isoformat(),
            "invoice_filter": {"numbers": [[str(number) for number in numbers]]},
            "send_pdf": pdf,
        }
        made.append(create_integration(organisation_id, options, who="els", now=now))
        lifecycle.enable_and_confirm(made[-1], who="els", now=now)
        wiring.complete_authorise("?" + urlencode(consent(wiring.authorise(made[-1]))))
    webhooks.set_webhook_secret(organisation_id, "bench-webhook")
    hook = reverse("coachview_hook", args=[webhooks.webhook_of(organisation_id).address_secret])
    sys.stdout.write(json.dumps({"integrations": made, "hook": hook}))
