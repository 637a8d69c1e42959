"""Settles an institute with one koppeling into a house: `settle_one.py COACHVIEW OPTIONS` (options as JSON)."""

import json
import sys
from datetime import UTC, datetime
from urllib.parse import urlencode

from boekbrug.cli.house import opened
from boekbrug.cli.practice import COACHVIEW_CLIENT, consent

with opened():
    from boekbrug import wiring
    from boekbrug.store import lifecycle
    from boekbrug.store.integrations import create_integration
    from boekbrug.store.organisations import create_organisation, set_coachview

    coachview, options = sys.argv[1:3]
    now = datetime.now(UTC)
    organisation_id = create_organisation("Opleidingen Noord", now=now)
    client_id, secret = COACHVIEW_CLIENT
    access = {"coachview_url": coachview, "coachview_client_id": client_id, "coachview_client_secret": secret}
    set_coachview(organisation_id, {**access, "profile": "coachview"}, who="els", at=now)
    integration_id = create_integration(organisation_id, json.loads(options), who="els", now=now)
    lifecycle.enable_and_confirm(integration_id, who="els", now=now)
    wiring.complete_authorise("?" + urlencode(consent(wiring.authorise(integration_id))))
