"""The secret address that Coachview may call: shown to be copied, and renewed by a second press."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from boekbrug.settings import settings
from boekbrug.store import reading
from boekbrug.store.webhooks import renew_webhook
from boekbrug.web.access import Seat


def hook_address(secret: str) -> str:
    """The whole address with this secret part, as it is typed into Coachview."""
    return settings().public_url.rstrip("/") + reverse("coachview_hook", args=[secret])


def page(request: HttpRequest, seat: Seat, id: int) -> HttpResponse:  # noqa: A002  # the address names it so
    """Ask first: the old address stops at once; a POST makes another one."""
    if request.method == "POST":
        renew_webhook(seat.organisation_id)
        words = _("Het webhookadres is vernieuwd. Zet het nieuwe adres in Coachview; het oude werkt niet meer.")
        messages.success(request, words, extra_tags="green")
        return redirect("integration", id)
    found = reading.integration(seat.organisation_id, id)
    return render(request, "integration/hook_renewed.html", {"integration": found.row if found else None})
