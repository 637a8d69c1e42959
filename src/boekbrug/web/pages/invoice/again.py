"""Opnieuw boeken: look in Exact whether the entry is gone, and only then let the invoice be booked anew."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from boekbrug import asking, wiring
from boekbrug.store.booking_again import book_again as let_book_again
from boekbrug.store.moves import By, MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.ports import Found, LookUp
from boekbrug.web import deeds


def book_again(request: HttpRequest, organisation_id: int, booking_id: int) -> None:
    """Do it, or say why not; a person reads it on the page that comes next."""
    try:
        done, sentence = look_first(booking_id, deeds.by(str(request.user)), wiring.WallClock())
    except NotFound as missing:
        raise Http404 from missing
    if done:
        messages.success(request, sentence, extra_tags="green")
        wiring.go_on(organisation_id)
    else:
        messages.warning(request, sentence, extra_tags="amber")


def look_first(booking_id: int, by: By, clock: wiring.WallClock) -> tuple[bool, str]:
    """Let it be booked anew when the look-up is certain that its entry is gone; whether it is, and what to say."""
    try:
        gone, left = asking.entry_left(booking_id, clock=clock)
        if not asking.is_gone(left):
            return False, _still_there(left, gone.sent.entry_number)
        let_book_again(gone, by=by, now=clock.now())
    except MovedOn:
        return False, _("Deze factuur kan nu niet opnieuw worden geboekt. Er is niets gewijzigd.")
    except OutsideFailure:
        return False, _("Exact kon niet laten zien of de boeking er nog is. Er is niets gewijzigd.")
    sentence = _("Boekstuk %(number)s staat niet meer in Exact. De factuur wordt opnieuw gecontroleerd en geboekt.")
    return True, sentence % {"number": gone.sent.entry_number}


def _still_there(left: LookUp, number: int) -> str:
    if isinstance(left, Found):
        return _("Boekstuk %(number)s staat nog in Exact. Er is niets gewijzigd.") % {"number": number}
    sentence = _("Boekstuknummer %(number)s is in Exact nu van een andere boeking. Er is niets gewijzigd.")
    return sentence % {"number": number}
