"""Lets time pass for the login of a house: `age_login.py SECONDS [claim]`.

Its tokens were given so much earlier. With `claim`, a refresh that got no answer was begun so much earlier too, and
what waits because of it has waited: it is due so much earlier. Prints a line when the database runs, and then waits
for one: those who could start the database may stand still by then.
"""

import sys
from datetime import timedelta

from boekbrug.cli.house import opened

with opened():
    from django.db.models import F

    from boekbrug.store.models import DueStep, Login

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    passed = timedelta(seconds=float(sys.argv[1]))
    if "claim" in sys.argv[2:]:
        Login.objects.filter(refresh_started__isnull=False).update(refresh_started=F("refresh_started") - passed)
        DueStep.objects.filter(why="Unreachable").update(due_at=F("due_at") - passed)
    else:
        Login.objects.exclude(refresh_mark="").update(
            obtained_at=F("obtained_at") - passed, expires_at=F("expires_at") - passed
        )
