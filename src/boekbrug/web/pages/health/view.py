"""Two answers for machines: `/healthz` (the program lives) and `/readyz` (its database is there, with its tables)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from boekbrug.store import reading


def lives(_request: HttpRequest) -> HttpResponse:
    """200 as long as the program answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(_request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, 503 while the database is away or its tables are not there yet."""
    if reading.ready():
        return HttpResponse("ready\n", content_type="text/plain")
    return HttpResponse(
        "the database does not answer, or lacks tables\n",
        content_type="text/plain",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
    )
