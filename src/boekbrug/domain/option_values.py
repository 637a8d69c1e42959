"""Options from and to the values in which they are stored, typed and shown (options.md, "As JSON")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from boekbrug.domain.options import (
    ClosedPeriod,
    Country,
    DateSource,
    ExportMode,
    InvoiceFilter,
    NumberSource,
    Options,
    OrderDateDetermination,
    OrderDateType,
    ProjectMissing,
    ProjectSource,
    Purpose,
    Repeat,
    Site,
)

YES = frozenset({"yes", "ja", "true", "1", "on"})
NO = frozenset({"no", "nee", "false", "0", "off", ""})


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why an option's value is not taken: `code` names the sentence `refusal.<code>`, `values` fill it."""

    key: str
    code: str
    values: tuple[tuple[str, str], ...] = ()


class _NotTakenError(ValueError):
    """A value that does not fit its option's type."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = tuple(values.items())


Reader = Callable[[object], object]


def read_options(values: Mapping[str, object], base: Options | None = None) -> tuple[Options, tuple[Refusal, ...]]:
    """The options with these values over `base` (default: the defaults of options.md), and what is refused.

    Takes JSON values and the texts of a form or command line alike ("yes", "no", "" for none). Refused values
    leave `base` as it was at that key.
    """
    changes: dict[str, object] = {}
    refusals: list[Refusal] = []
    for key, value in values.items():
        reader = READERS.get(key)
        if reader is None:
            refusals.append(Refusal(key=key, code="option-unknown"))
            continue
        try:
            changes[key] = reader(value)
        except _NotTakenError as error:
            refusals.append(Refusal(key=key, code=error.code, values=error.details))
    base = base or _defaults_for(changes)
    return replace(base, **changes), tuple(refusals)  # type: ignore[arg-type]


def _defaults_for(changes: Mapping[str, object]) -> Options:
    """Country follows the site, and Belgium books credit notes, unless said otherwise (options.md)."""
    country = changes.get("country", Country.BE if changes.get("site") is Site.BE else Country.NL)
    return Options(country=country if isinstance(country, Country) else Country.NL, credit_notes=country is Country.BE)


def write_options(options: Options) -> dict[str, object]:
    """The options as JSON values, keys as in options.md; `read_options` gives the same options back."""
    return {key: _written(getattr(options, key)) for key in READERS}


def changed_keys(old: Options, new: Options) -> tuple[str, ...]:
    """The keys whose values differ, in the order of the panels."""
    return tuple(field.name for field in fields(Options) if getattr(old, field.name) != getattr(new, field.name))


def _written(value: object) -> object:
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, InvoiceFilter):
        return {
            "numbers": [list(pair) for pair in value.numbers],
            "cost_centres": list(value.cost_centres),
            "course_kinds": list(value.course_kinds),
        }
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | float) or not isinstance(value, str | int):
        raise _NotTakenError("option-not-text")
    return str(value).strip()


def _text_up_to(longest: int, *, least: int = 0) -> Reader:
    def read(value: object) -> str:
        text = _text(value)
        if not least <= len(text) <= longest:
            raise _NotTakenError("option-length", least=str(least), most=str(longest))
        return text

    return read


def _digits(value: object) -> str:
    text = _text(value)
    if text and not (text.isascii() and text.isdigit()):
        raise _NotTakenError("option-not-digits")
    return text


def _yes_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise _NotTakenError("option-not-yes-no")


def _choice(choices: type[StrEnum], *, optional: bool = False) -> Reader:
    def read(value: object) -> StrEnum | None:
        text = _text(value)
        if optional and text in {"", "none", "geen"}:
            return None
        try:
            return choices(text)
        except ValueError:
            raise _NotTakenError("option-not-a-choice", choices=", ".join(choices)) from None

    return read


def _date(value: object) -> date | None:
    text = _text(value)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _NotTakenError("option-not-a-date") from None


def _time(value: object) -> time:
    try:
        moment = time.fromisoformat(_text(value))
    except ValueError:
        raise _NotTakenError("option-not-a-time") from None
    return moment.replace(second=0, microsecond=0, tzinfo=None)


def _division(value: object) -> int | None:
    text = _text(value)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 2**31:
        raise _NotTakenError("option-not-a-division")
    return int(text)


def _vat_rounding(value: object) -> Decimal:
    try:
        amount = Decimal(_text(value).replace(",", "."))
    except InvalidOperation:
        raise _NotTakenError("option-vat-rounding") from None
    if not amount.is_finite() or not Decimal(0) <= amount <= Decimal("0.05") or amount != round(amount, 2):
        raise _NotTakenError("option-vat-rounding")
    return round(amount, 2)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        raise _NotTakenError("option-not-a-list")
    return tuple(text for item in value if (text := _text(item)))


def _filter(value: object) -> InvoiceFilter:
    if value is None or value == "":
        return InvoiceFilter()
    if not isinstance(value, Mapping) or set(value) - {"numbers", "cost_centres", "course_kinds"}:
        raise _NotTakenError("option-not-a-filter")
    return InvoiceFilter(
        numbers=tuple(_range(pair) for pair in value.get("numbers") or ()),
        cost_centres=_texts(value.get("cost_centres") or ()),
        course_kinds=_texts(value.get("course_kinds") or ()),
    )


def _range(value: object) -> tuple[str, str]:
    pair = _texts(value)
    if len(pair) != 2 or not all(text.isascii() and text.isdigit() for text in pair) or int(pair[0]) > int(pair[1]):
        raise _NotTakenError("option-not-a-range")
    return pair[0], pair[1]


READERS: Mapping[str, Reader] = {
    "name": _text_up_to(100, least=1),
    "site": _choice(Site),
    "division": _division,
    "country": _choice(Country),
    "book_from": _date,
    "purpose": _choice(Purpose),
    "invoice_filter": _filter,
    "overwrite_customer": _yes_no,
    "debtor_number_1": _choice(NumberSource),
    "debtor_number_2": _choice(NumberSource, optional=True),
    "debtor_number_3": _choice(NumberSource, optional=True),
    "external_source": _text_up_to(100),
    "debtor_prefix": _text_up_to(10),
    "protected_fields": _texts,
    "deferred_revenue": _yes_no,
    "period_date_1": _choice(DateSource),
    "period_date_2": _choice(DateSource, optional=True),
    "entry_date": _choice(DateSource),
    "credit_notes": _yes_no,
    "journal": _text_up_to(20, least=1),
    "receivables_account": _text_up_to(20, least=1),
    "send_pdf": _yes_no,
    "export_mode": _choice(ExportMode),
    "bulk_time": _time,
    "bulk_repeat": _choice(Repeat),
    "bulk_day": _text_up_to(9),
    "send_cost_centre": _yes_no,
    "cost_centre_none": _text_up_to(100),
    "invoice_prefix": _digits,
    "payment_registration": _yes_no,
    "payments_from": _date,
    "closed_period": _choice(ClosedPeriod),
    "vat_rounding": _vat_rounding,
    "project_source": _choice(ProjectSource, optional=True),
    "project_missing": _choice(ProjectMissing),
    "order_date_type": _choice(OrderDateType),
    "order_date_determination": _choice(OrderDateDetermination),
}
ORGANISATION_KEYS = frozenset({"order_date_type", "order_date_determination"})
