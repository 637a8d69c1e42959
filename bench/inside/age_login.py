"""Lets time pass for the login of a house: `age_login.py SECONDS`, as if its tokens had been given so much earlier."""

import sys
from datetime import timedelta

from boekbrug.cli.house import opened

with opened():
    from django.db.models import F

    from boekbrug.store.models import Login

    passed = timedelta(seconds=float(sys.argv[1]))
    Login.objects.exclude(refresh_mark="").update(
        obtained_at=F("obtained_at") - passed, expires_at=F("expires_at") - passed
    )
