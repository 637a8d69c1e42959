"""What pages read: plain functions that return frozen records, and change nothing.

The store is the only place with SQL; a page makes one call here and shows what it gets.
"""

from boekbrug.store.reading.causes import CauseRow, Causes, causes, held_among, held_by, one_per_debtor
from boekbrug.store.reading.configuring import Configuring, configuring
from boekbrug.store.reading.days import Day, latest_days
from boekbrug.store.reading.integrations import (
    IntegrationDetail,
    IntegrationRow,
    SavedVersion,
    integration,
    integrations,
    owner_of_integration,
    saved_values,
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
from boekbrug.store.reading.mapping import CodeUse, MappingTables, mapping_tables
from boekbrug.store.reading.options import OrganisationOptions, organisation_options
from boekbrug.store.reading.people import MemberRow, MembershipRow, members, memberships
from boekbrug.store.reading.picks import Pick, PickLists, pick_lists
from boekbrug.store.reading.today import Pile, Today, today

__all__ = [
    "CauseRow",
    "Causes",
    "CodeUse",
    "Configuring",
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
    "MappingTables",
    "MemberRow",
    "MembershipRow",
    "Order",
    "OrganisationOptions",
    "Pick",
    "PickLists",
    "Pile",
    "SavedVersion",
    "StateCounts",
    "Today",
    "causes",
    "configuring",
    "counts",
    "every_invoice",
    "held_among",
    "held_by",
    "integration",
    "integrations",
    "invoice",
    "invoices",
    "latest_days",
    "mapping_tables",
    "members",
    "memberships",
    "one_per_debtor",
    "organisation_options",
    "owner_of_integration",
    "owner_of_invoice",
    "pick_lists",
    "saved_values",
    "today",
    "waiting",
]
