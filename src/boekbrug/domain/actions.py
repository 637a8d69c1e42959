"""What a person can do about an invoice: which actions each problem offers, in the order of the service center.

The cause's own action comes first, then always in this order: try again, change the option, link an entry that
exists, skip, open in Exact, forward to the accountant (service-center.md, "Actions"). The state decides what may be
done at all (`states.MOVES`).
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from boekbrug.domain.entry import SkipReason
from boekbrug.domain.problem import Problem
from boekbrug.domain.states import BookingState


class Action(StrEnum):
    """Something that a person can do, in the order in which it is offered."""

    BOOK_ANYWAY = "book-anyway"
    MAKE_CUSTOMER = "make-customer"
    LINK_CUSTOMER = "link-customer"
    CREATE_CUSTOMER = "create-customer"
    MAP_CODE = "map-code"
    ACCEPT_DIFFERENCE = "accept-difference"
    UNSKIP = "unskip"
    BOOK_AGAIN = "book-again"
    RETRY = "retry"
    CHANGE_OPTION = "change-option"
    LINK_ENTRY = "link-entry"
    SKIP = "skip"
    OPEN_IN_EXACT = "open-in-exact"
    FORWARD = "forward"


ORDER: Mapping[Action, int] = MappingProxyType({action: place for place, action in enumerate(Action)})

OWN: Mapping[str, tuple[Action, ...]] = MappingProxyType(
    {
        "dated-before-start": (Action.BOOK_ANYWAY,),
        "customer-is-supplier": (Action.MAKE_CUSTOMER, Action.LINK_CUSTOMER),
        "customer-is-prospect": (Action.MAKE_CUSTOMER, Action.LINK_CUSTOMER),
        "customer-looks-different": (Action.LINK_CUSTOMER,),
        "customer-maybe-exists": (Action.LINK_CUSTOMER, Action.CREATE_CUSTOMER),
        "customer-ambiguous": (Action.LINK_CUSTOMER,),
        "customer-blocked": (Action.LINK_CUSTOMER,),
        "customer-gone": (Action.LINK_CUSTOMER,),
        "customer-code-in-use": (Action.LINK_CUSTOMER,),
        "debtor-number-missing": (Action.LINK_CUSTOMER,),
        "debtor-number-too-long": (Action.LINK_CUSTOMER,),
        "debtor-number-ambiguous": (Action.LINK_CUSTOMER,),
        "vat-code-unknown": (Action.MAP_CODE,),
        "vat-code-blocked": (Action.MAP_CODE,),
        "vat-code-purchase-only": (Action.MAP_CODE,),
        "vat-code-inclusive": (Action.MAP_CODE,),
        "vat-percentage-differs": (Action.MAP_CODE,),
        "gl-account-unknown": (Action.MAP_CODE,),
        "gl-account-blocked": (Action.MAP_CODE,),
        "gl-account-type": (Action.MAP_CODE,),
        "cost-centre-unknown": (Action.MAP_CODE,),
        "cost-centre-ended": (Action.MAP_CODE,),
        "payment-condition-missing": (Action.MAP_CODE,),
        "direct-debit-condition-missing": (Action.MAP_CODE,),
        "entry-number-in-use": (Action.LINK_ENTRY,),
    }
)
"""The action that solves the cause itself, first the most likely one; without one, trying again is the first."""

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "dated-before-start": "book_from",
        "integration-none": "invoice_filter",
        "integration-ambiguous": "invoice_filter",
        "debtor-number-missing": "debtor_number_2",
        "debtor-number-too-long": "debtor_prefix",
        "debtor-number-ambiguous": "external_source",
        "customer-is-supplier": "debtor_prefix",
        "customer-looks-different": "debtor_prefix",
        "customer-code-in-use": "debtor_prefix",
        "entry-number-too-large": "invoice_prefix",
        "entry-number-in-use": "invoice_prefix",
        "vat-difference": "vat_rounding",
        "cost-centre-unknown": "send_cost_centre",
        "cost-centre-mandatory": "send_cost_centre",
        "cost-centre-not-allowed": "send_cost_centre",
        "project-unknown": "project_missing",
        "order-dates-missing": "deferred_revenue",
        "order-dates-reversed": "deferred_revenue",
        "period-date-missing": "period_date_2",
        "period-closed": "closed_period",
        "journal-unknown": "journal",
        "journal-not-sales": "journal",
        "journal-blocked": "journal",
        "receivables-account-differs": "receivables_account",
        "currency-not-allowed": "journal",
    }
)
"""The option of the koppeling that lets invoices with this problem through, where there is one."""

ALWAYS_WHEN_HELD = (Action.RETRY, Action.LINK_ENTRY, Action.SKIP, Action.FORWARD)
WHEN_IN_EXACT = (Action.BOOK_AGAIN, Action.OPEN_IN_EXACT)
POINTS_AT_AN_ENTRY = frozenset({"entry-number-in-use"})
"""Problems that are about an entry which Exact has already."""


def actions_of(code: str) -> tuple[Action, ...]:
    """What a problem that holds an invoice offers, the cause's own first, then in the fixed order."""
    own = OWN.get(code, ())
    usual = {*ALWAYS_WHEN_HELD, *((Action.CHANGE_OPTION,) if code in OPTIONS else ())} - set(own)
    usual |= {Action.OPEN_IN_EXACT} if code in POINTS_AT_AN_ENTRY else set()
    return (*own, *in_order(usual))


def actions_on(state: BookingState, problems: Sequence[Problem], skip_reason: str = "") -> tuple[Action, ...]:
    """What can be done about an invoice as it stands; nothing while it is on its way or simply booked.

    With several problems their own actions come first, problem by problem: each must be solved.
    """
    if state is BookingState.HELD:
        offered = [actions_of(problem.code) for problem in problems] or [ALWAYS_WHEN_HELD]
        own = dict.fromkeys(action for problem in problems for action in OWN.get(problem.code, ()))
        return (*own, *in_order({action for some in offered for action in some} - own.keys()))
    if state is BookingState.SKIPPED:
        return {SkipReason.BY_PERSON.value: (Action.UNSKIP,), SkipReason.BEFORE_START.value: (Action.BOOK_ANYWAY,)}.get(
            skip_reason, ()
        )
    return _BY_STATE.get(state, ())


_BY_STATE: Mapping[BookingState, tuple[Action, ...]] = MappingProxyType(
    {
        BookingState.READY: (Action.SKIP,),
        BookingState.BOOKED: WHEN_IN_EXACT,
        BookingState.PROVEN: WHEN_IN_EXACT,
        BookingState.DIFFERS: (Action.ACCEPT_DIFFERENCE, *WHEN_IN_EXACT),
    }
)


def in_order(actions: Iterable[Action]) -> list[Action]:
    """These in the order in which they are always offered."""
    return sorted(actions, key=lambda action: ORDER[action])
