"""The life of an integration: enabled, connected, active, paused, deleted (service-center.md, "Buttons")."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from boekbrug.domain.option_values import Refusal
from boekbrug.domain.options import Options, Purpose
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.routing import may_overlap
from boekbrug.domain.schedule import ZONES
from boekbrug.domain.states import BookingState
from boekbrug.spoken import Spoken
from boekbrug.store.fetching import first_moment
from boekbrug.store.held import because, hold
from boekbrug.store.koppelingen import GREEN, RED, show
from boekbrug.store.leases import Shift
from boekbrug.store.logins import forget_login
from boekbrug.store.models import Administration, Booking, Integration, IntegrationState, Organisation, Review
from boekbrug.store.moves import By
from boekbrug.store.options import OptionsRefused, options_of, save_integration_options
from boekbrug.store.organisations import NotFound, same_environment
from boekbrug.store.prepared import prepared
from boekbrug.store.receiving import reassign
from boekbrug.store.rounds import first_round
from boekbrug.store.steps import due_steps, make_all_due, rest

STATE_LIVES = timedelta(minutes=30)
NOBODY_LOGGED_IN = timedelta(hours=1)
BESIDE = (IntegrationState.ENABLED, IntegrationState.ACTIVE, IntegrationState.PAUSED, IntegrationState.REVIEW)
UNDECIDED = (BookingState.RECEIVED, BookingState.READY, BookingState.HELD)


class NotAllowedNow(Spoken):
    """The integration is not in a state in which that can be done."""


def enable(integration_id: int, *, now: datetime) -> None:
    """Inschakelen: from `draft` to waiting for a connection; refused when another books the same invoices."""
    with transaction.atomic():
        row = _locked(integration_id)
        refusals = overlapping(row, options_of(row.id).options)
        if refusals:
            raise OptionsRefused(refusals)
        _to(row, IntegrationState.ENABLED, now, (IntegrationState.DRAFT,))


def overlapping(row: Integration, options: Options) -> tuple[Refusal, ...]:
    """Refused: a second live integration on one Coachview environment whose invoices may be the other's too.

    Source: exactly-once.md, "Who owns what". The environment's organisations are locked, so that two people cannot
    enable two at the same moment.
    """
    if options.purpose is not Purpose.LIVE:
        return ()
    organisations = same_environment(row.organisation_id)
    list(Organisation.objects.select_for_update(no_key=True).filter(id__in=organisations).order_by("id"))
    others = Integration.objects.filter(organisation_id__in=organisations, state__in=BESIDE).exclude(id=row.id)
    for other in others.order_by("id"):
        theirs = options_of(other.id).options
        if theirs.purpose is Purpose.LIVE and may_overlap(options.invoice_filter, theirs.invoice_filter):
            return (Refusal(key="invoice_filter", code="invoice-filter-overlaps", values=(("name", other.name),)),)
    return ()


def confirm(integration_id: int, *, who: str, now: datetime) -> None:
    """Bevestigen: a person knows what will be booked from when, so an enabled integration may start from now on."""
    with transaction.atomic():
        row = _locked(integration_id)
        _to(row, IntegrationState.ENABLED, now, (IntegrationState.ENABLED,))
        Integration.objects.filter(id=row.id).update(confirmed_at=now, confirmed_by=who)


def enable_and_confirm(integration_id: int, *, who: str, now: datetime) -> None:
    """Inschakelen with both confirmations; one that is enabled already is only confirmed."""
    with transaction.atomic():
        if _locked(integration_id).state == IntegrationState.DRAFT:
            enable(integration_id, now=now)
        confirm(integration_id, who=who, now=now)


def start_confirmed(integration_id: int, *, who: str, now: datetime) -> bool:
    """Confirm and start in one; when it cannot start, nothing is confirmed either: what is to be booked may change."""
    with transaction.atomic():
        confirm(integration_id, who=who, now=now)
        started = activate(integration_id, now=now)
        if not started:
            transaction.set_rollback(True)
        return started


def activate(integration_id: int, *, now: datetime) -> bool:
    """Start an enabled integration that is confirmed and connected (the caller saw no red); whether it started.

    Sets "book from" and "payments from" to today where they are open, and asks for the first fetch.
    """
    with transaction.atomic():
        row = _locked(integration_id)
        connected = row.login is not None and row.login.refresh_mark and row.administration_id is not None
        if row.state != IntegrationState.ENABLED or not connected or row.confirmed_at is None:
            return False
        _start_dates(row, now)
        Integration.objects.filter(id=row.id).update(activated_at=now)
        _to(row, IntegrationState.ACTIVE, now, (IntegrationState.ENABLED,))
        first_round(row.id, options_of(row.id).options, now)
        _fetch_from(row.organisation_id, now)
        _go_on(row, now)
        return True


def _start_dates(row: Integration, now: datetime) -> None:
    options = options_of(row.id).options
    today = now.astimezone(ZONES[options.country]).date()
    started = replace(options, book_from=options.book_from or today, payments_from=options.payments_from or today)
    save_integration_options(row.id, started, who="", at=now)


def _fetch_from(organisation_id: int, now: datetime) -> None:
    """Fetch anew from the start when this integration wants invoices from before the window that was read."""
    since = first_moment(organisation_id, now)
    rows = Organisation.objects.filter(id=organisation_id, fetched_from__gt=since)
    rows.update(fetched_until=None, fetch_claim="", fetch_claim_until=None)


def _go_on(row: Integration, now: datetime) -> None:
    reassign(row.organisation_id, now)
    if row.administration_id is not None:
        make_all_due(row.administration_id, now)


def pause(integration_id: int, *, now: datetime) -> None:
    """Pauzeren: no intent is committed any more from this moment; a call under way ends."""
    with transaction.atomic():
        row = _locked(integration_id)
        _to(row, IntegrationState.PAUSED, now, (IntegrationState.ACTIVE, IntegrationState.ENABLED))


def resume(integration_id: int, *, now: datetime) -> None:
    """Hervatten: goes on where it was; after a restore only when its review has ended, into what it was before."""
    with transaction.atomic():
        row = _locked(integration_id)
        if row.state == IntegrationState.REVIEW:
            _end_review(row, now)
            return
        state = IntegrationState.ACTIVE if row.activated_at else IntegrationState.ENABLED
        _to(row, state, now, (IntegrationState.PAUSED,))
        Integration.objects.filter(id=row.id).update(stopped_problem=None)
        if row.activated_at:
            _go_on(row, now)


def _end_review(row: Integration, now: datetime) -> None:
    """One that has never booked has nothing to match; another waits until everything is."""
    review = Review.objects.get(integration=row)
    if review.done_at is None and row.activated_at is not None:
        raise NotAllowedNow(
            "Koppeling {id} is in review after a restore: log in to Exact anew and let the review end first.", id=row.id
        )
    _to(row, IntegrationState(review.back_to), now, (IntegrationState.REVIEW,))
    review.delete()
    if review.back_to == IntegrationState.ACTIVE:
        _go_on(row, now)


def delete(integration_id: int, *, by: By, now: datetime) -> None:
    """Verwijderen: forgets the login when nobody else uses it; what was booked and the option versions stay.

    What was not decided yet waits for another integration. What is on its way, or unknown, keeps its intents.
    """
    with transaction.atomic():
        row = _locked(integration_id)
        login_id = row.login_id
        states = (IntegrationState.DRAFT, *BESIDE)
        _to(row, IntegrationState.DELETED, now, states)
        Integration.objects.filter(id=row.id).update(login=None)
        if login_id is not None:
            forget_login(login_id)
        bookings = Booking.objects.select_for_update(of=("self",)).filter(integration=row, state__in=UNDECIDED)
        for booking in bookings.order_by("id"):
            problems = (_nobody(booking.number),)
            hold(booking, problems, None, why=because(problems), by=by, at=now)
        reassign(row.organisation_id, now)


def _nobody(number: str) -> Problem:
    return report("integration-none", Subject(option="invoice_filter"), number=number)


def begin_authorise(integration_id: int, *, now: datetime) -> str:
    """A fresh OAuth state for this integration; an earlier one no longer counts."""
    with transaction.atomic():
        row = _locked(integration_id)
        state = secrets.token_urlsafe(24)
        Integration.objects.filter(id=row.id).update(authorise_state=state, authorise_state_at=now)
        return state


def take_authorise(state: str, *, now: datetime) -> int | None:
    """The integration that this state was made for, within half an hour and once; None otherwise."""
    rows = Integration.objects.filter(authorise_state=state, authorise_state_at__gt=now - STATE_LIVES)
    integration_id = rows.exclude(authorise_state="").values_list("id", flat=True).first()
    if integration_id is None or not rows.filter(id=integration_id).update(authorise_state=""):
        return None
    return integration_id


def connect(integration_id: int, login_id: int, *, now: datetime) -> None:
    """Give the integration its login and, when the division is known, its administration; shows green.

    Everybody who waited for this login goes on.
    """
    with transaction.atomic():
        row = _locked(integration_id)
        old = row.login_id
        Integration.objects.filter(id=row.id).update(login_id=login_id)
        if old is not None and old != login_id:
            forget_login(old)
        link_administration(row.id)
        show("exact", GREEN, now, Q(id=row.id))
        working = (IntegrationState.ACTIVE, IntegrationState.REVIEW)
        users = Integration.objects.filter(login_id=login_id, state__in=working).exclude(administration=None)
        for administration_id in sorted(set(users.values_list("administration_id", flat=True))):
            make_all_due(administration_id, now)


def show_light(party: str, integration_id: int, reason: str = "", detail: str = "", *, now: datetime) -> None:
    """Show a connection green, or red with the reason; a test by a person found it."""
    show(party, RED if reason else GREEN, now, Q(id=integration_id), reason=reason, detail=detail)


def disconnect(integration_id: int, reason: str, detail: str, *, now: datetime) -> None:
    """Show red with the reason, such as another division than the stored one."""
    show("exact", RED, now, Q(id=integration_id), reason=reason, detail=detail)


def link_administration(integration_id: int) -> None:
    """Lead the integration to the administration of its login's app, site and division; name it as Exact does."""
    row = Integration.objects.select_related("login").get(id=integration_id)
    division = options_of(row.id).options.division
    if row.login is None or division is None:
        return
    administration, _ = Administration.objects.get_or_create(
        client_id=row.login.client_id, site=row.site, division=division
    )
    name = row.login.reaches.get(str(division), "")[:200]
    if name and name != administration.name:
        Administration.objects.filter(id=administration.id).update(name=name)
    if row.administration_id != administration.id:
        Integration.objects.filter(id=row.id).update(administration=administration)
        waiting = Booking.objects.filter(integration=row, state__in=(*UNDECIDED, BookingState.SKIPPED))
        waiting.update(administration=administration, needs_check=True)


def login_of(administration_id: int) -> int | None:
    """The login with which an administration is called: of its active integration that was connected first."""
    with prepared(_LOGIN_OF, {"administration": administration_id}) as cursor:
        found = cursor.fetchone()
    return found[0] if found else None


_LOGIN_OF = """
    SELECT login.id FROM store_login AS login
      JOIN store_integration AS integration ON integration.login_id = login.id
     WHERE integration.administration_id = %(administration)s AND login.refresh_mark <> ''
     ORDER BY integration.state <> 'active', integration.id
     LIMIT 1
"""


def rest_without_login(shift: Shift) -> None:
    """Nobody is logged in: what is due waits for a login, which asks for it, and is looked at again in an hour."""
    due = due_steps(shift, shift.now())
    if login_of(shift.administration_id) is None:
        rest(shift, due, shift.now() + NOBODY_LOGGED_IN)


def _locked(integration_id: int) -> Integration:
    rows = Integration.objects.select_for_update(no_key=True, of=("self",)).select_related("login")
    row = rows.exclude(state=IntegrationState.DELETED).filter(id=integration_id).first()
    if row is None:
        raise NotFound("There is no koppeling {id}.", id=integration_id)
    return row


def _to(row: Integration, state: IntegrationState, now: datetime, allowed: tuple[IntegrationState, ...]) -> None:
    """One guarded UPDATE; raises NotAllowedNow when the integration is not in an allowed state."""
    rows = Integration.objects.filter(id=row.id, state__in=allowed)
    if rows.update(state=state, state_since=now) != 1:
        raise NotAllowedNow("Koppeling {id} is {state}: that cannot be done now.", id=row.id, state=row.state)
