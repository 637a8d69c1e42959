"""Asks for an access token when told to, as a worker does before a call: `ask_token.py`; reads `SECONDS WAIT` lines.

Each line is answered by one of JSON: the token's fingerprint, or why there is none. SECONDS is how far ahead our
clock is; WAIT is the part of a waiting time that is really waited.
"""

import hashlib
import json
import sys
import time
from datetime import UTC, datetime, timedelta

from boekbrug.cli.house import opened

with opened():
    from boekbrug import wiring
    from boekbrug.exact.exchange import Time
    from boekbrug.exact.oauth import Login
    from boekbrug.store import models
    from boekbrug.store.logins import LoginTokens
    from boekbrug.sync.failures import OutsideFailure

    login_id = models.Login.objects.get().id
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        ahead, part = (float(word) for word in line.split())

        def now(ahead: float = ahead) -> datetime:
            return datetime.now(UTC) + timedelta(seconds=ahead)

        def wait(seconds: float, part: float = part) -> None:
            time.sleep(seconds * part)

        clock = Time(now=now, wait=wait)
        answer = {"token": "", "error": ""}
        try:
            access = Login(wiring.token_calls("practice", clock), LoginTokens(login_id, now), clock).access()
            answer["token"] = hashlib.sha256(access.encode()).hexdigest()[:12]
        except OutsideFailure as failure:
            answer["error"] = f"{type(failure).__name__} {getattr(failure, 'reason', '')}".strip()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
