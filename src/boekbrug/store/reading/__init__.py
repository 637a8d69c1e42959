"""What pages read: plain functions that return frozen records, and change nothing.

The store is the only place with SQL; a page makes one call here and shows what it gets.
"""

from boekbrug.store.reading.days import Day, latest_days
from boekbrug.store.reading.health import ready
from boekbrug.store.reading.integrations import (
    IntegrationDetail,
    IntegrationRow,
    SavedVersion,
    integration,
    integrations,
    owner_of_integration,
)
from boekbrug.store.reading.invoice import FoundDifference, HistoryStep, InvoiceDetail, invoice, owner_of_invoice
from boekbrug.store.reading.invoices import (
    Cursor,
    InvoiceFilters,
    InvoicePage,
    InvoiceRow,
    Order,
    StateCounts,
    counts,
    every_invoice,
    invoices,
    waiting,
)
from boekbrug.store.reading.people import MembershipRow, memberships
from boekbrug.store.reading.today import Pile, Today, today

__all__ = [
    "Cursor",
    "Day",
    "FoundDifference",
    "HistoryStep",
    "IntegrationDetail",
    "IntegrationRow",
    "InvoiceDetail",
    "InvoiceFilters",
    "InvoicePage",
    "InvoiceRow",
    "MembershipRow",
    "Order",
    "Pile",
    "SavedVersion",
    "StateCounts",
    "Today",
    "counts",
    "every_invoice",
    "integration",
    "integrations",
    "invoice",
    "invoices",
    "latest_days",
    "memberships",
    "owner_of_integration",
    "owner_of_invoice",
    "ready",
    "today",
    "waiting",
]
