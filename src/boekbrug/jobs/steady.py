"""What a worker writes down about itself and its jobs, also when a connection to the database has died meanwhile.

The engine gives up at the first error: a heartbeat that fails once never beats again, so that others take the worker
for dead while it works; and a job whose end could not be written stays "doing" for a worker that lives, so that its
administration waits for ever. Most often it is one dead connection of the pool, and the next one is good.
"""

import asyncio

from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg import OperationalError

from boekbrug import log

AGAIN_SECONDS = 0.5
LONGEST_SECONDS = 30.0
"""Longer than it takes to find out that a connection is dead."""

_log = log.get("worker")


class SteadyJobs(JobManager):
    """The engine's own, over a bad line."""

    async def update_heartbeat(self, worker_id: int) -> None:
        """Beat; one that fails is followed by the next."""
        try:
            await super().update_heartbeat(worker_id)
        except ConnectorException as error:
            _log.warning("worker.heartbeat", sentence="A sign of life was not written.", error=type(error).__name__)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Write down that a job has ended; for half a minute it is tried again."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_SECONDS
        while True:
            try:
                return await super().finish_job(job, status, delete_job)
            except ConnectorException as error:
                if not isinstance(error.__cause__, OperationalError) or loop.time() > until:
                    raise  # such as that somebody else has ended it
            await asyncio.sleep(AGAIN_SECONDS)
