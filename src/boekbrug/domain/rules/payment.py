"""Rule 14: payment condition, direct debit and Belgium's structured message."""

from collections.abc import Iterator

from boekbrug.domain.draft import Draft
from boekbrug.domain.options import Country
from boekbrug.domain.payment import DIRECT_DEBIT, condition_for, direct_debit_condition, structured_message
from boekbrug.domain.problem import Problem, Subject, report


def payment_condition_must_fit(draft: Draft) -> Iterator[Problem]:
    """Rule 14: direct debit needs a mapped condition of collection; else the term's own, or Exact's default."""
    if not draft.invoice.direct_debit:
        draft.payment_condition = condition_for(draft.invoice.payment_term_days, draft.reference, draft.links)
        return
    draft.payment_condition = direct_debit_condition(draft.reference, draft.links)
    if draft.payment_condition is None:
        yield report("direct-debit-condition-missing", Subject(kind="PaymentCondition", key=DIRECT_DEBIT))


def mapped_condition_must_exist(draft: Draft) -> Iterator[Problem]:
    """Rule 14: a condition that a person mapped to the term still exists in Exact."""
    code = draft.payment_condition
    if code and code not in draft.reference.payment_conditions:
        yield report("payment-condition-missing", Subject(kind="PaymentCondition", key=code))


def payment_reference_must_be_sound(draft: Draft) -> Iterator[Problem]:
    """Rule 14: in Belgium the structured message goes along, except on credit notes; a wrong one is left out."""
    text = draft.invoice.payment_reference.strip()
    if draft.options.country is not Country.BE or not text or draft.is_credit:
        return
    draft.payment_reference = structured_message(text)
    if draft.payment_reference is None:
        yield report("payment-reference-invalid", draft.subject, reference=text)
