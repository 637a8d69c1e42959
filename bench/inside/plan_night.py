"""Plans the night of the koppelingen of a house: `plan_night.py HOUR` (ISO 8601), a day after Exact was read last."""

import sys
from datetime import datetime, timedelta

from boekbrug.cli.house import opened

with opened():
    from django.db.models import F

    from boekbrug.store.models import Booking, DueStep, Integration, ReferenceMark

    passed, hour = timedelta(days=1), datetime.fromisoformat(sys.argv[1])
    ReferenceMark.objects.update(read_at=F("read_at") - passed)
    Integration.objects.update(rights_at=F("rights_at") - passed, round_at=hour)
    Booking.objects.exclude(retry_at=None).update(retry_at=hour)
    DueStep.objects.filter(step__in=["fetch", "book"]).update(due_at=hour)
