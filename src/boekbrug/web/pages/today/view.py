"""`/`: Vandaag."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from boekbrug.store import reading
from boekbrug.store.forecasting import forecasts_of
from boekbrug.web.access import Seat
from boekbrug.web.pages.today.days import DAYS, chart_of
from boekbrug.web.pages.today.show import show


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """How things stand for this organisation."""
    now, language = timezone.localtime(), get_language() or "nl"
    today, rows = reading.today(seat.organisation_id), reading.integrations(seat.organisation_id)
    nights = forecasts_of(seat.organisation_id, now)
    shown = show(today, rows, now=now, language=language, nights=nights)
    chart = chart_of(reading.latest_days(seat.organisation_id, now, DAYS), language)
    return render(request, "today/page.html", shown | {"chart": chart})
