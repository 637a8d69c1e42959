"""The connection of a koppeling in words: red with its reason, or green with the sentence of the manual."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from boekbrug.exact.oauth import NOT_BEFORE
from boekbrug.sentences import connection
from boekbrug.store.reading import IntegrationRow
from boekbrug.web import formats, words

GREEN = "green"
UNTRIED = "not-connected"
REFUSED = "login-refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """The status light beside Authenticeren: its colour, what it means, and its icon."""

    colour: str
    icon: str
    title: str
    sentence: str


def light_of(row: IntegrationRow, language: str) -> Light:
    """Red or green. Source: options.md, "Authenticatie/status"."""
    if row.exact_state == GREEN and row.token_at:
        at = formats.stamp(timezone.localtime(row.token_at))
        sentence = _("Geldig token informatie aanwezig: %(moment)s") % {"moment": at}
        return Light(colour="green", icon="check", title=_("Verbonden"), sentence=sentence)
    reason = row.exact_reason or UNTRIED
    moments = _moments(row, language) if reason == REFUSED else {}
    sentence = connection("exact", reason, language, **moments)
    return Light(colour="red", icon="plug", title=_("Niet verbonden"), sentence=sentence)


def _moments(row: IntegrationRow, language: str) -> dict[str, str]:
    """Since when Exact refuses the login, and when it may be renewed: Exact takes no renewal of a younger token."""
    now = timezone.now()
    since = {"since": formats.when(timezone.localtime(row.exact_since), timezone.localtime(now), language)}
    until = row.token_at + NOT_BEFORE if row.token_at else now
    return since | {"until": formats.clock(timezone.localtime(until))} if until > now else since


def coachview_light_of(row: IntegrationRow, language: str) -> Light:
    """Red or green for Coachview; amber when it does not take what we report back, grey when nobody tried it yet."""
    if row.coachview_state == GREEN and row.write_scope_missing:
        sentence = connection("coachview", "write-refused", language, scope=row.write_scope_missing)
        return Light(colour="amber", icon="hand", title=_("Verbonden, zonder terugmelding"), sentence=sentence)
    if row.coachview_state == GREEN:
        sentence = connection("coachview", "connected", language)
        return Light(colour="green", icon="check", title=_("Verbonden"), sentence=sentence)
    reason = row.coachview_reason or UNTRIED
    if reason == UNTRIED and row.coachview_filled:
        sentence = connection("coachview", "untried", language)
        return Light(colour="grey", icon="clock", title=_("Nog niet geprobeerd"), sentence=sentence)
    sentence = connection("coachview", reason, language, detail=row.coachview_detail)
    return Light(colour="red", icon="plug", title=_("Niet verbonden"), sentence=sentence)


def status_of(row: IntegrationRow) -> words.Status:
    """The state word of a koppeling; an active one that is not connected says that first."""
    if row.state == "active":
        if row.exact_state == GREEN:
            return words.Status(word=_("Verbonden"), icon="check", colour="green")
        return words.Status(word=_("Niet verbonden"), icon="plug", colour="red")
    return words.INTEGRATION_STATES[row.state]


def place_of(row: IntegrationRow) -> str:
    """Into which administration it books, and as whom it is logged in."""
    parts = (
        _("Administratie %(division)s") % {"division": row.division} if row.division else "",
        row.administration,
        _("ingelogd als %(user)s") % {"user": row.exact_user} if row.exact_user else "",
    )
    return " · ".join(part for part in parts if part)
