"""Prints what this host makes of a lease, whatever its own clock says, as JSON.

`taken_over`: whether a slice here takes over the lease that somebody else got just now; `seconds_left`: for how long,
by the database's clock, a lease of ours holds.
"""

import json
import sys

from boekbrug.cli.house import opened

with opened():
    from boekbrug import wiring
    from boekbrug.store import leases
    from boekbrug.store.models import Administration
    from boekbrug.store.moment import moment

    administration_id = Administration.objects.values_list("id", flat=True).get()
    theirs = leases.acquire(administration_id, "somebody else", moment())
    assert theirs is not None
    wiring.run_slice(administration_id, "rt")
    taken_over = not leases.release(theirs)
    ours = leases.acquire(administration_id, "we", wiring.WallClock().now())
    seconds_left = 0.0 if ours is None else (ours.until - moment()).total_seconds()
    if ours is not None:
        leases.release(ours)
    sys.stdout.write(json.dumps({"taken_over": taken_over, "seconds_left": seconds_left}))
