"""Each problem that our own check can find, found once: the catalogue and the rules know the same codes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.domain.builders import (
    LOW,
    NIL,
    NO_LINKS,
    address,
    by_code,
    customer,
    debtor,
    gl_account,
    held,
    invoice,
    journal,
    line,
    options,
    periods,
    reference,
    vat_code,
    warned,
)

from boekbrug.domain.debtor import ExternalId
from boekbrug.domain.invoice import Course, VatTotal
from boekbrug.domain.options import ClosedPeriod, Country, DateSource, InvoiceFilter, NumberSource, ProjectSource
from boekbrug.domain.problem import CATALOGUE, Problem
from boekbrug.domain.reference import CostCentre, DatedPercentage
from boekbrug.domain.routing import integration_for

BY_EXACT_OR_THE_WAY_IN = {
    "customer-code-in-use",
    "customer-code-ignored",
    "entry-number-ignored",
    "entry-number-in-use",
    "type-ignored",
    "refused-by-exact",
    "pdf-missing",
    "pdf-too-large",
    "pdf-refused",
    "document-left",
    "customer-part-refused",
    "rights-missing",
    "scope-missing",
    "division-blocked",
    "internal-error",
}


def _course(start: date | None, end: date | None) -> Course:
    return Course(code="BHV-26", kind="BHV", start=start, end=end)


def _routed(*filters: InvoiceFilter) -> list[str]:
    found = integration_for(invoice(), dict(enumerate(filters)))
    assert isinstance(found, Problem)
    return [found.code]


def _one_vat_code(**fields: Any) -> list[str]:
    return held(known=reference(vat_codes=by_code(vat_code(**fields))))


def _one_account(**fields: Any) -> list[str]:
    return held(known=reference(gl_accounts=by_code(gl_account(**fields))))


def _supplier() -> list[str]:
    return held(known=reference(customers=(customer(status="", supplier=True),)))


def _old_rate() -> list[str]:
    rates = (
        DatedPercentage(percentage=LOW, start=date(2010, 1, 1), end=date(2025, 12, 31)),
        DatedPercentage(percentage=Decimal("0.21"), start=date(2026, 1, 1), end=None),
    )
    own = line("-10.00", vat_percentage=LOW)
    return warned(invoice(own), known=reference(vat_codes=by_code(vat_code(percentages=rates))))


def _deferred(start: date | None, end: date | None) -> list[str]:
    return held(invoice(line(course=_course(start, end))), options(deferred_revenue=True))


def _two_external_ids() -> list[str]:
    pairs = (ExternalId(id="7", source="Exact"), ExternalId(id="8", source="Exact"))
    own = options(debtor_number_1=NumberSource.EXTERNAL_ID, external_source="Exact")
    return held(invoice(debtor=debtor(company=pairs)), own)


def _stranger(**fields: object) -> list[str]:
    return held(invoice(debtor=debtor(number="77", **fields)))


def _belgian(**fields: object) -> list[str]:
    buyer = debtor(invoice_address=address(country="BE"), **fields)
    return held(invoice(debtor=buyer), options(country=Country.BE), reference(customers=()))


FOUND: dict[str, Callable[[], list[str]]] = {
    "dated-before-start": lambda: held(
        invoice(invoice_date=date(2025, 12, 31)), known=reference(periods=periods(2025))
    ),
    "invoice-unreadable": lambda: held(invoice(number=" ")),
    "integration-none": lambda: _routed(InvoiceFilter(numbers=(("1", "2"),))),
    "integration-ambiguous": lambda: _routed(InvoiceFilter(), InvoiceFilter()),
    "debtor-number-missing": lambda: held(invoice(debtor=debtor(number=""))),
    "debtor-number-too-long": lambda: held(invoice(debtor=debtor(number="1" * 19))),
    "debtor-number-ambiguous": _two_external_ids,
    "customer-is-supplier": _supplier,
    "customer-is-prospect": lambda: held(known=reference(customers=(customer(status="P"),))),
    "customer-looks-different": lambda: held(invoice(debtor=debtor(name="Smederij Bos", vat_number="", email=""))),
    "customer-maybe-exists": _stranger,
    "customer-ambiguous": lambda: held(known=reference(customers=(customer(), customer(exact_id="x", code="0042")))),
    "customer-blocked": lambda: held(known=reference(customers=(customer(blocked=True),))),
    "customer-gone": lambda: held(known=reference(customers=(customer(gone=True),))),
    "customer-also-supplier": lambda: warned(known=reference(customers=(customer(supplier=True),))),
    "customer-name-shortened": lambda: warned(
        invoice(debtor=debtor(name="Stichting " * 6)), known=reference(customers=())
    ),
    "text-shortened": lambda: warned(invoice(line(description="cursus " * 20))),
    "entry-number-not-numeric": lambda: held(invoice(number="2026A")),
    "entry-number-too-large": lambda: held(invoice(number="2147483648")),
    "vat-code-unknown": lambda: held(invoice(line(vat_code="99"))),
    "vat-code-blocked": lambda: _one_vat_code(blocked=True),
    "vat-code-purchase-only": lambda: _one_vat_code(transaction="P"),
    "vat-code-inclusive": lambda: _one_vat_code(kind="I"),
    "vat-percentage-differs": lambda: held(invoice(line(vat_percentage=Decimal("0.17")))),
    "vat-percentage-of-other-date": _old_rate,
    "vat-difference": lambda: held(invoice(line(vat_amount=Decimal("21.03")))),
    "total-differs": lambda: held(invoice(total_incl=Decimal("121.01"))),
    "vat-number-invalid": lambda: warned(invoice(debtor=debtor(vat_number="geen"))),
    "vat-number-needed": lambda: _belgian(vat_number=""),
    "gl-account-unknown": lambda: held(invoice(line(gl_account="8999"))),
    "gl-account-blocked": lambda: _one_account(blocked=True),
    "gl-account-type": lambda: _one_account(kind=20),
    "gl-account-not-revenue": lambda: warned(known=reference(gl_accounts=by_code(gl_account(kind=120)))),
    "cost-centre-unknown": lambda: held(invoice(line(cost_centre="AMS"))),
    "cost-centre-ended": lambda: held(
        invoice(line(cost_centre="UTR")),
        known=reference(cost_centres=by_code(CostCentre(code="UTR", description="", active=False))),
    ),
    "cost-centre-mandatory": lambda: _one_account(use_cost_centre=1),
    "cost-centre-not-allowed": lambda: held(
        invoice(line(cost_centre="UTR")), known=reference(gl_accounts=by_code(gl_account(use_cost_centre=2)))
    ),
    "project-unknown": lambda: held(own=options(project_source=ProjectSource.REQUEST_NUMBER)),
    "reference-missing": lambda: held(
        invoice(debtor=debtor(reference_mandatory=True)), options(project_source=ProjectSource.INVOICE_REFERENCE)
    ),
    "order-dates-missing": lambda: _deferred(date(2026, 4, 1), None),
    "order-dates-reversed": lambda: _deferred(date(2026, 4, 2), date(2026, 4, 1)),
    "deferral-period-absent": lambda: _deferred(date(2027, 12, 1), date(2028, 1, 1)),
    "period-date-missing": lambda: held(own=options(period_date_1=DateSource.ORDER_START)),
    "period-absent": lambda: held(invoice(invoice_date=date(2028, 1, 1))),
    "period-closed": lambda: held(known=reference(periods=periods(closed=((2026, 3),)))),
    "period-moved": lambda: warned(
        own=options(closed_period=ClosedPeriod.FIRST_OPEN), known=reference(periods=periods(closed=((2026, 3),)))
    ),
    "journal-unknown": lambda: held(own=options(journal="71")),
    "journal-not-sales": lambda: held(known=reference(journals=by_code(journal(kind=22)))),
    "journal-blocked": lambda: held(known=reference(journals=by_code(journal(blocked=True)))),
    "receivables-account-differs": lambda: held(own=options(receivables_account="1301")),
    "payment-condition-missing": lambda: held(links=replace(NO_LINKS, payment_terms={"30": "weg"})),
    "direct-debit-condition-missing": lambda: held(invoice(direct_debit=True)),
    "payment-reference-invalid": lambda: warned(
        invoice(payment_reference="+++090/9337/55494+++"), options(country=Country.BE)
    ),
    "currency-not-allowed": lambda: held(invoice(currency="USD", rate=Decimal("0.9"))),
    "rate-missing": lambda: held(
        invoice(currency="USD"), known=reference(journals=by_code(journal(allow_other_currency=True)))
    ),
    "iban-invalid": lambda: warned(invoice(debtor=debtor(iban="NL00BANK01")), known=reference(customers=())),
}


@pytest.mark.parametrize("code", FOUND)
def test_the_check_finds(code: str) -> None:
    assert code in FOUND[code]()


def test_every_code_of_the_catalogue_is_found_by_our_check_or_comes_from_elsewhere() -> None:
    assert set(FOUND) | BY_EXACT_OR_THE_WAY_IN == set(CATALOGUE)
    assert not set(FOUND) & BY_EXACT_OR_THE_WAY_IN


def test_an_invalid_vat_number_holds_where_one_is_needed() -> None:
    assert _belgian(vat_number="geen", company=()) == ["vat-number-invalid"]


def test_problems_of_several_rules_are_reported_together_in_rule_order() -> None:
    wrong = invoice(
        line(vat_code="99", gl_account="8999", cost_centre="AMS"), number="26A", currency="USD", total_incl=NIL
    )
    assert held(wrong, options(journal="71", debtor_number_1=NumberSource.EXTERNAL_NUMBER)) == [
        "journal-unknown",
        "entry-number-not-numeric",
        "debtor-number-missing",
        "vat-code-unknown",
        "gl-account-unknown",
        "cost-centre-unknown",
        "total-differs",
    ]


def test_five_lines_with_one_unknown_code_are_one_problem() -> None:
    rows = tuple(line(id=str(n), number=n, vat_code="99") for n in range(1, 6))
    assert held(invoice(*rows)) == ["vat-code-unknown"]


def test_a_printed_code_without_lines_does_not_balance() -> None:
    printed = (
        VatTotal(code="2", base=Decimal("100.00"), amount=Decimal("21.00")),
        VatTotal(code="1", base=Decimal("10.00"), amount=Decimal("0.90")),
    )
    assert held(invoice(vat=printed)) == ["total-differs"]
