"""What can be picked for an option, from the local copy of what Exact has: pages never ask Exact for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from boekbrug.domain.option_rules import SALES_JOURNAL
from boekbrug.store.models import Integration, ReferenceRow

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
    row = Integration.objects.select_related("login").get(id=integration_id)
    reaches: dict[str, str] = row.login.reaches if row.login and row.login.refresh_mark else {}
    copy = ReferenceRow.objects.filter(administration_id=row.administration_id or 0)
    journals = list(
        copy.filter(kind="journal", record__kind=SALES_JOURNAL, record__blocked=False).values_list("record", flat=True)
    )
    accounts = copy.filter(kind="gl_account")
    own = accounts.filter(code__in=[journal["gl_account"] for journal in journals])
    others = accounts.filter(record__kind=RECEIVABLES, record__blocked=False)
    return PickLists(
        divisions=tuple(sorted((Pick(code=code, name=name) for code, name in reaches.items()), key=_by_name)),
        journals=_picks(journals),
        accounts=_picks((own | others).values_list("record", flat=True)) if journals else (),
    )


def _picks(records: Iterable[dict[str, str]]) -> tuple[Pick, ...]:
    picks = {record["code"]: Pick(code=record["code"], name=record["description"]) for record in records}
    return tuple(picks[code] for code in sorted(picks))


def _by_name(pick: Pick) -> tuple[str, str]:
    return pick.name.casefold(), pick.code
