"""Right after a login: the administration is read, and what was confirmed before starts."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.sync.failures import OutsideFailure
from boekbrug.web.outside import told


def begin_booking(request: HttpRequest, integration_id: int) -> None:
    """Read the administration and say how it stands; what cannot be read now is read later."""
    try:
        connected = wiring.start(integration_id)
    except OutsideFailure as failure:
        words = _("Verbonden, maar de gegevens van de administratie zijn nog niet gelezen. %(why)s")
        messages.warning(request, words % {"why": told(failure, get_language() or "nl")}, extra_tags="amber")
        return
    messages.success(request, _("Verbonden met Exact als %(user)s.") % {"user": connected.user}, extra_tags="green")
    if connected.started:
        messages.success(request, _("Het boeken is gestart."), extra_tags="green")
    elif connected.red:
        count = len(connected.red)
        words = ngettext(
            "Eén punt op de checklist houdt het boeken nog tegen.",
            "%(count)s punten op de checklist houden het boeken nog tegen.",
            count,
        )
        messages.warning(request, words % {"count": count}, extra_tags="amber")
