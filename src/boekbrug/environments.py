"""Which Coachview environment an institute may choose: what its panel refuses beyond the options themselves."""

from collections.abc import Iterator, Mapping

import httpx2

from boekbrug.coachview.address import led_elsewhere, unusable
from boekbrug.coachview.profile import Profile, ProfileError, known, load
from boekbrug.domain.option_values import Refusal
from boekbrug.sentences import pack
from boekbrug.settings import settings


def profile_names() -> tuple[str, ...]:
    """The profiles that there are on this installation."""
    return known(settings().home / "profiles")


def refusals(
    values: Mapping[str, object], profile: str, *, transport: httpx2.BaseTransport | None = None
) -> tuple[Refusal, ...]:
    """Why what somebody changes of panel Coachview is not taken; `profile` is the one that is used until then.

    An address is asked once, without anything of ours, whether it leads to somewhere else.
    """
    return tuple(_refusals(values, profile, transport))


def _refusals(values: Mapping[str, object], profile: str, transport: httpx2.BaseTransport | None) -> Iterator[Refusal]:
    names, fault = _profile(str(values.get("profile", profile)).strip())
    if fault and "profile" in values:
        yield fault
    address = str(values.get("coachview_url") or "").strip()
    if not address:
        return
    ours = settings()
    wrong = unusable(address, allowed=ours.allows_coachview(address), hosts=ours.coachview_hosts)
    if wrong is None and names is not None:
        wrong = led_elsewhere(address, names, transport=transport)
    if wrong is not None:
        yield wrong


def _profile(name: str) -> tuple[Profile | None, Refusal | None]:
    """The profile of a name, or why it cannot be used."""
    there = profile_names()
    if name not in there:
        values = (("profile", name), ("known", ", ".join(there)))
        return None, Refusal(key="profile", code="profile-not-there", values=values)
    try:
        return load(name, settings().home / "profiles"), None
    except ProfileError as error:
        values = (("profile", name), ("faults", pack(error.faults)))
        return None, Refusal(key="profile", code="profile-wrong", values=values)
