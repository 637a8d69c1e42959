"""`/gedeeld/<secret>`: one cause for somebody without an account; looking changes nothing and uses nothing up."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone, translation

from boekbrug.sentences import tell
from boekbrug.store import cause_links, reading
from boekbrug.store.organisations import NotFound

OTHER = {"nl": "en", "en": "nl"}


def page(request: HttpRequest, secret: str) -> HttpResponse:
    """What waits for this cause, and what solves it; nothing leads from here into the service center."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        opened = cause_links.opened(secret, now=timezone.now())
    except NotFound as gone:
        raise Http404 from gone
    asked = request.GET.get("taal", "")
    with translation.override(asked if asked in OTHER else translation.get_language() or "nl"):
        answer = render(request, "forward/shared.html", _shown(opened, translation.get_language() or "nl"))
        answer["Content-Language"] = translation.get_language() or "nl"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _shown(opened: cause_links.Opened, language: str) -> dict[str, object]:
    problem = cause_links.problem_of(opened.organisation_id, opened.cause)
    filters = reading.InvoiceFilters(cause=opened.cause)
    rows = reading.invoices(opened.organisation_id, filters, reading.Order.OLDEST).rows if problem else ()
    waiting = cause_links.waiting_for(opened.organisation_id, opened.cause)
    return {
        "opened": opened,
        "told": tell(problem, language) if problem else None,
        "waiting": waiting,
        "invoices": tuple(rows),
        "others": waiting.count - len(rows),
        "other_language": OTHER[language],
    }
