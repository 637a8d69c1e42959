"""The sentence of Vandaag: what matters most, and never "all fine" when nothing ran."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boekbrug.domain.states import BookingState
from boekbrug.store.reading import IntegrationRow, Today
from boekbrug.web import formats
from boekbrug.web.connection import GREEN

LATE = timedelta(minutes=15)
"""How long after its moment a run counts as not started."""
MORNING = 6
"""The hour at which the night is over."""
UNREACHABLE = "unreachable"


def sentence_of(today: Today, integrations: Sequence[IntegrationRow], now: datetime, language: str) -> str:
    """How things stand, worst first."""
    return _hindrance(integrations, now, language) or _work(today, language)


def _hindrance(integrations: Sequence[IntegrationRow], now: datetime, language: str) -> str:
    """What keeps everything from being booked; nothing when nothing does."""
    active = [row for row in integrations if row.state == "active"]
    if not integrations:
        return _("Er is nog geen koppeling met Exact.")
    if any(row.state == "review" for row in integrations):
        return _("Er is een back-up teruggezet. Er wordt niets geboekt tot dit is nagekeken.")
    if not active:
        if any(row.state == "paused" for row in integrations):
            return _("De koppeling is gepauzeerd. Er wordt niets geboekt.")
        if any(row.state == "enabled" for row in integrations):
            return _("De koppeling wacht op verbinding met Exact. Er wordt niets geboekt.")
        return _("De koppeling is nog niet ingeschakeld. Er wordt niets geboekt.")
    late = [row.next_due_at for row in active if row.next_due_at and row.next_due_at < now - LATE]
    return (
        _cut_off(active, now, language) or (_not_started(min(late), now, language) if late else "")
    ) or _cut_off_from_coachview(active, now, language)


def _cut_off(active: Sequence[IntegrationRow], now: datetime, language: str) -> str:
    """Exact that is away comes back by itself; a login or a right that is missing does not."""
    for row in active:
        if row.exact_state == GREEN:
            continue
        if row.exact_reason != UNREACHABLE:
            return _("%(name)s is niet verbonden met Exact. Er wordt niets geboekt.") % {"name": row.name}
        at = formats.when(timezone.localtime(row.exact_since), now, language)
        return _("Exact is niet bereikbaar sinds %(time)s. Boeken gaat vanzelf verder.") % {"time": at}
    return ""


def _cut_off_from_coachview(active: Sequence[IntegrationRow], now: datetime, language: str) -> str:
    """What was fetched before is booked all the same; before the first fetch there is nothing to say yet."""
    for row in active:
        if row.coachview_state == GREEN or row.coachview_reason in {"", "not-connected"}:
            continue
        at = formats.when(timezone.localtime(row.coachview_since), now, language)
        if row.coachview_reason != UNREACHABLE:
            return _("Er wordt niets opgehaald uit Coachview sinds %(time)s.") % {"time": at}
        return _("Coachview is niet bereikbaar sinds %(time)s. Ophalen gaat vanzelf verder.") % {"time": at}
    return ""


def _not_started(due_at: datetime, now: datetime, language: str) -> str:
    local = timezone.localtime(due_at)
    if local.hour < MORNING and local.date() == now.date():
        return _("De verwerking van vannacht is niet gestart.")
    return _("De verwerking van %(time)s is niet gestart.") % {"time": formats.when(local, now, language)}


def _work(today: Today, language: str) -> str:
    needs = today.of(BookingState.HELD, BookingState.DIFFERS).count
    if needs:
        counted = {"count": formats.count(needs, language)}
        told = ngettext("%(count)s factuur vraagt uw aandacht.", "%(count)s facturen vragen uw aandacht.", needs)
        return told % counted
    under_way = today.of(BookingState.RECEIVED, BookingState.READY, BookingState.BOOKING, BookingState.UNKNOWN).count
    if under_way:
        counted = {"count": formats.count(under_way, language)}
        return ngettext("%(count)s factuur wordt geboekt.", "%(count)s facturen worden geboekt.", under_way) % counted
    if today.booked_at:
        return _("Alles is geboekt.")
    if today.fetched_at:
        return _("Er zijn nog geen facturen om te boeken.")
    return _("Er is nog niets opgehaald uit Coachview.")


def lead_of(today: Today, now: datetime, language: str) -> str:
    """The latest processing in a line: when, how many, how much; nothing when there was none."""
    if today.booked_at is None:
        return ""
    return ngettext(
        "Laatste verwerking %(time)s: %(count)s factuur geboekt, %(total)s.",
        "Laatste verwerking %(time)s: %(count)s facturen geboekt, %(total)s.",
        today.booked.count,
    ) % {
        "time": formats.when(timezone.localtime(today.booked_at), now, language),
        "count": formats.count(today.booked.count, language),
        "total": formats.money(today.booked.total, language),
    }
