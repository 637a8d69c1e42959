"""Whether the program can do its work: `/readyz` says what is missing."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client

from boekbrug.queue.engine import STALLED_SECONDS

pytestmark = pytest.mark.django_db


def a_worker_beat(seconds_ago: float = 0.0) -> None:
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def asked() -> tuple[int, str]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.content.decode()


def test_it_is_ready_with_all_its_tables_and_a_worker() -> None:
    a_worker_beat()
    assert asked() == (HTTPStatus.OK, "ready\n")


def test_it_is_not_ready_while_a_table_is_to_come() -> None:
    a_worker_beat()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'store'")
    status, said = asked()
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert said.startswith("the database is not of this release")


@pytest.mark.parametrize("seconds_ago", [None, STALLED_SECONDS + 5])
def test_it_is_not_ready_while_no_worker_gives_a_sign_of_life(seconds_ago: float | None) -> None:
    if seconds_ago is not None:
        a_worker_beat(seconds_ago)
    status, said = asked()
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert said.startswith("no worker")
