"""The Exact companies of the practice data: complete, consistent, repeatable."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from stdnum import iban
from stdnum.be import vat as belgian_vat
from stdnum.de import vat as german_vat
from stdnum.nl import btw

from boekbrug_sim.data.ledger import LedgerRow, ledger_rows

TODAY = date(2026, 11, 24)
CHECKS = {"NL": btw, "BE": belgian_vat, "DE": german_vat}
SCENARIOS = ("demo", "load", "load-new")


def _rows(scenario: str = "demo", today: date = TODAY) -> list[LedgerRow]:
    return list(ledger_rows(scenario, 1, today=today))


def _of(rows: list[LedgerRow], entity: str, division: int = 100001) -> dict[str, dict[str, Any]]:
    return {str(row.values["Code"]): row.values for row in rows if row.entity == entity and row.division == division}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_same_scenario_gives_the_same_rows(scenario: str) -> None:
    assert _rows(scenario) == _rows(scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_two_rows_share_an_id(scenario: str) -> None:
    ids = Counter(row.values["ID"] for row in _rows(scenario) if "ID" in row.values)
    assert max(ids.values()) == 1


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_reference_between_rows_leads_to_a_row(scenario: str) -> None:
    rows = _rows(scenario)
    ids = {(row.division, row.values.get("ID")) for row in rows}
    references = ("GLAccount", "GLToPay", "GLToClaim", "GLAR", "VATCodeID", "Account")
    for row in rows:
        for name in references:
            if row.values.get(name):
                assert (row.division, row.values[name]) in ids, (row.entity, name, row.values)


def test_sales_journal_seventy_has_the_receivables_account() -> None:
    rows = _rows()
    journal, accounts = _of(rows, "Journals")["70"], _of(rows, "GLAccounts")
    assert journal["Type"] == 20
    assert journal["GLAccount"] == accounts["1300"]["ID"]
    assert accounts["1300"]["Type"] == 20


def test_the_low_rate_was_six_percent_before_2019() -> None:
    rows = _rows()
    low = _of(rows, "VATCodes")["2"]["ID"]
    rates = [row.values for row in rows if row.entity == "VatPercentages" and row.values["VATCodeID"] == low]
    assert [(str(rate["Percentage"]), rate["StartDate"], rate["EndDate"]) for rate in rates] == [
        ("0.06", "2001-01-01", "2018-12-31"),
        ("0.09", "2019-01-01", None),
    ]


def test_the_two_sixty_day_conditions_make_the_term_ambiguous_and_the_others_do_not() -> None:
    plain = [
        values["PaymentDays"]
        for values in _of(_rows(), "PaymentConditions").values()
        if values["PaymentMethod"] == "B" and not values["PaymentEndOfMonths"] and not values["DiscountPercentage"]
    ]
    assert Counter(plain) == {14: 1, 30: 1, 60: 2}


@pytest.mark.parametrize("today", [date(2026, 11, 24), date(2026, 1, 1), date(2027, 3, 31), date(2028, 2, 29)])
def test_last_month_and_this_month_are_open_and_the_month_before_is_closed(today: date) -> None:
    rows = _rows(today=today)
    periods = {
        (row.values["FinYear"], row.values["FinPeriod"])
        for row in rows
        if row.entity == "FinancialPeriods" and row.division == 100001
    }
    closed = {
        (row.values["Year"], row.values["Period"])
        for row in rows
        if row.entity == "JournalStatusList" and row.values["Journal"] == "70"
    }
    index = today.year * 12 + today.month - 1
    months = [((index - back) // 12, (index - back) % 12 + 1) for back in range(4)]
    assert all(month in periods for month in months)
    assert [month in closed for month in months] == [False, False, True, True]
    assert (today.year + 1, 12) in periods


def test_relation_numbers_clash_with_debtor_numbers_in_every_way() -> None:
    relations = _of(_rows(), "Accounts")
    assert relations["201"]["IsSupplier"]
    assert relations["201"]["Status"] == "A"
    assert relations["202"]["Status"] == "P"
    assert relations["208"]["Blocked"]
    assert {"7", "00007"} <= set(relations)


def test_every_vat_number_and_iban_has_right_check_digits() -> None:
    for row in (*_rows("demo"), *_rows("load")):
        vat_number = row.values.get("VATNumber")
        if isinstance(vat_number, str):
            assert CHECKS[vat_number[:2]].is_valid(vat_number), vat_number
        account = row.values.get("BankAccount")
        if isinstance(account, str):
            assert iban.is_valid(account), account


def test_both_divisions_are_there_with_their_country_and_currency() -> None:
    divisions = {row.values["Code"]: row.values for row in _rows() if row.entity == "SystemDivisions"}
    assert {code: (values["Country"], values["Currency"]) for code, values in divisions.items()} == {
        100001: ("NL", "EUR"),
        100002: ("BE", "EUR"),
    }
