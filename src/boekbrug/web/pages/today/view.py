"""`/`: Vandaag."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.web.access import Seat
from boekbrug.web.pages.today.show import show


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How things stand for this organisation."""
    shown = show(
        reading.today(seat.organisation_id),
        reading.integrations(seat.organisation_id),
        now=timezone.localtime(),
        language=get_language() or "nl",
    )
    return render(request, "today/page.html", shown)
