"""Statements that every invoice makes are planned once by the server, and only when they are asked to be."""

from django.db import connection

from boekbrug.store.prepared import prepared

QUERY = "SELECT %(number)s::bigint + 1"


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["SELECT $1::bigint + 1"])
        return int(cursor.fetchone()[0])


def test_a_statement_is_planned_by_the_server_and_kept(db: None) -> None:
    for number in (1, 2, 3):
        with prepared(QUERY, {"number": number}) as cursor:
            assert cursor.fetchone() == (number + 1,)
    assert plans() == 1
