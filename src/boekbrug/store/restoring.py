"""Before a backup and around a restore: who uses the database, how old the dump is, and everything into review.

The dump is put back by PostgreSQL's own programs, in one transaction with `CLEAR` before and `MARK` behind it: from
that commit on nobody is logged in to Exact, and no command works before `put_in_review` has ended the restore.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import F, Q
from django.db.models.functions import Least

from boekbrug.domain.states import BookingState, PdfState
from boekbrug.store.koppelingen import RED, show
from boekbrug.store.models import (
    Administration,
    Backup,
    Booking,
    BookingHistory,
    CauseLink,
    DueStep,
    Integration,
    IntegrationState,
    Organisation,
    ReferenceMark,
    Review,
)
from boekbrug.store.schema import RESTORING, SchemaError, advisory_lock, migrate_restored

CLEAR = "SET LOCAL lock_timeout = '20s'; DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;"
MARK = """
UPDATE public.store_login SET access_token_sealed = '', refresh_token_sealed = '', refresh_mark = '',
       obtained_at = NULL, expires_at = NULL, refresh_started = NULL;
DELETE FROM public.django_session;
CREATE TABLE public.boekbrug_restoring (at timestamptz NOT NULL DEFAULT now());
"""
"""The refresh tokens of the dump are spent; sessions that people have ended since must not live again."""

TABLE = "store_booking"
"""A dump of ours holds this table, whatever its release."""

MIGRATIONS = "django_migrations"
AFTER_RESTORE = "after-restore"
MARGIN = timedelta(days=1)
LONGEST = timedelta(days=366)
WORKING = (IntegrationState.ENABLED, IntegrationState.ACTIVE, IntegrationState.PAUSED, IntegrationState.REVIEW)
LEFT = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD, BookingState.SKIPPED)


@dataclass(frozen=True, kw_only=True)
class User:
    """A connection to our database that is not this command's."""

    program: str
    machine: str
    process_id: int


def server_major() -> int:
    """The major version of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def users() -> tuple[User, ...]:
    """Who else is connected: workers, the web, another command, somebody with a program of his own."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT application_name, COALESCE(client_addr::text, ''), pid FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
             ORDER BY pid
            """
        )
        return tuple(User(program=name, machine=machine, process_id=pid) for name, machine, pid in cursor.fetchall())


def is_empty() -> bool:
    """Whether nothing of ours is in the database yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [f"public.{TABLE}"])
        return bool(cursor.fetchone()[0])


def refuse_newer(migrations: Iterable[Sequence[str]]) -> None:
    """Raise SchemaError when the dump (its rows of `MIGRATIONS`) is of a release that we do not know."""
    known = MigrationLoader(None).disk_migrations
    ours = {app for app, _name in known}
    if any(row[1] in ours and (row[1], row[2]) not in known for row in migrations):
        raise SchemaError("The backup is of a newer release of Boekbrug: install that one first.")


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody migrate, and no worker that waits for the tables start, while the dump is put back."""
    with advisory_lock():
        yield


def begin_backup(now: datetime) -> None:
    """Write down the moment, so that it stands in the dump; earlier ones are of no more use."""
    with transaction.atomic():
        Backup.objects.all().delete()
        Backup.objects.create(taken_at=now)


def end_restore(now: datetime) -> int:
    """Bring the restored tables to this release and put every koppeling in review; how many. Safe to repeat."""
    migrate_restored()
    with transaction.atomic():
        put = put_in_review(now)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS public.{RESTORING}")
    return put


def put_in_review(now: datetime) -> int:
    """Nothing is sent any more until each koppeling's review has ended and a person lets it go on; how many."""
    with transaction.atomic():
        since = _taken_at(now) - MARGIN
        rows = Integration.objects.select_for_update(no_key=True).filter(state__in=WORKING).order_by("id")
        for row in rows:
            _review(row, since, now)
        Integration.objects.update(authorise_state="", authorise_state_at=None)
        show("exact", RED, now, Q(login__isnull=False), reason=AFTER_RESTORE)
        Organisation.objects.filter(fetched_until__gt=since).update(fetched_until=since)
        Organisation.objects.update(fetch_claim="", fetch_claim_until=None)
        CauseLink.objects.all().delete()  # one that was taken back since must not open again
        ReferenceMark.objects.all().delete()
        DueStep.objects.all().delete()
        Administration.objects.update(lease_owner="", lease_until=None, lease_number=F("lease_number") + 1)
        Booking.objects.filter(state__in=LEFT).update(look_first=False)
        Booking.objects.exclude(state__in=LEFT).filter(pdf_state__in=(PdfState.DUE, PdfState.MISSING)).update(
            look_first=True
        )
        return len(rows)


def _review(row: Integration, since: datetime, now: datetime) -> None:
    """A review that a backup caught halfway begins anew, from the earlier moment."""
    review, fresh = Review.objects.get_or_create(
        integration=row, defaults={"back_to": row.state, "since": since, "restored_at": now}
    )
    if not fresh:
        Review.objects.filter(id=review.id).update(
            since=Least("since", since), restored_at=now, done_at=None, found=0, taken=0, absent=0
        )
    Integration.objects.filter(id=row.id).update(state=IntegrationState.REVIEW, state_since=now)


def _taken_at(now: datetime) -> datetime:
    """When the dump was made: as `backup` wrote it, else its newest history, else a year ago."""
    taken = Backup.objects.order_by("-taken_at").values_list("taken_at", flat=True).first()
    newest = BookingHistory.objects.order_by("-id").values_list("at", flat=True).first()
    return taken or newest or now - LONGEST
