"""A consent that a person began here: it comes back to the same session and person, or it does not count.

Source: service-center.md, "Buttons that the manual names" and "Security, page by page".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from boekbrug.sentences import connection
from boekbrug.sync.failures import NotAllowed, OutsideFailure

BEGUN = "exact_consent"
"""The key of the session under which the consent stands that a person began last."""

DENIED = "access_denied"


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """Which koppeling a person is logging in for."""

    integration_id: int


def remember(session: SessionBase, integration_id: int, state: str, user_id: int) -> None:
    """Bind the state to this session and person; one that was begun before no longer counts."""
    session[BEGUN] = {"state": state, "integration": integration_id, "user": user_id}


def take(session: SessionBase, state: str, user_id: int) -> Begun | None:
    """The consent with this state, once; None when this person did not begin it in this session."""
    begun: Mapping[str, Any] = session.get(BEGUN) or {}
    same = compare_digest(str(begun.get("state", "")).encode(), state.encode())
    if not state or not same or begun.get("user") != user_id:
        return None
    del session[BEGUN]
    return Begun(integration_id=int(begun["integration"]))


def why_not(failure: OutsideFailure, division: int | None, language: str, *, kept: bool) -> str:
    """Why the login did not succeed, in one sentence, and what holds now; `kept`: an earlier login stays in place."""
    holds = (
        _("De bestaande verbinding blijft in gebruik.")
        if kept
        else _("Er wordt niets geboekt. Kies opnieuw Authenticeren.")
    )
    return f"{_reason(failure, division, language)} {holds}"


def _reason(failure: OutsideFailure, division: int | None, language: str) -> str:
    if not isinstance(failure, NotAllowed):
        return _("Exact gaf bij het inloggen geen bruikbaar antwoord.")
    if failure.reason == "consent-refused" and failure.detail != DENIED:
        return _("Exact heeft het inloggen afgebroken.")
    reasons = {
        "consent-refused": _("Bij Exact is geen toestemming gegeven."),
        "state-differs": _(
            "Het inloggen bij Exact was al voltooid, is vervangen, of begon meer dan een half uur geleden."
        ),
        "code-refused": _("De toestemming van Exact was al gebruikt of verlopen."),
        "NoDivisionAccess": _("Met deze aanmelding bij Exact is administratie %(division)s niet te bereiken.")
        % {"division": division or ""},
        "app-missing": _("Voor deze Exact-site is nog geen Exact-app ingesteld."),
        "app-refused": _("Exact neemt de gegevens van de Exact-app niet aan."),
    }
    # What has no words of its own is told as the state of the connection: its first sentence is the reason.
    return reasons.get(failure.reason) or connection("exact", failure.reason, language).partition(". ")[0] + "."
