"""Who may open which address: login first, then membership (404), then role (403).

Source: service-center.md, "Who may do what".
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from boekbrug.store import reading

CURRENT = "organisation"
"""The key of the session under which the organisation stands that a person looks at."""


class Level(IntEnum):
    """What an address demands, from nothing up to configuring."""

    ANYONE = 0
    MEEKIJKER = 1
    FINANCIEEL = 2
    BEHEERDER = 3


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LEVELS = {"meekijker": Level.MEEKIJKER, "financieel": Level.FINANCIEEL, "beheerder": Level.BEHEERDER}


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A person at a page: in which organisation, and what he may do there."""

    user_id: int
    organisation_id: int
    organisation: str
    level: Level

    def may(self, level: Level) -> bool:
        """Whether what demands `level` is open to this person."""
        return self.level >= level


Page = Callable[..., HttpResponseBase]
"""A view behind the door: it gets the request, the seat, and the parts of its address by name."""

Owner = Callable[[int], int | None]
"""Tells which organisation the thing of an address belongs to, or None when there is no such thing."""


def guarded(
    view: Page, level: Level, owner: Owner | None, *, acts: Level | None = None, posts: bool = False
) -> Callable[..., HttpResponseBase]:
    """`view` behind the door of `level`; with an `owner` the address names a thing that has one.

    With `acts` a request that may change something demands that level. With `posts` nothing but a POST gets through:
    what changes something is never done by opening a link.
    """

    @wraps(view)
    def door(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        seat = take_seat(request, owner(parts["id"]) if owner else None, named=owner is not None)
        vars(request)["seat"] = seat  # the menu reads it
        if not seat.may(level if acts is None or request.method in SAFE else acts):
            raise PermissionDenied
        if posts and request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(request, seat, **parts)

    return door


def take_seat(request: HttpRequest, organisation_id: int | None, *, named: bool) -> Seat:
    """The person's place: in the organisation that the address names, else in the one that he looked at last.

    Raises Http404 when the named organisation is not his, PermissionDenied when he has none at all.
    """
    seats = {seat.organisation_id: seat for seat in seats_of(request)}
    usual = seats.get(request.session.get(CURRENT, 0)) or next(iter(seats.values()), None)
    if named:
        if organisation_id not in seats:
            raise Http404
        if usual != seats[organisation_id]:
            request.session[CURRENT] = organisation_id
        return seats[organisation_id]
    if usual is None:
        raise PermissionDenied
    return usual


def seats_of(request: HttpRequest) -> tuple[Seat, ...]:
    """Every place that the person has, by the name of the organisation."""
    user_id = request.user.pk
    if user_id is None:
        return ()
    return tuple(
        Seat(
            user_id=user_id,
            organisation_id=membership.organisation_id,
            organisation=membership.organisation,
            level=LEVELS[membership.role],
        )
        for membership in reading.memberships(user_id)
    )
