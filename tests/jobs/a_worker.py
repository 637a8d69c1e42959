"""A worker as a process of its own, with slices that write down when they began and ended: `a_worker.py` JSON."""

import json
import sys
import time
from datetime import datetime

import django

django.setup()

from django.db import connection  # noqa: E402

from boekbrug.jobs import worker  # noqa: E402
from boekbrug.jobs.clock import Rhythm  # noqa: E402
from boekbrug.queue.engine import ProcrastinateQueue  # noqa: E402
from boekbrug.queue.port import Lane  # noqa: E402

ORDERS = json.loads(sys.argv[1])


def run_slice(administration_id: int, lane: Lane) -> datetime | None:
    """Note the beginning, take the time that was ordered, note the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO slices (administration, lane) VALUES (%s, %s) RETURNING id", [administration_id, lane]
        )
        row = cursor.fetchone()[0]
        time.sleep(ORDERS.get("slice_seconds", 0.0))
        cursor.execute("UPDATE slices SET ended = clock_timestamp() WHERE id = %s", [row])
    if administration_id in ORDERS.get("breaks", []):
        raise RuntimeError(administration_id)
    return None


def due_administrations(_now: datetime, limit: int) -> list[tuple[int, Lane]]:
    """What the test put into the table of due rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM due WHERE administration IN (SELECT administration FROM due LIMIT %s) RETURNING *", [limit]
        )
        return [(administration, lane) for administration, lane in cursor.fetchall()]


worker.run(
    worker.Work(
        run_slice=run_slice,
        due_administrations=due_administrations,
        queue=ProcrastinateQueue(stalled_seconds=1.5),
        concurrency=ORDERS.get("concurrency", 4),
        rhythm=Rhythm(tick_seconds=0.2, rescue_seconds=0.5),
        heartbeat_seconds=0.3,
        stalled_seconds=1.5,
    )
)
