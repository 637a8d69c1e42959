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


def sentence_of(today: Today, integrations: Sequence[IntegrationRow], now: datetime, language: str) -> str:
    """How things stand, worst first."""
    return _hindrance(integrations, now, language) or _work(today, language)


def _hindrance(integrations: Sequence[IntegrationRow], now: datetime, language: str) -> str:
    """What keeps everything from being booked; nothing when nothing does."""
    active = [row for row in integrations if row.state == "active"]
    if not integrations:
        return _("Er is nog geen koppeling met Exact.")
    if not active:
        if any(row.state == "paused" for row in integrations):
            return _("De koppeling is gepauzeerd. Er wordt niets geboekt.")
        if any(row.state == "enabled" for row in integrations):
            return _("De koppeling wacht op verbinding met Exact. Er wordt niets geboekt.")
        return _("De koppeling is nog niet ingeschakeld. Er wordt niets geboekt.")
    cut = [row.name for row in active if row.exact_state != GREEN]
    if cut:
        return _("%(name)s is niet verbonden met Exact. Er wordt niets geboekt.") % {"name": cut[0]}
    late = [row.next_due_at for row in active if row.next_due_at and row.next_due_at < now - LATE]
    if late:
        at = formats.when(timezone.localtime(min(late)), now, language)
        return _("De verwerking van %(time)s is niet gestart.") % {"time": at}
    return ""


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
