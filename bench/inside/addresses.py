"""Prints the address list of the web as it is walked by the permission test: route, name, levels, owner, as JSON."""

import json
import sys

from boekbrug.cli.house import opened

with opened():
    from boekbrug.store import reading
    from boekbrug.store.models import Booking, Integration
    from boekbrug.web.urls import ADDRESSES

    owners = {reading.owner_of_invoice: "invoice", reading.owner_of_integration: "integration"}
    things = {
        "invoice": dict(Booking.objects.values_list("organisation__name", "id")),
        "integration": dict(Integration.objects.values_list("organisation__name", "id")),
    }
    rows = [
        {
            "route": address.route,
            "name": address.name,
            "level": int(address.level),
            "acts": None if address.acts is None else int(address.acts),
            "posts": address.posts,
            "owner": owners.get(address.owner) if address.owner else None,
        }
        for address in ADDRESSES
    ]
    sys.stdout.write(json.dumps({"addresses": rows, "things": things}))
