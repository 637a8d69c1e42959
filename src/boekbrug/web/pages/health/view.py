"""Three answers for machines: `/healthz` (it lives), `/readyz` (it can do its work), `/metrics` (its figures).

None asks for a login, so none shows anything of an institute; let a proxy keep strangers from `/metrics` where even
numbers are nobody's business (docs/how-to/watch-it-run.md).
"""

from http import HTTPStatus

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from boekbrug import watching


@require_safe
def lives(_request: HttpRequest) -> HttpResponse:
    """200 as long as the program answers."""
    return _said("ok", HTTPStatus.OK)


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when everything is there to work with, else 503 and what is missing: database, tables or workers."""
    lack = watching.lack()
    return _said(lack or "ready", HTTPStatus.SERVICE_UNAVAILABLE if lack else HTTPStatus.OK)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as Prometheus reads them; 503 while the database is away."""
    try:
        text, kind = watching.scrape().text(request.headers.get("Accept", ""))
    except DatabaseError:
        return _said(watching.NO_DATABASE, HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse(text, content_type=kind)


def _said(sentence: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", content_type="text/plain", status=status)
