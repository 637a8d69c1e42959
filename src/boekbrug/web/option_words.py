"""The value of an option in words, from the JSON in which it is stored (options.md, "As JSON")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from boekbrug.domain.option_values import Refusal
from boekbrug.sentences import say_refused
from boekbrug.web import formats
from boekbrug.web.option_labels import LABELS

SECRETS = frozenset({"coachview_client_secret", "webhook_secret"})
DATES = frozenset({"book_from", "payments_from"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A value as the page shows it; `given` is False when nothing is set, `icon` belongs to a yes or no."""

    text: str
    icon: str = ""
    given: bool = True


def value_of(key: str, value: Any, language: str) -> Shown:
    """The value of option `key` in words."""
    if key in SECRETS:
        return Shown(text=_("ingevuld")) if value else Shown(text=_("niet ingevuld"), given=False)
    if isinstance(value, bool):
        return Shown(text=_("Ja"), icon="check") if value else Shown(text=_("Nee"), icon="cross", given=False)
    if key == "invoice_filter":
        return _filter(value or {})
    if value is None or value in ("", []):
        return Shown(text=_("geen"), given=False)
    if isinstance(value, list):
        return Shown(text=", ".join(_named(key, str(item)) for item in value))
    if key in DATES:
        return Shown(text=formats.day_in_words(date.fromisoformat(str(value)), language))
    if key == "vat_rounding":
        return Shown(text=formats.money(Decimal(str(value)), language))
    return Shown(text=_named(key, str(value)))


def told(refusal: Refusal, language: str) -> str:
    """Why an option is not taken, or what to mind, in words; values of other options are named as the page does."""
    values = {
        name: ", ".join(_named(_NAMED_BY[name] or refusal.key, part) for part in value.split(", "))
        if name in _NAMED_BY
        else value
        for name, value in refusal.values
    }
    return say_refused(refusal.code, language, values)


_NAMED_BY = {"site": "site", "country": "country", "choices": ""}
"""Places of sentences that hold values of an option (empty: of the refused one)."""


def _named(key: str, value: str) -> str:
    label = LABELS.get(key)
    return str(label.values.get(value, value)) if label else value


def _filter(value: Mapping[str, Any]) -> Shown:
    parts = tuple(_filter_parts(value))
    return Shown(text="; ".join(parts)) if parts else Shown(text=_("alle facturen"))


def _filter_parts(value: Mapping[str, Any]) -> Iterable[str]:
    if numbers := value.get("numbers"):
        ranges = ", ".join(f"{first}–{last}" for first, last in numbers)
        yield _("nummers %(ranges)s") % {"ranges": ranges}
    if centres := value.get("cost_centres"):
        yield _("kostenplaatsen %(codes)s") % {"codes": ", ".join(centres)}
    if kinds := value.get("course_kinds"):
        yield _("opleidingssoorten %(codes)s") % {"codes": ", ".join(kinds)}
