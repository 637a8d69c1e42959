"""Keeps the logins of a house alive at a moment: `keep_logins.py MOMENT`; prints how many are fresh again."""

import sys
from datetime import datetime

from boekbrug.cli.house import opened

with opened():
    from boekbrug import wiring

    sys.stdout.write(str(wiring.keep_logins_alive(datetime.fromisoformat(sys.argv[1]))))
