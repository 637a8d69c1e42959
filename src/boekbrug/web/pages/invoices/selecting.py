"""A selection of invoices: what was ticked, and doing something with it."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.domain.actions import Action
from boekbrug.store import reading
from boekbrug.store.moment import moment
from boekbrug.web import deeds
from boekbrug.web.access import Seat

ON_A_LIST = (Action.RETRY, Action.SKIP)


def chosen(organisation_id: int, posted: QueryDict) -> Sequence[int]:
    """The ticked invoices that are this organisation's and held; raises Unsaid when nothing was ticked."""
    texts = posted.getlist("kies")
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    if not ids:
        raise deeds.Unsaid(_("Kies eerst een of meer facturen. Er is niets gewijzigd."))
    return reading.held_among(organisation_id, ids)


def act_on_selection(request: HttpRequest, seat: Seat) -> None:
    """Try the ticked invoices again or skip them, and say what came of it."""
    action = deeds.read_action(request.POST.get("actie", ""))
    try:
        ids = chosen(seat.organisation_id, request.POST)
        wanted = action if action in ON_A_LIST else None
        said = deeds.act_on_many(wanted, ids, request.POST, deeds.by(str(request.user)), moment())
    except deeds.Unsaid as unsaid:
        messages.warning(request, unsaid.sentence, extra_tags="amber")
    else:
        messages.success(request, said, extra_tags="green")
        wiring.go_on(seat.organisation_id)
