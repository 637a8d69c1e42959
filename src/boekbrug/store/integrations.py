"""Integrations and their options: create, set, list and show; all of a form is saved or nothing (options.md)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db import transaction

from boekbrug.domain.option_defaults import with_defaults
from boekbrug.domain.option_rules import Situation, Verdict, judge
from boekbrug.domain.option_values import ORGANISATION_KEYS, Refusal, read_options, write_options
from boekbrug.domain.options import Options
from boekbrug.domain.states import BookingState
from boekbrug.store.koppelingen import coachview_changed
from boekbrug.store.lifecycle import link_administration, overlapping
from boekbrug.store.models import Booking, Integration, IntegrationState, Organisation
from boekbrug.store.options import (
    OptionsRefused,
    SavedMeanwhile,
    options_of,
    save_integration_options,
    save_organisation_options,
)
from boekbrug.store.organisations import COACHVIEW_KEYS, NotFound, coachview_number, set_coachview
from boekbrug.store.receiving import reassign
from boekbrug.store.rounds import move_round
from boekbrug.store.situation import situation_of
from boekbrug.store.steps import make_due
from boekbrug.sync.ports import Step

WORKING = (IntegrationState.ENABLED, IntegrationState.ACTIVE, IntegrationState.PAUSED, IntegrationState.REVIEW)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegrationShown:
    """An integration with its options and connections, for lists, pages and `--json`."""

    id: int
    organisation_id: int
    name: str
    state: str
    administration_id: int | None
    login_id: int | None
    exact_user: str
    exact: tuple[str, str]
    coachview: tuple[str, str]
    activated_at: datetime | None
    options: Options
    options_version: int


def create_integration(
    organisation_id: int,
    values: Mapping[str, object],
    *,
    who: str,
    now: datetime,
    refused: tuple[Refusal, ...] = (),
) -> int:
    """A new integration in `draft` with these options, the organisation's keys among them; raises OptionsRefused.

    `refused` is what the caller found wrong already; it is told together with what is found here.
    """
    own, shared, coachview = _sorted_out(values)
    options, unread = read_options(own)
    taken = _name_taken(organisation_id, options.name, None)
    _refuse((*refused, *unread, *taken, *judge(options, Situation()).refusals))
    with transaction.atomic():
        if shared:
            save_organisation_options(organisation_id, shared, who=who, at=now)
        if coachview:
            set_coachview(organisation_id, coachview, who=who, at=now)
        row = Integration.objects.create(
            organisation_id=organisation_id,
            name=options.name,
            site=options.site,
            created_at=now,
            state_since=now,
            exact_since=now,
            coachview_since=now,
        )
        save_integration_options(row.id, options, who=who, at=now)
        return row.id


def add_integration(organisation_id: int, *, who: str, now: datetime) -> int:
    """A new integration with the defaults and a name that is free; one that nobody touched yet is taken instead.

    The organisation is locked, so that two presses on the button make one.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(id=organisation_id)
        rows = Integration.objects.filter(organisation_id=organisation_id).exclude(state=IntegrationState.DELETED)
        for row in rows.filter(state=IntegrationState.DRAFT, login=None).order_by("id"):
            if _own_values(options_of(row.id).options) == _own_values(Options(name=row.name)):
                return row.id
        taken, name = set(rows.values_list("name", flat=True)), Options().name
        numbers = (f"{name} {number}" for number in count(2))
        free = name if name not in taken else next(other for other in numbers if other not in taken)
        return create_integration(organisation_id, {"name": free}, who=who, now=now)


def _own_values(options: Options) -> dict[str, object]:
    return {key: value for key, value in write_options(options).items() if key not in ORGANISATION_KEYS}


def set_options(
    integration_id: int,
    values: Mapping[str, object],
    *,
    who: str,
    now: datetime,
    expected_version: int | None = None,
    expected_coachview: int | None = None,
    refused: tuple[Refusal, ...] = (),
) -> int:
    """Save changed options as a new version; the number that now holds. Raises OptionsRefused: nothing was saved.

    `expected_version` is the version that the changes were made from, `expected_coachview` that of the organisation's
    panel Coachview: raises SavedMeanwhile when another one holds.
    `refused` is what the caller found wrong already; it is told together with what is found here.
    """
    own, shared, coachview = _sorted_out(values)
    with transaction.atomic():
        row = locked(integration_id)
        saved, situation = options_of(row.id), situation_of(row)
        if expected_version not in {None, saved.number}:
            raise SavedMeanwhile
        before = saved.options
        options, unread = read_options(with_defaults(own, before, situation.reference), base=before)
        _refuse(
            (
                *refused,
                *unread,
                *_name_taken(row.organisation_id, options.name, row.id),
                *judge(options, situation).refusals,
                *(overlapping(row, options) if row.state in WORKING else ()),
            )
        )
        if shared:
            save_organisation_options(row.organisation_id, shared, who=who, at=now)
        if coachview:
            _set_coachview(row.organisation_id, coachview, who=who, now=now, expected_version=expected_coachview)
        number = save_integration_options(row.id, options, who=who, at=now)
        Integration.objects.filter(id=row.id).update(name=options.name, site=options.site)
        link_administration(row.id)
        move_round(row.id, before, options, now)
        if options.invoice_filter != before.invoice_filter or options.purpose != before.purpose:
            reassign(row.organisation_id, now)
        check_again(row.organisation_id, now)
        return number


def _set_coachview(
    organisation_id: int, values: Mapping[str, object], *, who: str, now: datetime, expected_version: int | None
) -> None:
    before = coachview_number(organisation_id)
    if set_coachview(organisation_id, values, who=who, at=now, expected_version=expected_version) != before:
        coachview_changed(organisation_id, now)
    _fetch_again(organisation_id, now)


def follow_defaults(integration_id: int, *, now: datetime) -> None:
    """Save what follows from a new connection: the journal's own receivables account, when nobody chose another."""
    row = Integration.objects.select_related("login").get(id=integration_id)
    if not with_defaults({}, options_of(row.id).options, situation_of(row).reference):
        return
    with suppress(OptionsRefused):  # the red items of the checklist say what a person has to choose first
        set_options(integration_id, {}, who="", now=now)


def set_organisation_options(
    organisation_id: int, values: Mapping[str, object], *, who: str, now: datetime, expected_version: int
) -> int:
    """Save panel Factuur and check again what is not booked; the number that now holds.

    Raises OptionsRefused or SavedMeanwhile: nothing was saved.
    """
    with transaction.atomic():
        number = save_organisation_options(organisation_id, values, who=who, at=now, expected_version=expected_version)
        if number != expected_version:
            check_again(organisation_id, now)
        return number


def _fetch_again(organisation_id: int, now: datetime) -> None:
    """Another way to Coachview: try it now, and not when a failed fetch would be tried again."""
    active = Integration.objects.filter(organisation_id=organisation_id, state=IntegrationState.ACTIVE)
    for administration_id in sorted(filter(None, set(active.values_list("administration_id", flat=True)))):
        make_due(administration_id, Step.FETCH, now)


def check_again(organisation_id: int, now: datetime) -> None:
    """Options or mappings changed: what is undecided, held or waits as ready is checked anew."""
    waiting = Booking.objects.filter(
        organisation_id=organisation_id,
        state__in=[BookingState.RECEIVED, BookingState.READY, BookingState.HELD],
        administration__isnull=False,
        invoice__record__isnull=False,
    )
    administrations = set(waiting.values_list("administration_id", flat=True))
    waiting.update(needs_check=True)
    for administration_id in sorted(filter(None, administrations)):
        make_due(administration_id, Step.CHECK, now)


def list_integrations(organisation_id: int | None = None) -> tuple[IntegrationShown, ...]:
    """All integrations that are not deleted, of one organisation or of all."""
    rows = Integration.objects.select_related("login").exclude(state=IntegrationState.DELETED)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return tuple(_shown(row) for row in rows.order_by("organisation_id", "id"))


def show_integration(integration_id: int) -> IntegrationShown:
    """One integration; raises NotFound."""
    row = Integration.objects.select_related("login").filter(id=integration_id).first()
    if row is None:
        raise NotFound("There is no koppeling {id}.", id=integration_id)
    return _shown(row)


def verdict_of(integration_id: int) -> Verdict:
    """What the saved options are refused by now, and what they are warned of."""
    row = Integration.objects.select_related("login").get(id=integration_id)
    return judge(options_of(row.id).options, situation_of(row))


def locked(integration_id: int) -> Integration:
    """The row of an integration that is not deleted, locked; raises NotFound."""
    rows = Integration.objects.select_for_update(no_key=True).exclude(state=IntegrationState.DELETED)
    row = rows.filter(id=integration_id).first()
    if row is None:
        raise NotFound("There is no koppeling {id}.", id=integration_id)
    return row


def option_values(integration_id: int) -> dict[str, object]:
    """The options by the keys of options.md, as JSON values."""
    return write_options(options_of(integration_id).options)


def _sorted_out(
    values: Mapping[str, object],
) -> tuple[dict[str, object], dict[str, object], dict[str, object]]:
    """The integration's own keys, those of panel Factuur, and those of panel Coachview."""
    shared = {key: value for key, value in values.items() if key in ORGANISATION_KEYS}
    coachview = {key: value for key, value in values.items() if key in COACHVIEW_KEYS}
    own = {key: value for key, value in values.items() if key not in shared and key not in coachview}
    return own, shared, coachview


def _name_taken(organisation_id: int, name: str, own_id: int | None) -> tuple[Refusal, ...]:
    others = Integration.objects.filter(organisation_id=organisation_id, name=name)
    taken = others.exclude(state=IntegrationState.DELETED).exclude(id=own_id or 0).exists()
    return (Refusal(key="name", code="name-taken", values=(("name", name),)),) if taken else ()


def _refuse(refusals: tuple[Refusal, ...]) -> None:
    if refusals:
        raise OptionsRefused(refusals)


def _shown(row: Integration) -> IntegrationShown:
    saved = options_of(row.id)
    return IntegrationShown(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        state=row.state,
        administration_id=row.administration_id,
        login_id=row.login_id,
        exact_user=row.login.exact_user if row.login else "",
        exact=(row.exact_state, row.exact_reason),
        coachview=(row.coachview_state, row.coachview_reason),
        activated_at=row.activated_at,
        options=saved.options,
        options_version=saved.number,
    )
