"""Looks at every page of the service center in a process of its own, with a database of its own; prints JSON."""

import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import psutil

from boekbrug.cli.house import opened

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.making import Institute

    from boekbrug.web.urls import Address

TIMES = 40
SLOWEST = 0.95
QUESTIONS = {
    "invoices": (
        "",
        "?staat=geboekt&volgorde=-bedrag",
        "?zoek=linde",
        "?staat=actie",
        "?van=2025-01-01&tot=2025-02-01",
    ),
    "causes": ("", "?vanaf=0"),
}
FORMS = ("draft", "active")
"""A koppeling is looked at before and after it was started."""

LEFT_OUT = {"invoices_csv", "exact_return"}
"""The whole list as a file is no page, and a return from Exact without a question is a redirect."""


def main() -> None:
    """Fill the database, look at each page, and print per page the time and the queries."""
    with opened(schema=False):
        from boekbrug.store.schema import migrate

        migrate()
        from django.test.utils import override_settings

        from bench.archive import fill
        from bench.ledger import copy_ledger

        busy = fill(int(sys.argv[1]))
        copy_ledger(busy.administration)
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            json.dump(dict(_pages(busy)), sys.stdout)


def _pages(busy: "Institute") -> "Iterator[tuple[str, dict[str, Any]]]":
    from django.test import Client
    from tests.web import making

    from boekbrug.store.models import Integration
    from boekbrug.web.access import Level
    from boekbrug.web.urls import ADDRESSES

    import_module("boekbrug.web.wsgi")  # as the server's process begins
    client = Client()
    client.force_login(making.person("beheer@noord.example", busy, "beheerder"))
    for address in ADDRESSES:
        if address.level is Level.ANYONE or address.posts or address.name in LEFT_OUT:
            continue
        for state in FORMS if address.route.startswith("service-center/integraties/<") else FORMS[-1:]:
            Integration.objects.filter(id=busy.integration.pk).update(state=state)
            for path in _paths(address, busy):
                yield path if state == FORMS[-1] else f"{path} ({state})", _looked_at(client, path)


def _paths(address: "Address", busy: "Institute") -> Iterator[str]:
    """The addresses of one page: of an invoice in each state, of a list with each question."""
    from django.urls import reverse

    if "<int:id>" not in address.route:
        yield from (reverse(address.name) + question for question in QUESTIONS.get(address.name, ("",)))
    elif address.route.startswith("facturen/"):
        for number in ("20260332", "20260335", "20260312"):
            yield reverse(address.name, kwargs={"id": busy.made[number].pk})
    else:
        yield reverse(address.name, kwargs={"id": busy.integration.pk})


def _looked_at(client: "Client", path: str) -> dict[str, Any]:
    from django.db import connection

    backend, used = _backend(), 0.0
    seconds: list[float] = []
    queries: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        queries[-1] += 1
        return execute(sql, params, many, context)

    for turn in range(TIMES + 1):
        used = _processor(backend) if turn <= 1 else used
        queries.append(0)
        with connection.execute_wrapper(count):
            begun = time.perf_counter()
            answer = client.get(path)
            seconds.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    steady = sorted(seconds[1:])
    return {
        "p50_ms": round(steady[len(steady) // 2] * 1000, 1),
        "p95_ms": round(steady[int(len(steady) * SLOWEST)] * 1000, 1),
        "cpu_ms": round((_processor(backend) - used) / TIMES * 1000, 1),
        "queries": max(queries[1:]),
        "kilobytes": round(len(answer.content) / 1024),
    }


def _backend() -> psutil.Process:
    """The database's process that answers us."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def _processor(backend: psutil.Process) -> float:
    """Seconds of processor that we and the database have used; other programs on the machine do not count."""
    theirs = backend.cpu_times()
    return time.process_time() + theirs.user + theirs.system


if __name__ == "__main__":
    main()
