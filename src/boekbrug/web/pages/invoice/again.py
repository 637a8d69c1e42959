"""Opnieuw boeken: look in Exact whether the entry is gone, and only then let the invoice be booked anew."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from boekbrug import asking, wiring
from boekbrug.store.booking_again import book_again as let_book_again
from boekbrug.store.moves import MovedOn
from boekbrug.store.organisations import NotFound
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.ports import Found, LookUp
from boekbrug.web import deeds


def book_again(request: HttpRequest, organisation_id: int, booking_id: int) -> None:
    """Do it when the look-up is certain; say what was found otherwise. Nothing is taken away in Exact."""
    try:
        gone, left = asking.entry_left(booking_id)
        if not asking.is_gone(left):
            _told(request, _still_there(left, gone.sent.entry_number))
            return
        let_book_again(gone, by=deeds.by(str(request.user)), now=timezone.now())
    except NotFound as missing:
        raise Http404 from missing
    except MovedOn:
        _told(request, _("Deze factuur kan nu niet opnieuw worden geboekt. Er is niets gewijzigd."))
        return
    except OutsideFailure:
        _told(request, _("Exact kon niet laten zien of de boeking er nog is. Er is niets gewijzigd."))
        return
    sentence = _("Boekstuk %(number)s staat niet meer in Exact. De factuur wordt opnieuw gecontroleerd en geboekt.")
    messages.success(request, sentence % {"number": gone.sent.entry_number}, extra_tags="green")
    wiring.go_on(organisation_id)


def _still_there(left: LookUp, number: int) -> str:
    if isinstance(left, Found):
        return _("Boekstuk %(number)s staat nog in Exact. Er is niets gewijzigd.") % {"number": number}
    sentence = _("Boekstuknummer %(number)s is in Exact nu van een andere boeking. Er is niets gewijzigd.")
    return sentence % {"number": number}


def _told(request: HttpRequest, sentence: str) -> None:
    messages.warning(request, sentence, extra_tags="amber")
