"""Prints when each invoice was booked, number to seconds since 1970, as JSON: run inside a house."""

import json
import sys

from boekbrug.cli.house import opened

with opened():
    from boekbrug.store.models import Booking

    rows = Booking.objects.values_list("number", "booked_at")
    sys.stdout.write(json.dumps({number: at.timestamp() for number, at in rows if at is not None}))
