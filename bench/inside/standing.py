"""Prints how the house stands: states, unknown outcomes, findings, due steps and connections, as JSON."""

import json
import sys

from boekbrug.cli.house import opened

with opened():
    from django.db.models import Count, Q

    from boekbrug.store.models import Booking, BookingHistory, DueStep, Finding, Integration, Intent, Login

    def counted(rows: "list[tuple[str, int]]") -> "dict[str, int]":
        return {str(name): count for name, count in rows}

    states = Booking.objects.values_list("state").annotate(Count("id"))
    intents = Intent.objects.values_list("state").annotate(Count("id"))
    unknown = BookingHistory.objects.filter(to_state="unknown").count()
    steps = DueStep.objects.values_list("administration_id", "step", "due_at", "failures", "why")
    shown = {
        "states": counted(list(states)),
        "intents": counted(list(intents)),
        "unknown_ever": unknown,
        "by_person": BookingHistory.objects.filter(who_kind="person").count(),
        "held": list(Booking.objects.filter(state="held").values_list("number", "problems")[:20]),
        "changed": sorted(
            Finding.objects.filter(state="open", kind="changed-in-coachview").values_list("booking__number", flat=True)
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
