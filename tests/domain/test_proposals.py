"""Which codes need a row in a mapping table, and which code of Exact is proposed for it, with the reason."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.domain import builders

from boekbrug.domain.proposals import (
    CodeKind,
    Fault,
    Proposal,
    Reason,
    UsedCode,
    choices,
    fault_of,
    propose,
    standing,
)
from boekbrug.domain.reference import CostCentre, DatedPercentage, Links, Reference

DAY = builders.TODAY
OPTIONS = builders.options()


def vat(code: str, *percentages: str) -> UsedCode:
    dated = tuple((Decimal(percentage), DAY) for percentage in percentages)
    return UsedCode(kind=CodeKind.VAT_CODE, code=code, percentages=dated)


def used(kind: str, code: str) -> UsedCode:
    return UsedCode(kind=CodeKind(kind), code=code)


def exact(**fields: Any) -> Reference:
    return builders.reference(**fields)


def reason(given: UsedCode, reference: Reference) -> tuple[str, str] | None:
    found = propose(given, reference, DAY)
    return (found.code, found.reason.value) if found else None


def test_a_code_that_exact_has_needs_no_row() -> None:
    assert standing(vat("2", "0.21"), "", exact(), OPTIONS, DAY).waits is False
    assert standing(used("gl_account", "8000"), "", exact(), OPTIONS, DAY).means == "8000"
    assert standing(used("cost_centre", "UTR"), "", exact(), OPTIONS, DAY).proposal is None


def test_a_code_that_exact_has_not_waits_with_a_proposal() -> None:
    found = standing(vat("2H", "0.21"), "", exact(), OPTIONS, DAY)
    assert (found.fault, found.proposal) == (Fault.UNKNOWN, Proposal(code="2", reason=Reason.SAME_PERCENTAGE))


def test_a_row_decides_and_what_is_wrong_with_it_shows() -> None:
    good = standing(vat("2H", "0.21"), "2", exact(), OPTIONS, DAY)
    assert (good.means, good.fault, good.proposal) == ("2", None, None)
    gone = standing(vat("2H", "0.21"), "77", exact(), OPTIONS, DAY)
    assert (gone.means, gone.fault) == ("77", Fault.UNKNOWN)
    wrong = standing(vat("2H", "0.21"), "1", exact(), OPTIONS, DAY)
    assert wrong.fault is Fault.PERCENTAGE


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"blocked": True}, Fault.BLOCKED),
        ({"transaction": "P"}, Fault.PURCHASE_ONLY),
        ({"kind": "I"}, Fault.INCLUSIVE),
        ({"charged": True}, None),
    ],
)
def test_a_vat_code_must_be_for_sales_open_and_exclusive(fields: dict[str, Any], fault: Fault | None) -> None:
    codes = builders.by_code(builders.vat_code("4", **fields))
    assert fault_of(vat("4", "0.21"), "4", exact(vat_codes=codes), DAY) is fault
    assert choices(CodeKind.VAT_CODE, exact(vat_codes=codes), DAY)[0].fault is fault
    assert propose(vat("2H", "0.21"), exact(vat_codes=codes), DAY) is None


@pytest.mark.parametrize(
    ("kind", "code", "fields", "fault"),
    [
        ("gl_account", "8000", {"gl_accounts": builders.by_code(builders.gl_account(blocked=True))}, Fault.BLOCKED),
        ("gl_account", "8000", {"gl_accounts": builders.by_code(builders.gl_account(kind=20))}, Fault.TYPE),
        ("gl_account", "9", {}, Fault.UNKNOWN),
        (
            "cost_centre",
            "UTR",
            {"cost_centres": builders.by_code(CostCentre(code="UTR", description="Utrecht", active=False))},
            Fault.ENDED,
        ),
        (
            "cost_centre",
            "UTR",
            {"cost_centres": builders.by_code(CostCentre(code="UTR", description="", end=date(2026, 1, 1)))},
            Fault.ENDED,
        ),
        ("payment_term", "30", {}, None),
        ("payment_term", "direct-debit", {}, Fault.NOT_COLLECTION),
    ],
)
def test_what_is_wrong_with_a_code_of_exact(kind: str, code: str, fields: dict[str, Any], fault: Fault | None) -> None:
    there = "30" if kind == "payment_term" else code
    assert fault_of(used(kind, code), there, exact(**fields), DAY) is fault


@pytest.mark.parametrize(
    ("given", "fields", "expected"),
    [
        (vat("02", "0.21"), {}, ("2", "same-number")),
        (vat("H", "0.21"), {}, ("2", "same-percentage")),
        (vat("L", "0.09"), {}, ("1", "same-percentage")),
        (vat("V", "0"), {}, ("0", "same-percentage")),
        (vat("01", "0.21"), {}, ("2", "same-percentage")),
        (vat("X", "0.17"), {}, None),
        (vat("X", "0.21", "0.09"), {}, None),
        (
            vat("Btw hoog", "0.21"),
            {
                "vat_codes": builders.by_code(
                    builders.vat_code("4", description="BTW hoog"), builders.vat_code("5", description="BTW buiten")
                )
            },
            ("4", "same-name"),
        ),
        (vat("Btw 2"), {}, ("2", "same-name")),
        (used("gl_account", "08000"), {}, ("8000", "same-number")),
        (used("gl_account", "omzet 8010"), {}, ("8010", "same-name")),
        (used("gl_account", "8100"), {}, None),
        (used("cost_centre", "utr"), {}, ("UTR", "same-number")),
        (used("cost_centre", "Utrecht"), {}, ("UTR", "same-name")),
        (used("cost_centre", "Zwolle"), {}, None),
    ],
)
def test_number_then_percentage_then_name(
    given: UsedCode, fields: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    assert reason(given, exact(**fields)) == expected


def test_two_codes_that_fit_equally_are_not_proposed() -> None:
    codes = builders.by_code(builders.vat_code("4"), builders.vat_code("5"))
    assert propose(vat("H", "0.21"), exact(vat_codes=codes), DAY) is None
    accounts = builders.by_code(
        builders.gl_account("8000", description="Omzet"), builders.gl_account("8010", description="Omzet")
    )
    assert propose(used("gl_account", "Omzet"), exact(gl_accounts=accounts), DAY) is None


def test_a_blocked_twin_does_not_stand_in_the_way() -> None:
    codes = builders.by_code(builders.vat_code("4"), builders.vat_code("5", blocked=True))
    assert reason(vat("H", "0.21"), exact(vat_codes=codes)) == ("4", "same-percentage")


def test_a_reverse_charge_code_is_no_ordinary_rate() -> None:
    codes = builders.by_code(builders.vat_code("4"), builders.vat_code("9", charged=True))
    assert reason(vat("H", "0.21"), exact(vat_codes=codes)) == ("4", "same-percentage")
    assert reason(vat("V", "0"), exact(vat_codes=codes)) == ("9", "same-percentage")


def test_a_rate_that_changed_still_counts_for_its_own_days() -> None:
    low = builders.vat_code(
        "1",
        percentages=(
            DatedPercentage(percentage=Decimal("0.06"), start=date(2012, 1, 1), end=date(2018, 12, 31)),
            DatedPercentage(percentage=Decimal("0.09"), start=date(2019, 1, 1), end=None),
        ),
    )
    given = UsedCode(
        kind=CodeKind.VAT_CODE,
        code="L",
        percentages=((Decimal("0.06"), date(2018, 5, 1)), (Decimal("0.09"), date(2026, 5, 1))),
    )
    assert reason(given, exact(vat_codes=builders.by_code(low))) == ("1", "same-percentage")


def test_a_payment_term_finds_its_condition_by_itself() -> None:
    found = standing(used("payment_term", "30"), "", exact(), OPTIONS, DAY)
    assert (found.means, found.fault, found.proposal) == ("30", None, None)


def test_a_payment_term_that_exact_decides_gets_a_proposal_but_waits_for_nothing() -> None:
    conditions = builders.by_code(builders.condition("D1", 14, discount=True), builders.condition("E1", 30))
    found = standing(used("payment_term", "14"), "", exact(payment_conditions=conditions), OPTIONS, DAY)
    assert (found.means, found.waits) == ("", False)
    assert found.proposal == Proposal(code="D1", reason=Reason.SAME_DAYS)
    assert standing(used("payment_term", "14 d"), "", exact(), OPTIONS, DAY).means == ""


def test_among_equal_terms_the_number_decides() -> None:
    conditions = builders.by_code(builders.condition("30", 30), builders.condition("3E", 30))
    found = standing(used("payment_term", "30"), "", exact(payment_conditions=conditions), OPTIONS, DAY)
    assert (found.means, found.proposal) == ("", Proposal(code="30", reason=Reason.SAME_NUMBER))


def test_direct_debit_needs_the_condition_that_collects() -> None:
    conditions = builders.by_code(builders.condition(), builders.condition("IN", 14, method="I"))
    found = standing(used("payment_term", "direct-debit"), "", exact(payment_conditions=conditions), OPTIONS, DAY)
    assert (found.fault, found.proposal) == (Fault.MISSING, Proposal(code="IN", reason=Reason.ONLY_COLLECTION))
    mapped = standing(used("payment_term", "direct-debit"), "30", exact(), OPTIONS, DAY)
    assert mapped.fault is Fault.NOT_COLLECTION


def test_the_cost_centre_that_stands_for_none_needs_no_row() -> None:
    none = used("cost_centre", "Intern")
    assert standing(none, "", exact(), OPTIONS, DAY).waits is False
    unsent = builders.options(send_cost_centre=False)
    assert standing(used("cost_centre", "Zwolle"), "", exact(), unsent, DAY).waits is False
    there = exact(cost_centres=builders.by_code(CostCentre(code="Intern", description="", active=False)))
    assert standing(none, "", there, OPTIONS, DAY).fault is Fault.ENDED


def test_short_codes_come_first_in_the_list() -> None:
    accounts = builders.by_code(builders.gl_account("10000"), builders.gl_account("8010"), builders.gl_account("8000"))
    found = choices(CodeKind.GL_ACCOUNT, exact(gl_accounts=accounts), DAY)
    assert [choice.code for choice in found] == ["8000", "8010", "10000"]


def test_a_proposal_that_is_confirmed_is_what_the_rules_then_use() -> None:
    """Each of the four tables has its effect in `book()`."""
    line = builders.line(vat_code="2H", gl_account="08000", cost_centre="Utrecht")
    invoice = builders.invoice(line, payment_term_days=14)
    reference = exact(payment_conditions=builders.by_code(builders.condition("VT", 14, discount=True)))
    assert {"vat-code-unknown", "gl-account-unknown", "cost-centre-unknown"} <= set(
        builders.held(invoice, None, reference)
    )
    links = Links(
        vat_codes={"2H": "2"},
        gl_accounts={"08000": "8000"},
        cost_centres={"Utrecht": "UTR"},
        payment_terms={"14": "VT"},
    )
    entry = builders.booked(invoice, None, reference, links).entry
    sent = entry.lines[0]
    assert (sent.vat_code, sent.gl_account, sent.cost_centre, entry.payment_condition) == ("2", "8000", "UTR", "VT")
    assert {why.field for why in sent.why if why.option == "mapping"} == {"vat_code", "gl_account", "cost_centre"}
