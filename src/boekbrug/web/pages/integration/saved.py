"""Right after saving: which version holds now, and what can be picked of an administration that is new to us."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug import wiring
from boekbrug.sync.failures import OutsideFailure
from boekbrug.web.outside import told
from boekbrug.web.pages.integration.configure import saved_as


def tell_saved(request: HttpRequest, integration_id: int, number: int, before: int) -> None:
    """Say which version holds, and read the lists of a new administration; Exact may be silent, the save stands."""
    messages.success(request, saved_as(number, before), extra_tags="green")
    try:
        wiring.learn(integration_id)
    except OutsideFailure as failure:
        words = _("De keuzelijsten van Exact zijn nog niet gelezen; u kunt de codes intypen. %(why)s")
        messages.warning(request, words % {"why": told(failure, get_language() or "nl")}, extra_tags="amber")
