"""Prints how the house stands: states, unknown outcomes, findings, due steps and connections, as JSON.

`changed` holds for each number the fields that changed since it was booked, each as it was and as it is now;
`booked_by` how many bookings each process wrote down, by its number.
"""

import json
import sys
from collections import Counter

from boekbrug.cli.house import opened

with opened():
    from django.db.models import Count, Q

    from boekbrug.store.models import (
        Booking,
        BookingHistory,
        DueStep,
        Finding,
        Integration,
        Intent,
        Login,
        Organisation,
    )

    def counted(rows: "list[tuple[str, int]]") -> "dict[str, int]":
        return {str(name): count for name, count in rows}

    states = Booking.objects.values_list("state").annotate(Count("id"))
    intents = Intent.objects.values_list("state").annotate(Count("id"))
    unknown = BookingHistory.objects.filter(to_state="unknown").count()
    changed = Finding.objects.filter(state="open", kind="changed-in-coachview")
    runs = BookingHistory.objects.filter(to_state="booked", who_kind="run").values_list("who_name", flat=True)
    by_process = Counter(run.split(":")[-2] for run in runs if run.count(":") >= 2)
    steps = DueStep.objects.values_list("administration_id", "step", "due_at", "failures", "why")
    shown = {
        "states": counted(list(states)),
        "intents": counted(list(intents)),
        "unknown_ever": unknown,
        "by_person": BookingHistory.objects.filter(who_kind="person").count(),
        "held": list(Booking.objects.filter(state="held").values_list("number", "problems")[:20]),
        "changed": {
            number: {field: [before, after.get(field, "")] for field, before in ours.items()}
            for number, ours, after in changed.values_list("booking__number", "ours", "theirs")
        },
        "booked_by": by_process,
        "fetched_until": max(
            (at.timestamp() for at in Organisation.objects.values_list("fetched_until", flat=True) if at), default=0.0
        ),
        "differs": sorted(
            Finding.objects.filter(state="open", kind="differs-from-exact").values_list("booking__number", flat=True)
        ),
        "pdf": counted(list(Booking.objects.values_list("pdf_state").annotate(Count("id")))),
        "pdf_later": sorted(
            Booking.objects.filter(pdf_state="missing", pdf_retry_at__isnull=False).values_list("number", flat=True)
        ),
        "steps": [[a, s, due.isoformat(), failures, why] for a, s, due, failures, why in steps],
        "koppelingen": list(Integration.objects.values_list("id", "state", "exact_state", "exact_reason")),
        "logins": Login.objects.filter(~Q(refresh_mark="")).count(),
    }
    sys.stdout.write(json.dumps(shown))
