"""The tables, one file per group; other modules of the store import them from here."""

from boekbrug.store.models.administration import Administration, CallsUsed, DueStep, EndpointErrors, OperatorNotice
from boekbrug.store.models.booking import Booking, BookingHistory, Finding, FindingState
from boekbrug.store.models.cause_link import CauseLink
from boekbrug.store.models.integration import (
    ChecklistConfirmation,
    Integration,
    IntegrationState,
    OptionVersion,
    RoundState,
)
from boekbrug.store.models.intent import Intent, IntentState
from boekbrug.store.models.invoice import Invoice
from boekbrug.store.models.links import DebtorLink, Mapping, MappingChange, MappingKind
from boekbrug.store.models.login import Login
from boekbrug.store.models.organisation import CoachviewVersion, Membership, Organisation, Role, SetUpLink, User
from boekbrug.store.models.reference import CustomerCopy, ProjectCopy, ReferenceMark, ReferenceRow
from boekbrug.store.models.review import Backup, Review
from boekbrug.store.models.tally import Tally

__all__ = [
    "Administration",
    "Backup",
    "Booking",
    "BookingHistory",
    "CallsUsed",
    "CauseLink",
    "ChecklistConfirmation",
    "CoachviewVersion",
    "CustomerCopy",
    "DebtorLink",
    "DueStep",
    "EndpointErrors",
    "Finding",
    "FindingState",
    "Integration",
    "IntegrationState",
    "Intent",
    "IntentState",
    "Invoice",
    "Login",
    "Mapping",
    "MappingChange",
    "MappingKind",
    "Membership",
    "OperatorNotice",
    "OptionVersion",
    "Organisation",
    "ProjectCopy",
    "ReferenceMark",
    "ReferenceRow",
    "Review",
    "Role",
    "RoundState",
    "SetUpLink",
    "Tally",
    "User",
]
