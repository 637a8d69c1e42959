"""From a practice record to what Coachview sends: nested objects with Dutch keys, as the profile says.

An object of which nothing is filled is null, as a .NET server sends it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from boekbrug_sim.coachview.profile import Path, Profile
from boekbrug_sim.data.records import Debtor, ExternalId, Invoice, Line, VatAmount

Json = dict[str, Any]

EXAMPLE_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
"""The id that example data carry in every row, as a Swagger page shows it."""

ON_ACCOUNT = "Op rekening"


class Wire:
    """Writes practice records in the words of one profile."""

    def __init__(self, names: Profile) -> None:
        self._names = names

    def invoice(self, invoice: Invoice) -> Json:
        """A whole invoice with all its relations."""
        names = self._names
        values: dict[str, Any] = {
            name: getattr(invoice, name)
            for name in names.invoices.fields
            if name not in {"status", "payment_method_type", "debtor_id", "debtor", "lines", "vat"}
        }
        values |= {
            "status": names.definitive_status if invoice.definitive else names.draft_status,
            "payment_method_type": names.direct_debit if invoice.direct_debit else ON_ACCOUNT,
            "debtor_id": invoice.debtor.id if invoice.debtor else None,
            "debtor": self.debtor(invoice.debtor) if invoice.debtor else None,
            "lines": [self.line(line) for line in invoice.lines],
            "vat": [self._vat(part) for part in invoice.vat],
        }
        values.update(invoice.garbled)
        written = self._object(names.invoices.fields, values.get)
        for key, name in names.write_back.items():
            written.setdefault(name, False if key in {"confirmed", "paid"} else None)
        return written

    def debtor(self, debtor: Debtor) -> Json:
        """A debtor with its company, person and contact person."""

        def value(name: str) -> Any:
            found = getattr(debtor, name)
            if name in {"company_external", "person_external"}:
                return [self._external(pair) for pair in found]
            return found

        written = self._object(self._names.debtors.fields, value)
        _put(written, self._names.debtors.changed_at, self.plain(debtor.changed_at))
        return _collapsed(written)

    def line(self, line: Line) -> Json:
        """One invoice line."""
        return _collapsed(self._object(self._names.line_fields, lambda name: getattr(line, name)))

    def _vat(self, part: VatAmount) -> Json:
        return self._object(self._names.vat_fields, lambda name: getattr(part, name))

    def _external(self, pair: ExternalId) -> Json:
        return self._object(self._names.external_fields, lambda name: getattr(pair, name))

    def _object(self, fields: Mapping[str, Path], value: Callable[[str], Any]) -> Json:
        written: Json = {}
        for name, path in fields.items():
            _put(written, path, self.plain(value(name)))
        return written

    def plain(self, value: Any) -> Any:
        """A value as JSON has it: dates as text in the profile's formats, amounts as numbers."""
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        if isinstance(value, datetime):
            return value.strftime(self._names.datetime_format)
        if isinstance(value, date):
            return value.strftime(self._names.date_format)
        return value


def example(record: Json, id_key: str) -> Json:
    """What a client gets to see without the scope: the same example whatever it asks for."""
    made: Json = {key: _example_value(value, id_key) for key, value in record.items()}
    made[id_key] = EXAMPLE_ID
    return made


def _example_value(value: Any, id_key: str) -> Any:
    match value:
        case bool():
            return True
        case int() | float():
            return 0
        case str():
            return value if value[:4].isdigit() and value[4:5] == "-" else "string"
        case dict() if id_key in value:
            return example(value, id_key)
        case dict():
            return {key: _example_value(inner, id_key) for key, inner in value.items()}
        case list():
            return [_example_value(part, id_key) for part in value[:1]] * 2
        case _:
            return None


def merged(record: Json, change: Mapping[str, Any]) -> Json:
    """A record with some of its fields changed; objects are changed within, everything else replaced."""
    result = dict(record)
    for key, value in change.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def nested(values: Mapping[str, Any]) -> Json:
    """Dotted keys as nested objects: {"debiteur.naam": x} becomes {"debiteur": {"naam": x}}."""
    result: Json = {}
    for key, value in values.items():
        _put(result, tuple(key.split(".")), nested(value) if isinstance(value, dict) else value)
    return result


def _put(target: Json, path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = target.get(key)
        if not isinstance(inner, dict):
            inner = target[key] = {}
        target = inner
    target[path[-1]] = value


def _collapsed(record: Json) -> Json:
    """Objects of which nothing is filled become null."""
    return {
        key: (None if _empty(value) else _collapsed(value)) if isinstance(value, dict) else value
        for key, value in record.items()
    }


def _empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_empty(inner) for inner in value.values())
    return value is None or value == []
