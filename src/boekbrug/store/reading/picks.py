"""What can be picked for an option, from the local copy of what Exact has: pages never ask Exact for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from boekbrug.domain.option_rules import SALES_JOURNAL
from boekbrug.domain.reference import GLAccount, Journal, Reference
from boekbrug.store.models import Integration
from boekbrug.store.reference_copy import copy_of

RECEIVABLES = 20
"""The kind of a G/L account for what customers owe. Source: exact-rest.md 5.3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """One thing that can be picked."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PickLists:
    """The lists of a koppeling; one is empty while there is no connection, or nothing was read of it yet."""

    divisions: tuple[Pick, ...] = ()
    journals: tuple[Pick, ...] = ()
    accounts: tuple[Pick, ...] = ()


def pick_lists(integration_id: int) -> PickLists:
    """The administrations that the login reaches, and the sales journals and receivables accounts of the chosen one."""
    row = Integration.objects.select_related("login", "administration").get(id=integration_id)
    return picks_of(row, copy_of(row.administration.id, row.administration.division) if row.administration else None)


def picks_of(row: Integration, copy: Reference | None) -> PickLists:
    """The lists of a koppeling that was read with its login, out of the copy of what Exact has."""
    reaches: dict[str, str] = row.login.reaches if row.login and row.login.refresh_mark else {}
    divisions = tuple(sorted((Pick(code=code, name=name) for code, name in reaches.items()), key=_by_name))
    if copy is None:
        return PickLists(divisions=divisions)
    journals = [one for one in copy.journals.values() if one.kind == SALES_JOURNAL and not one.blocked]
    own = {journal.gl_account for journal in journals}
    accounts = (
        account
        for account in copy.gl_accounts.values()
        if account.code in own or (account.kind == RECEIVABLES and not account.blocked)
    )
    return PickLists(divisions=divisions, journals=_picks(journals), accounts=_picks(accounts) if journals else ())


def _picks(records: Iterable[Journal | GLAccount]) -> tuple[Pick, ...]:
    picks = (Pick(code=record.code, name=record.description) for record in records)
    return tuple(sorted(picks, key=lambda pick: pick.code))


def _by_name(pick: Pick) -> tuple[str, str]:
    return pick.name.casefold(), pick.code
