"""Lets the hour of the night come for the koppelingen of a house, a day after Exact's reference data was read."""

from datetime import timedelta

from boekbrug.cli.house import opened

with opened():
    from django.db.models import F

    from boekbrug.store.models import Booking, Integration, ReferenceMark
    from boekbrug.store.moment import moment
    from boekbrug.store.steps import make_due
    from boekbrug.sync.ports import Step

    Booking.objects.exclude(retry_at=None).update(retry_at=moment())  # they wait for the same hour
    passed = timedelta(days=1)
    ReferenceMark.objects.update(read_at=F("read_at") - passed)
    Integration.objects.update(rights_at=F("rights_at") - passed, round_at=moment())
    for koppeling in Integration.objects.all():
        if koppeling.administration_id is not None:
            make_due(koppeling.administration_id, Step.FETCH, moment())
