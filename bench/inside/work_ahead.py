"""Does what a house's workers would do in the next hour, without waiting for it: `work_ahead.py EXACT`.

Our clock and that of the simulator at EXACT leap from one due moment to the next. What a worker that died forgot to ask
for is found by the sweep, as in a house. It goes on until every invoice is where it comes to rest, at the most a day.
"""

import sys
from datetime import UTC, datetime, timedelta

import httpx2

from boekbrug.cli.house import opened

MOST_SLICES = 500
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = timedelta(minutes=20)
SOON = timedelta(minutes=5)
AT_WORK = ("received", "ready", "booking", "unknown", "booked")

with opened():
    from boekbrug import wiring
    from boekbrug.store import models, steps

    ahead = timedelta()

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    def leap(until: datetime) -> timedelta:
        """How far the clocks are ahead after leaping to this moment."""
        further = max(until - now(), timedelta())
        seconds = {"advance_seconds": further.total_seconds()}
        httpx2.post(f"{sys.argv[1]}/_sim/clock", json=seconds, timeout=60).raise_for_status()
        return ahead + further

    def at_work() -> bool:
        """Whether an invoice is not where it comes to rest, or an outcome is still open."""
        return (
            models.Booking.objects.filter(state__in=AT_WORK).exists()
            or models.Intent.objects.filter(state="open").exists()
        )

    for _ in range(MOST_SLICES):
        wiring.sweep(now())
        due = tuple(wiring.due_administrations(now(), 10))
        for administration_id, lane in due:
            wiring.run_slice(administration_id, lane, clock=wiring.WallClock(now=now))
        if not due:
            ids = models.Administration.objects.values_list("id", flat=True)
            moments = [moment for moment in map(steps.next_due, ids) if moment is not None]
            if at_work():
                assert ahead < DAY, "something is still to be done a day later"
                moments.append(now() + SOON)  # the sweep finds what no step names
            leases = models.Administration.objects.filter(lease_until__gt=now()).values_list("lease_until", flat=True)
            following = max([min(moments, default=now() + HOUR), *(until for until in leases if until is not None)])
            if not at_work() and (following - now() > DAILY or ahead > HOUR):
                break
            ahead = leap(following)
    else:
        raise AssertionError("the work has no end")
