"""Example data must never become bookings: without a scope Coachview may answer with equal ids (coachview.md 4.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boekbrug.coachview.answers import Record
from boekbrug.coachview.profile import Profile
from boekbrug.coachview.values import at, same_id
from boekbrug.sync.failures import NotAllowed


def refuse_examples(rows: Sequence[Record], path: str, profile: Profile) -> None:
    """Raise NotAllowed, naming the scope, when rows that should differ bear one id; then nothing of it is used."""
    of_invoices = path == profile.invoices.path
    fields = profile.invoices.fields if of_invoices else profile.debtors.fields
    if _repeated(at(row.value, fields["id"]) for row in rows):
        raise NotAllowed("scope-missing", profile.scope_for(path))
    if not of_invoices:
        return
    line_id = profile.invoices.line_fields["id"]
    lines = [line for row in rows for line in _list(at(row.value, fields["lines"]))]
    if line_id and _repeated(at(line, line_id) for line in lines):
        name = fields["lines"][-1].removesuffix("[]")
        raise NotAllowed("scope-missing", profile.scope_for(name[:1].upper() + name[1:]))
    if any(_other_debtor(row.value, profile) for row in rows):
        raise NotAllowed("scope-missing", profile.scope_for(profile.debtors.path))


def _other_debtor(invoice: Any, profile: Profile) -> bool:
    """Whether an invoice carries another debtor than the one whose id it bears."""
    fields = profile.invoices.fields
    carried = at(invoice, fields["debtor"]) if fields["debtor"] else None
    named = at(invoice, fields["debtor_id"]) if fields["debtor_id"] else None
    own = at(carried, profile.debtors.fields["id"]) if isinstance(carried, Mapping) else None
    return _is_id(named) and _is_id(own) and same_id(named) != same_id(own)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_id(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and str(value) != ""


def _repeated(ids: Iterable[Any]) -> bool:
    seen = [same_id(one) for one in ids if _is_id(one)]
    return len(seen) != len(set(seen))
