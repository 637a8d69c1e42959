"""The evening before a night: four invoices get as far as they can, and then somebody is at work by hand.

What is made on that evening stands when the night begins, so that the night deletes, replaces and makes anew:

* LATE was booked without its PDF, which Coachview has by now.
* REPLACED was refused, since its month was closed; its PDF is another one by now, and its debtor was changed.
* GONE was refused as well; somebody deleted its document, its customer and its project in Exact.
* WITHOUT_FILE too; somebody took only the file out of its document.

Nobody presses a button in Boekbrug: the months are open again, and the invoices change in Coachview.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.crash.practice import Practice, as_sent, moved, new_debtor

from boekbrug.cli.practice import DIVISION_NL
from boekbrug_sim.data.load import load_invoice_id
from boekbrug_sim.data.people import load_debtor

INVOICES = 4
LATE, REPLACED, GONE, WITHOUT_FILE = range(INVOICES)
GONE_CUSTOMER, PROJECT = "59003", "PO-59003"
THE_NEXT_DAY = """
    UPDATE store_intent SET closed_at = closed_at - interval '1 day';
    UPDATE store_booking SET pdf_retry_at = now() WHERE pdf_state = 'missing' AND entry_id <> '';
    UPDATE store_duestep SET due_at = now() WHERE step IN ('fetch', 'pdf');
    UPDATE store_duestep SET due_at = now() + interval '1 day' WHERE step IN ('reference', 'prove');
"""
"""The night begins a day later, but for the copy of Exact, which is read only once a day."""


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who is at work on the evening: in Coachview, in Exact, and with Boekbrug's `sync` and database."""

    practice: Practice
    work: Callable[[], None]
    tell: Callable[[str], None]

    async def change(self, entity: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Change a record in Coachview."""
        await self.practice.control("coachview", "records", {"entity": entity, "id": record_id, "values": values})

    async def set_journal(self, status: str) -> None:
        """Close or open the sales journals in every month of this year and the last."""
        this_year = date.today().year  # noqa: DTZ011 - the program goes by the wall clock too
        for year, month in ((year, month) for year in (this_year - 1, this_year) for month in range(1, 13)):
            period = {"division": DIVISION_NL, "year": year, "period": month, "status": status}
            await self.practice.control("exact", "periods", period)


async def spend(hands: Hands) -> None:
    """The evening."""
    for debtor_id, values in as_sent(new_debtor(GONE, GONE_CUSTOMER)).items():
        await hands.change("debtors", debtor_id, values)
    await _set_status("Concept", hands, REPLACED, GONE, WITHOUT_FILE)
    await hands.practice.control("coachview", "switches", {"pdf_missing": _number(LATE)})
    await asyncio.to_thread(hands.work)
    await hands.set_journal("closed")
    await hands.change("invoices", load_invoice_id(GONE), {"referentienummer": PROJECT})
    await _set_status("Definitief", hands, REPLACED, GONE, WITHOUT_FILE)
    await asyncio.to_thread(hands.work)
    await hands.set_journal("open")
    await hands.practice.control("coachview", "switches", {"pdf_missing": ""})
    await _change_debtor(hands)
    _delete(hands.practice)
    await asyncio.to_thread(hands.tell, THE_NEXT_DAY)


async def _change_debtor(hands: Hands) -> None:
    """Everything of REPLACED's debtor that is kept in Exact changes, and so does the name on its invoice."""
    before = moved(load_debtor(REPLACED), 2)
    after = replace(
        before, phone="+31 38 555 0099", address_1="Postbus 99", holder_name="Crediteuren", contact_last_name="Anders"
    )
    for debtor_id, values in as_sent(after).items():
        await hands.change("debtors", debtor_id, values)
    await hands.change("invoices", load_invoice_id(REPLACED), {"referentienummer": "PO-59002"})
    await _set_status("Definitief", hands, GONE, WITHOUT_FILE)


def _delete(practice: Practice) -> None:
    """Delete in Exact what is not in use, in the order in which Exact lets one do it."""
    subjects = {row["Subject"].split()[1]: row["ID"] for row in practice.exact.store.rows("Documents", DIVISION_NL)}
    practice.delete_customer(GONE_CUSTOMER)
    practice.delete("Projects", Code=PROJECT)
    practice.delete("DocumentAttachments", Document=subjects[_number(WITHOUT_FILE)])


async def _set_status(status: str, hands: Hands, *invoices: int) -> None:
    for index in invoices:
        await hands.change("invoices", load_invoice_id(index), {"factuurStatusId": status})


def _number(index: int) -> str:
    return str(30_000_001 + index)
