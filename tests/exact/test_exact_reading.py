"""Reference data: what Exact writes, padded and dated in its own way, becomes our records in few calls."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from tests.exact.answers_of_exact import CUSTOMER, GL_8000, OTHER, PROJECT, World, bare, by_path, listed, ms, refused

from boekbrug.domain.debtor import Address
from boekbrug.domain.reference import (
    CostCentre,
    Customer,
    DatedPercentage,
    GLAccount,
    Journal,
    PaymentCondition,
    Project,
    VatCode,
)  # fmt: skip
from boekbrug.exact.ledger import ExactLedger
from boekbrug.exact.wire import values
from boekbrug.exact.wire.values import NotReadable
from boekbrug.sync.failures import NotAllowed, Unreachable

VAT_4 = "aaaaaaaa-0000-0000-0000-000000000004"


def midnight(year: int, month: int, day: int) -> str:
    return ms(datetime(year, month, day, tzinfo=UTC))


DIVISION = {"Code": 100001, "Country": "NL ", "Currency": "EUR"}
GL_ACCOUNT = {
    "Timestamp": "17",
    "ID": GL_8000.upper(),
    "Code": "8000",
    "Description": "Omzet opleidingen",
    "Type": 110,
    "IsBlocked": False,
    "UseCostcenter": 1,
    "BalanceType": "W",
}
VAT_HIGH = {
    "ID": VAT_4, "Code": "4  ", "Description": "Hoog", "Type": "E", "VATTransactionType": "B",
    "IsBlocked": False, "Charged": False, "EUSalesListing": "N", "Percentage": 0.21,
}  # fmt: skip
VAT_NONE = {
    "ID": OTHER, "Code": "0  ", "Description": "Geen", "Type": "N", "VATTransactionType": "S",
    "IsBlocked": False, "Charged": False, "EUSalesListing": None, "Percentage": 0,
}  # fmt: skip
HIGH_NOW = {"VATCodeID": VAT_4, "Percentage": 0.21, "StartDate": midnight(2012, 10, 1), "EndDate": None, "Type": 0}
HIGH_BEFORE = {
    "VATCodeID": VAT_4, "Percentage": 0.19, "StartDate": midnight(2001, 1, 1), "EndDate": midnight(2012, 9, 30),
    "Type": 0,
}  # fmt: skip
EXTRA_DUTY = {"VATCodeID": VAT_4, "Percentage": 0.05, "StartDate": midnight(2012, 10, 1), "EndDate": None, "Type": 1}
ANSWERS: Mapping[str, httpx2.Response] = {
    "system/Divisions": listed(DIVISION),
    "sync/Financial/GLAccounts": listed(GL_ACCOUNT),
    "financial/Journals": listed(
        {
            "Code": "70", "Description": "Verkoop", "Type": 20, "GLAccountCode": "1300", "IsBlocked": False,
            "Currency": "EUR", "AllowVariableCurrency": True,
        }
    ),
    "vat/VATCodes": listed(
        VAT_HIGH | {"VATPercentages": {"results": [HIGH_NOW, HIGH_BEFORE, EXTRA_DUTY]}},
        VAT_NONE | {"VATPercentages": {"results": []}},
    ),
    "hrm/Costcenters": listed(
        {"Code": "0400", "Description": "Utrecht", "Active": True, "EndDate": None},
        {"Code": "0500", "Description": "Zwolle", "Active": None, "EndDate": midnight(2026, 6, 30)},
    ),
    "cashflow/PaymentConditions": listed(
        {
            "Code": "30", "Description": "30 dagen", "PaymentDays": 30, "PaymentEndOfMonths": 0,
            "PaymentMethod": "B", "DiscountPercentage": 0,
        },
        {
            "Code": "IN", "Description": "Incasso", "PaymentDays": None, "PaymentEndOfMonths": None,
            "PaymentMethod": "I", "DiscountPercentage": 0.02,
        },
    ),
    "financial/FinancialPeriods": listed(
        {"FinYear": 2026, "FinPeriod": 2, "StartDate": midnight(2026, 2, 1), "EndDate": midnight(2026, 2, 28)},
        {"FinYear": 2026, "FinPeriod": 1, "StartDate": midnight(2026, 1, 1), "EndDate": midnight(2026, 1, 31)},
    ),
    "read/financial/JournalStatusList": listed(
        {"Journal": "70", "Year": 2026, "Period": 1, "Status": 1},
        {"Journal": "71", "Year": 2026, "Period": 1, "Status": 0},
    ),
}  # fmt: skip


def world(**others: httpx2.Response) -> World:
    return World(by_path({**ANSWERS, **{path.replace("__", "/"): answer for path, answer in others.items()}}))


def test_everything_is_read_in_eight_calls() -> None:
    exact = world()
    reference = ExactLedger(exact.client).read_reference((2025, 2026, 2027, 2028))
    assert len(exact.requests) == 8
    assert {priority for priority, _ in exact.budget.reserved} == {"reference"}
    assert (reference.division, reference.country, reference.currency) == (100001, "NL", "EUR")
    assert reference.journals == {
        "70": Journal(
            code="70", description="Verkoop", kind=20, gl_account="1300", currency="EUR", allow_other_currency=True
        )
    }
    assert reference.gl_accounts == {
        "8000": GLAccount(exact_id=GL_8000, code="8000", description="Omzet opleidingen", kind=110, use_cost_centre=1)
    }
    assert reference.cost_centres == {
        "0400": CostCentre(code="0400", description="Utrecht"),
        "0500": CostCentre(code="0500", description="Zwolle", end=date(2026, 6, 30)),
    }
    assert reference.payment_conditions == {
        "30": PaymentCondition(code="30", description="30 dagen", days=30, end_of_months=0, method="B"),
        "IN": PaymentCondition(code="IN", description="Incasso", days=None, end_of_months=0, method="I", discount=True),
    }
    assert reference.customers == ()


DEFERRED = {"VATPercentages": {"__deferred": {"uri": "https://start.exactonline.nl/x"}}}


@pytest.mark.parametrize(
    "exact",
    [
        world(),
        world(vat__VATCodes=bare(VAT_HIGH | {"VATPercentages": [HIGH_NOW, HIGH_BEFORE, EXTRA_DUTY]},
                                 VAT_NONE | {"VATPercentages": []})),
        world(vat__VATCodes=listed(VAT_HIGH | DEFERRED, VAT_NONE | DEFERRED),
              vat__VatPercentages=listed(HIGH_NOW, HIGH_BEFORE, EXTRA_DUTY)),
    ],
    ids=["inside", "inside as a bare list", "apart"],
)  # fmt: skip
def test_vat_codes_have_their_dated_percentages_without_extra_duty(exact: World) -> None:
    codes = ExactLedger(exact.client).read_reference((2026,)).vat_codes
    assert codes["4"].percentages == (
        DatedPercentage(percentage=Decimal("0.19"), start=date(2001, 1, 1), end=date(2012, 9, 30)),
        DatedPercentage(percentage=Decimal("0.21"), start=date(2012, 10, 1), end=None),
    )
    assert codes["0"] == VatCode(
        code="0", description="Geen", kind="N", transaction="S",
        percentages=(DatedPercentage(percentage=Decimal(0), start=date(1900, 1, 1), end=None),),
    )  # fmt: skip


def test_periods_are_in_order_and_know_where_they_are_closed() -> None:
    exact = world()
    first, second = ExactLedger(exact.client).read_reference((2025, 2026)).periods
    assert (first.period, first.start, first.end) == (1, date(2026, 1, 1), date(2026, 1, 31))
    assert first.closed_for == frozenset({"70"})
    assert second.closed_for == frozenset()
    asked = [exact.query(number) for number in range(len(exact.requests))]
    assert any("FinYear ge 2025 and FinYear le 2026" in query for query in asked)
    assert any("JournalType eq 20 and Status eq 1 and Year ge 2025 and Year le 2026" in query for query in asked)


def test_every_question_names_its_fields() -> None:
    exact = world()
    ExactLedger(exact.client).read_reference((2026,))
    assert all(exact.query(number).startswith("$select=") for number in range(len(exact.requests)))


def test_a_licence_without_one_list_of_divisions_has_the_other() -> None:
    exact = world(system__Divisions=refused("Forbidden", 403), hrm__Divisions=listed(DIVISION))
    assert ExactLedger(exact.client).read_reference((2026,)).country == "NL"


def test_a_division_that_is_not_ours_is_said() -> None:
    with pytest.raises(NotAllowed) as refusal:
        ExactLedger(world(system__Divisions=listed()).client).read_reference((2026,))
    assert refusal.value.reason == "NoDivisionAccess"


def test_a_field_that_is_not_what_it_should_be_is_no_answer() -> None:
    exact = world(financial__FinancialPeriods=listed({"FinYear": 2026, "FinPeriod": 1, "StartDate": None}))
    with pytest.raises(Unreachable, match="StartDate"):
        ExactLedger(exact.client).read_reference((2026,))


ACCOUNT = {
    "Timestamp": 301,
    "ID": CUSTOMER,
    "Code": "             10042",
    "Name": "Academie De Brug B.V.",
    "Status": "C",
    "IsSupplier": True,
    "Blocked": False,
    "EndDate": None,
    "VATNumber": "NL123456782B90",
    "ChamberOfCommerce": "12345678",
    "Email": "facturen@debrug.example",
    "Phone": None,
    "Language": "NL        ",
    "AddressLine1": "Kade 1",
    "Postcode": "3511 AB",
    "City": "Utrecht",
    "Country": "NL ",
    "GLAR": GL_8000,
    "PaymentConditionSales": "30",
}
READ = Customer(
    exact_id=CUSTOMER,
    code="10042",
    name="Academie De Brug B.V.",
    status="C",
    supplier=True,
    vat_number="NL123456782B90",
    chamber_of_commerce="12345678",
    email="facturen@debrug.example",
    language="NL",
    address=Address(line_1="Kade 1", postal_code="3511 AB", city="Utrecht", country="NL"),
    receivables_account="8000",
    payment_condition="30",
    ibans=("NL91ABNA0417164300",),
)
IBAN = {"Account": CUSTOMER, "BankAccount": "NL91 ABNA 0417 1643 00", "IBAN": None}


def accounts(*pages: httpx2.Response, ibans: httpx2.Response) -> World:
    return World(by_path({**ANSWERS, "sync/CRM/Accounts": list(pages), "crm/BankAccounts": ibans}))


def test_customers_come_with_their_ibans_the_first_time_all_at_once() -> None:
    exact = accounts(listed(ACCOUNT), ibans=listed(IBAN))
    ledger = ExactLedger(exact.client)
    ledger.read_reference((2026,))
    (page,) = ledger.read_customers(0)
    assert (page.timestamp, page.customers) == (301, (READ,))
    assert "$filter" not in exact.query(-2)
    assert exact.query(-1).endswith("$filter=Timestamp gt 0L&$orderby=Timestamp")
    assert len(exact.requests) == 10


def test_later_only_those_that_changed_are_asked_for_theirs() -> None:
    exact = accounts(listed(ACCOUNT), ibans=listed(IBAN, IBAN | {"BankAccount": None}))
    ledger = ExactLedger(exact.client)
    ledger.read_reference((2026,))
    (page,) = ledger.read_customers(250)
    assert page.customers == (READ,)
    assert exact.query(-1).endswith(f"$filter=Account eq guid'{CUSTOMER}'")


def test_a_night_without_changes_costs_one_call() -> None:
    exact = accounts(listed(), ibans=listed())
    ledger = ExactLedger(exact.client)
    ledger.read_reference((2026,))
    (page,) = ledger.read_customers(301)
    assert (page.timestamp, page.customers) == (301, ())
    assert exact.paths[8:] == ["GET /api/v1/100001/sync/CRM/Accounts"]


def test_many_changed_customers_are_asked_for_in_batches() -> None:
    many = [{**ACCOUNT, "ID": f"{number:08d}-1111-1111-1111-111111111111"} for number in range(95)]
    exact = accounts(listed(*many), ibans=listed())
    ledger = ExactLedger(exact.client)
    assert [len(page.customers) for page in ledger.read_customers(1)] == [95]
    assert exact.paths.count("GET /api/v1/100001/crm/BankAccounts") == 3


def test_customers_can_be_read_before_the_accounts_were() -> None:
    exact = accounts(listed(ACCOUNT), ibans=listed(IBAN))
    (page,) = ExactLedger(exact.client).read_customers(0)
    assert page.customers[0].receivables_account == "8000"


def test_projects_come_by_timestamp() -> None:
    row = {"Timestamp": "44", "ID": PROJECT, "Code": "P1 ", "Description": "Project 1"}
    exact = World(by_path({"sync/Project/Projects": listed(row)}))
    (page,) = ExactLedger(exact.client).read_projects(12)
    assert (page.timestamp, page.projects) == (44, (Project(exact_id=PROJECT, code="P1", description="Project 1"),))
    assert "Timestamp gt 12L" in exact.query()


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("/Date(1767225600000)/", datetime(2026, 1, 1, tzinfo=UTC)),
        ("/Date(-62135596800000)/", datetime(1, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_a_moment_is_read_in_each_of_its_forms(raw: str | None, moment: datetime | None) -> None:
    assert values.moment({"D": raw}, "D") == moment


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        (values.moment, "gisteren"),
        (values.moment, "/Date(x)/"),
        (values.moment, "/Date(99999999999999999999)/"),
        (values.whole, "1.5"),
        (values.whole, "x"),
        (values.whole, "NaN"),
        (values.whole, None),
        (values.decimal, "x"),
        (values.decimal, "Infinity"),
        (values.known_day, None),
    ],
)
def test_what_cannot_be_read_is_said_by_name(read: Any, raw: str | None) -> None:
    with pytest.raises(NotReadable, match="Veld"):
        read({"Veld": raw}, "Veld")


@pytest.mark.parametrize(("raw", "read"), [(True, True), ("true", True), (1, True), (False, False), (None, False)])
def test_a_flag_is_read_in_each_of_its_forms(raw: object, *, read: bool) -> None:
    assert values.flag({"B": raw}, "B") is read


@pytest.mark.parametrize(
    ("raw", "read"), [(CUSTOMER.upper(), CUSTOMER), ("00000000-0000-0000-0000-000000000000", ""), (None, "")]
)
def test_no_guid_is_null_or_all_zeros(raw: str | None, read: str) -> None:
    assert values.key({"ID": raw}, "ID") == read
