"""The lease on an administration: a worker that was frozen and comes back finds that its number no longer holds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from boekbrug.store.models import Administration, IntegrationState
from boekbrug.store.prepared import prepared
from boekbrug.sync.failures import LeaseLost

LEASE_SECONDS = 45
AGAIN_SECONDS = 0.5
MOST_SECONDS = 20.0
"""Longer than a database takes to start anew, shorter than a worker is given to stop."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to work on an administration; `number` grows with every owner and is what each commit checks."""

    administration_id: int
    owner: str
    number: int
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """A lease with the clock by which it is renewed: what every query of `Books` works under.

    `koppelingen` is the state of the koppelingen that it works for: the active ones, or those in review.
    """

    lease: Lease
    now: Callable[[], datetime]
    koppelingen: IntegrationState = IntegrationState.ACTIVE

    @property
    def administration_id(self) -> int:
        """The administration that the lease is on."""
        return self.lease.administration_id


def acquire(administration_id: int, owner: str, now: datetime, seconds: int = LEASE_SECONDS) -> Lease | None:
    """The lease under a new number, or None while somebody else's has not expired."""
    until = now + timedelta(seconds=seconds)
    with prepared(_ACQUIRE, {"id": administration_id, "owner": owner, "until": until, "now": now}) as cursor:
        row = cursor.fetchone()
    if row is None:
        return None
    return Lease(administration_id=administration_id, owner=owner, number=row[0], until=until)


_ACQUIRE = """
    UPDATE store_administration
       SET lease_owner = %(owner)s, lease_number = lease_number + 1, lease_until = %(until)s
     WHERE id = %(id)s AND (lease_until IS NULL OR lease_until <= %(now)s OR lease_owner = %(owner)s)
    RETURNING lease_number
"""


def looking(administration_id: int, now: datetime) -> Lease:
    """No lease at all: what reads may be done with it, every change raises LeaseLost (a preview)."""
    return Lease(administration_id=administration_id, owner="", number=-1, until=now)


def release(lease: Lease) -> bool:
    """Give the lease back; False when it was somebody else's already."""
    with prepared(_RELEASE, {"id": lease.administration_id, "number": lease.number}) as cursor:
        return cursor.rowcount == 1


def give_back(
    lease: Lease,
    *,
    release: Callable[[Lease], bool] = release,
    wait: Callable[[float], None] = time.sleep,
    seconds: Callable[[], float] = time.monotonic,
) -> None:
    """Release also over a database that starts anew; else nobody would work here until the lease has expired."""
    ends_at = seconds() + MOST_SECONDS
    while True:
        try:
            release(lease)
        except (OperationalError, InterfaceError):
            connection.close()  # a new one at the next try
            if seconds() >= ends_at:
                raise
            wait(AGAIN_SECONDS)
        else:
            return


_RELEASE = """
    UPDATE store_administration SET lease_owner = '', lease_until = NULL
     WHERE id = %(id)s AND lease_number = %(number)s
"""


def hold(shift: Shift, seconds: int = LEASE_SECONDS) -> datetime:
    """Renew the lease inside the caller's transaction and give its moment; raises LeaseLost when it is gone.

    The row stays locked until that transaction ends, so nobody can take the lease over halfway. An expired lease
    that nobody took still holds.
    """
    now = shift.now()
    lease = shift.lease
    mine = Administration.objects.filter(id=lease.administration_id, lease_number=lease.number, lease_owner=lease.owner)
    if mine.update(lease_until=now + timedelta(seconds=seconds)) != 1:
        raise LeaseLost(f"administration {lease.administration_id}: lease {lease.number} was taken over")
    return now


HELD = """
    lease AS (
        UPDATE store_administration SET lease_until = %(lease_until)s
         WHERE id = %(administration)s AND lease_number = %(lease)s AND lease_owner = %(owner)s
        RETURNING id
    )
"""
"""`hold` as a part of one statement that does all of its work where `EXISTS (SELECT FROM lease)`."""


def held(shift: Shift, at: datetime, seconds: int = LEASE_SECONDS) -> dict[str, Any]:
    """The values of HELD; `at` is the moment of the statement."""
    return {
        "administration": shift.administration_id,
        "lease": shift.lease.number,
        "owner": shift.lease.owner,
        "lease_until": at + timedelta(seconds=seconds),
        "at": at,
    }


def demand(shift: Shift) -> None:
    """Raises LeaseLost when the lease is somebody else's now."""
    lease = shift.lease
    if not Administration.objects.filter(
        id=lease.administration_id, lease_number=lease.number, lease_owner=lease.owner
    ).exists():
        raise LeaseLost(f"administration {lease.administration_id}: lease {lease.number} was taken over")


@contextmanager
def change(shift: Shift, *, durable: bool = False) -> Iterator[datetime]:
    """One transaction under the lease; yields its moment. `durable`: it must be the outermost one."""
    with transaction.atomic(durable=durable):
        yield hold(shift)
