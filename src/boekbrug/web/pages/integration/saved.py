"""Right after saving: which version holds now, and what can be picked of an administration that is new to us."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.store.organisations import coachview_number
from boekbrug.store.reading import IntegrationDetail
from boekbrug.sync.failures import OutsideFailure
from boekbrug.web.outside import told
from boekbrug.web.pages.integration.configure import Draft, saved_as


def tell_saved(request: HttpRequest, found: IntegrationDetail, number: int, draft: Draft) -> None:
    """Say which version holds, and read the lists of a new administration; Exact may be silent, the save stands."""
    coachview = coachview_number(found.organisation_id)
    if coachview != draft.coachview_number:
        words = _("De gegevens van Coachview zijn opgeslagen als versie %(number)s.") % {"number": coachview}
        messages.success(request, words, extra_tags="green")
    if number != draft.number or coachview == draft.coachview_number:
        messages.success(request, saved_as(number, draft.number), extra_tags="green")
    try:
        wiring.learn(found.row.id)
    except OutsideFailure as failure:
        words = _("De keuzelijsten van Exact zijn nog niet gelezen; u kunt de codes intypen. %(why)s")
        messages.warning(request, words % {"why": told(failure, get_language() or "nl")}, extra_tags="amber")
