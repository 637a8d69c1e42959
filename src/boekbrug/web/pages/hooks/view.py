"""`/hooks/coachview/<secret>`: something may have changed in Coachview, so it is read now."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from boekbrug import wiring
from boekbrug.coachview.webhook import LARGEST_BODY_BYTES, fits

ANSWERS = {
    wiring.Woken.YES: HTTPStatus.OK,
    wiring.Woken.NOBODY: HTTPStatus.NOT_FOUND,
    wiring.Woken.NOT_GENUINE: HTTPStatus.FORBIDDEN,
}


@csrf_exempt
@require_POST
def coachview(request: HttpRequest, secret: str) -> HttpResponse:
    """Whatever the body says it only wakes us; one that is too large is not read to its end."""
    body = request.read(LARGEST_BODY_BYTES + 1)
    if not fits(len(body)):
        return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _said(ANSWERS[wiring.wake_by_webhook(secret, body, request.headers)])


def _said(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{status.phrase}\n", content_type="text/plain", status=status)
