"""Payment conditions and Belgium's structured message (booking.md rule 14)."""

from boekbrug.domain.reference import Links, PaymentCondition, Reference

ON_CREDIT = "B"
COLLECTION = "I"
DIRECT_DEBIT = "direct-debit"
MESSAGE_DIGITS = 12
MODULUS = 97


def condition_for(days: int | None, reference: Reference, links: Links) -> str | None:
    """The condition of a payment term: the mapped one, else the only one on credit with as many days, else None.

    Conditions that count to the end of a month or give a discount never match by their days.
    """
    if days is None:
        return None
    mapped = links.payment_terms.get(str(days), "").strip()
    if mapped:
        return mapped
    matching = [condition.code for condition in reference.payment_conditions.values() if _counts(condition, days)]
    return matching[0] if len(matching) == 1 else None


def _counts(condition: PaymentCondition, days: int) -> bool:
    plain = condition.method == ON_CREDIT and not condition.end_of_months and not condition.discount
    return plain and condition.days == days


def direct_debit_condition(reference: Reference, links: Links) -> str | None:
    """The condition that a person mapped to direct debit, when its method is collection."""
    condition = reference.payment_conditions.get(links.payment_terms.get(DIRECT_DEBIT, "").strip())
    return condition.code if condition and condition.method == COLLECTION else None


def structured_message(text: str) -> str | None:
    """`text` as +++ddd/dddd/ddddd+++, or None when it is none: twelve digits, the last two the rest modulo 97."""
    digits = "".join(char for char in text if char not in "+*/. \t-")
    if len(digits) != MESSAGE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    if (int(digits[:10]) % MODULUS or MODULUS) != int(digits[10:]):
        return None
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
