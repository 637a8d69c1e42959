"""Looks at every page of the service center in a process of its own, with a database of its own; prints JSON."""

import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from boekbrug.cli.house import opened

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.making import Institute

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
LEFT_OUT = {"invoices_csv", "exact_return"}
"""The whole list as a file is no page, and a return from Exact without a question is a redirect."""


def main() -> None:
    """Fill the database, look at each page, and print per page the time and the queries."""
    with opened(schema=False):
        from boekbrug.store.schema import migrate

        migrate()
        from django.test.utils import override_settings

        from bench.archive import fill

        busy = fill(int(sys.argv[1]))
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            json.dump(dict(_pages(busy)), sys.stdout)


def _pages(busy: "Institute") -> "Iterator[tuple[str, dict[str, Any]]]":
    from django.test import Client
    from django.urls import reverse
    from tests.web import making

    from boekbrug.web.access import Level
    from boekbrug.web.urls import ADDRESSES

    client = Client()
    client.force_login(making.person("beheer@noord.example", busy, "beheerder"))
    ids = {"facturen": busy.made["20260332"].pk, "service-center": busy.integration.pk}
    for address in ADDRESSES:
        if address.level is Level.ANYONE or address.posts or address.name in LEFT_OUT:
            continue
        parts = {"id": ids[address.route.split("/")[0]]} if "<int:id>" in address.route else {}
        for question in QUESTIONS.get(address.name, ("",)):
            path = reverse(address.name, kwargs=parts) + question
            yield path, _looked_at(client, path)


def _looked_at(client: "Client", path: str) -> dict[str, Any]:
    from django.db import connection

    seconds: list[float] = []
    queries: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        queries[-1] += 1
        return execute(sql, params, many, context)

    for _ in range(TIMES + 1):
        queries.append(0)
        with connection.execute_wrapper(count):
            begun = time.perf_counter()
            answer = client.get(path)
            seconds.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    steady = sorted(seconds[1:])
    return {
        "p95_ms": round(steady[int(len(steady) * SLOWEST)] * 1000, 1),
        "queries": max(queries[1:]),
        "kilobytes": round(len(answer.content) / 1024),
    }


if __name__ == "__main__":
    main()
