"""Keeps a house's database running and migrated, so that each command finds it warm; ends when its input ends."""

import sys

from boekbrug.cli.house import opened

with opened(schema=False):
    from django.db import connections

    from boekbrug.store.schema import migrate

    migrate()
    connections.close_all()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
