"""Runs statements in the database of a house: `run_sql.py SQL`."""

import sys

from boekbrug.cli.house import opened

with opened():
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sys.argv[1])
