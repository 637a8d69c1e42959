"""A person presses Opnieuw proberen at these invoices: `try_again.py NUMBER...`; prints how many are tried."""

import sys
from datetime import UTC, datetime

from boekbrug.cli.house import opened
from boekbrug.domain.states import Actor

with opened():
    from boekbrug.store.decide import retry
    from boekbrug.store.models import Booking
    from boekbrug.store.moves import By

    ids = list(Booking.objects.filter(number__in=sys.argv[1:]).values_list("id", flat=True))
    tried = retry(ids, by=By(kind=Actor.PERSON, name="els"), now=datetime.now(UTC))
    sys.stdout.write(f"{tried}\n")
