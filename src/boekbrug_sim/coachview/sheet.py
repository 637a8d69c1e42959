"""What is printed on an invoice: read from the record as the API gives it, so that paper and data agree always."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from boekbrug_sim.coachview.profile import Path, Profile
from boekbrug_sim.coachview.where import stored_moment
from boekbrug_sim.coachview.wire import Json
from boekbrug_sim.coachview.words import NL, WORDS, Words
from boekbrug_sim.data.institutes import Institute

SIGNS = {"EUR": "€", "USD": "US$", "GBP": "£"}
EXEMPT, REVERSE = "6", "7"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One printed line, and under it what it is for."""

    cells: tuple[str, str, str, str, str]
    note: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All texts of one invoice."""

    words: Words
    institute: Institute
    title: str
    number: str
    day: date | None
    address: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    request_to_pay: str
    mention: str
    notes: tuple[str, ...]


class Reader:
    """Reads one record by our own field names."""

    def __init__(self, record: Json, names: Profile, institute: Institute) -> None:
        self._record, self._names, self._institute = record, names, institute
        self._words = WORDS.get(str(self._debtor("language") or "nl").lower(), NL)
        self._sign = SIGNS.get(str(self._own("currency")), str(self._own("currency") or ""))

    def sheet(self) -> Sheet:
        """The invoice in words."""
        words = self._words
        total = self._own("total_incl")
        return Sheet(
            words=words,
            institute=self._institute,
            title=words[self._title(total)],
            number=_text(self._own("number")),
            day=_day(self._own("invoice_date")),
            address=self._address(),
            facts=self._facts(),
            rows=tuple(self._row(line) for line in self._list("lines")),
            sums=self._sums(),
            total=(words["total"], self._money(total)),
            request_to_pay=self._request(total),
            mention=_text(self._own("payment_reference")) or _text(self._own("number")),
            notes=self._notes(),
        )

    def _own(self, name: str) -> Any:
        return value_of(self._record, self._names.invoices.fields.get(name))

    def _debtor(self, name: str) -> Any:
        return value_of(self._own("debtor"), self._names.debtors.fields.get(name))

    def _list(self, name: str) -> Sequence[Any]:
        found = self._own(name)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _line(self, line: Json, name: str) -> Any:
        return value_of(line, self._names.line_fields.get(name))

    def _title(self, total: Any) -> str:
        if self._own("status") == self._names.draft_status:
            return "draft"
        return "credit" if _is_number(total) and total < 0 else "invoice"

    def _address(self) -> tuple[str, ...]:
        contact = [_text(self._debtor(f"contact_{part}")) for part in ("first_name", "prefix", "last_name")]
        name, person = _text(self._debtor("name")), " ".join(part for part in contact if part)
        place = f"{_text(self._debtor('postal_code'))}  {_text(self._debtor('city'))}".strip()
        country = _text(self._debtor("country"))
        lines = [name, person if person != name else ""]
        lines += [_text(self._debtor(f"address_{number}")) for number in (1, 2, 3)]
        lines += [place, COUNTRIES.get(country, country) if country != self._institute.country else ""]
        return tuple(line for line in lines if line)

    def _facts(self) -> tuple[tuple[str, str], ...]:
        found = (
            ("number", _text(self._own("number"))),
            ("date", day_of(self._own("invoice_date"))),
            ("due", day_of(self._own("due_date"))),
            ("debtor", _text(self._debtor("number"))),
            ("reference", _text(self._own("reference"))),
            ("your_vat", _text(self._debtor("vat_number"))),
        )
        return tuple((self._words[key], text) for key, text in found if text)

    def _row(self, line: Json) -> Row:
        quantity = _text(self._line(line, "quantity")).replace(".", ",")
        price, amount = self._line(line, "unit_price"), self._line(line, "amount")
        start, end = day_of(self._line(line, "course_start")), day_of(self._line(line, "course_end"))
        request = _text(self._line(line, "request_number"))
        about = [_text(self._line(line, "course_code")), f"{start} – {end}" if start and end else ""]
        about.append(f"{self._words['request']} {request}" if request else "")
        return Row(
            cells=(
                _text(self._line(line, "description")),
                quantity,
                money(price),
                self._rate(line),
                money(amount),
            ),
            note="  ·  ".join(part for part in about if part),
        )

    def _rate(self, line: Json) -> str:
        code = _text(self._line(line, "vat_code"))
        if code in {EXEMPT, REVERSE}:
            return self._words["exempt" if code == EXEMPT else "reverse"]
        return _percentage(self._line(line, "vat_percentage"))

    def _sums(self) -> tuple[tuple[str, str], ...]:
        """The total without VAT and a line per VAT code, each with its base."""
        rows = [(self._words["subtotal"], self._money(self._own("total_excl")))]
        for part in self._list("vat"):
            code, base, amount = (value_of(part, self._names.vat_fields.get(key)) for key in ("code", "base", "amount"))
            lines = [line for line in self._list("lines") if self._line(line, "vat_code") == code]
            rates = ", ".join(dict.fromkeys(self._rate(line) for line in lines))
            label = f"{self._words['vat']} {rates or _text(code)} {self._words['over']} {self._money(base)}"
            rows.append((label, self._money(amount)))
        return tuple(rows)

    def _request(self, total: Any) -> str:
        amount, due = self._money(total), day_of(self._own("due_date"))
        if self._own("already_paid") is True:
            return self._words["paid"]
        if _is_number(total) and total <= 0:
            return self._words["back" if total < 0 else "nothing"]
        collected = self._own("payment_method_type") == self._names.direct_debit
        return self._words["collect" if collected else "pay"].format(amount=amount, due=due)

    def _notes(self) -> tuple[str, ...]:
        codes = {_text(self._line(line, "vat_code")) for line in self._list("lines")}
        found = [self._words[f"exempt_{self._institute.country.lower()}"]] if EXEMPT in codes else []
        found += [self._words["reverse_note"]] if REVERSE in codes else []
        found += [self._words["zero_note"]] if codes & {"0", "5"} else []
        return tuple(note for note in (*found, _text(self._own("text"))) if note)

    def _money(self, amount: Any) -> str:
        return f"{self._sign} {money(amount)}".strip()


COUNTRIES: Mapping[str, str] = {"NL": "Nederland", "BE": "België / Belgique", "DE": "Deutschland"}


def value_of(record: Any, path: Path | None) -> Any:
    """The value at a path; None when it is not there."""
    for key in path or ("",):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def money(amount: Any) -> str:
    """An amount in Dutch notation; what is no amount as it is."""
    if not _is_number(amount):
        return _text(amount)
    return f"{Decimal(repr(amount)):,.2f}".translate(str.maketrans(",.", ".,"))


def _percentage(fraction: Any) -> str:
    if not _is_number(fraction):
        return _text(fraction)
    return f"{(Decimal(repr(fraction)) * 100).normalize():f}".replace(".", ",") + "%"


def _day(value: Any) -> date | None:
    moment = stored_moment(value)
    return moment.date() if moment else None


def day_of(value: Any) -> str:
    """A date as one reads it; what is no date as it is."""
    day = _day(value)
    return f"{day:%d-%m-%Y}" if day else _text(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
