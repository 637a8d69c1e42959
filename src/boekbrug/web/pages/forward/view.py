"""`/actie/doorsturen`: make a link to one cause, see which links open, take one back."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug.sentences import tell
from boekbrug.settings import settings
from boekbrug.store import cause_links
from boekbrug.store.moment import moment
from boekbrug.store.organisations import NotFound
from boekbrug.web.access import Seat


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A link that still opens."""

    id: int
    title: str
    made_at: datetime
    made_by: str
    expires_at: datetime


def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The links that open; a POST takes one back, or makes one and shows it this once."""
    if request.method == "POST" and "intrekken" in request.POST:
        return _revoke(request, seat)
    if request.method == "POST":
        return _forward(request, seat)
    return _page(request, seat, {})


def _page(request: HttpRequest, seat: Seat, made: dict[str, object]) -> HttpResponse:
    language = get_language() or "nl"
    rows = tuple(_row(link, language) for link in cause_links.links_of(seat.organisation_id, now=timezone.now()))
    return render(request, "forward/page.html", {"rows": rows, **made})


def _row(link: cause_links.Forwarded, language: str) -> Row:
    title = tell(link.problem, language).title if link.problem else _("Opgelost: er wacht niets meer")
    return Row(id=link.id, title=title, made_at=link.made_at, made_by=link.made_by, expires_at=link.expires_at)


def _forward(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The address is shown in this answer only: we keep its hash."""
    cause = request.POST.get("oorzaak", "").replace("\x00", "")
    try:
        secret, until = cause_links.forward(seat.organisation_id, cause, who=str(request.user), now=moment())
    except NotFound:
        messages.warning(request, _("Hier wacht geen factuur meer op. Er is geen link gemaakt."), extra_tags="amber")
        return redirect("causes")
    problem = cause_links.problem_of(seat.organisation_id, cause)
    address = settings().public_url.rstrip("/") + reverse("shared", args=[secret])
    title = tell(problem, get_language() or "nl").title if problem else ""
    return _page(request, seat, {"address": address, "until": until, "title": title, "mail": _mail(title, address)})


def _mail(title: str, address: str) -> str:
    """The address that opens the reader's own mail program with a letter begun."""
    subject = quote(_("Vraag over onze facturen: %(title)s") % {"title": title})
    body = quote(_("Wilt u hiernaar kijken? De link werkt 7 dagen en vraagt geen account.") + f"\n\n{address}\n")
    return f"mailto:?subject={subject}&body={body}"


def _revoke(request: HttpRequest, seat: Seat) -> HttpResponse:
    text = request.POST.get("intrekken", "")
    link_id = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    if cause_links.revoke(seat.organisation_id, link_id, who=str(request.user), now=moment()):
        messages.success(request, _("De link is ingetrokken en opent niets meer."), extra_tags="green")
    else:
        messages.warning(request, _("Deze link opende al niets meer."), extra_tags="amber")
    return redirect("forward")
