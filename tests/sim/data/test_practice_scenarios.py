"""The streamed scenarios: repeatable, in order, adding up, and with the people that Exact has or lacks."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.be import ogm_vcs

from boekbrug_sim.data.__main__ import main
from boekbrug_sim.data.dates import dates_of
from boekbrug_sim.data.ledger import ledger_rows
from boekbrug_sim.data.records import Invoice
from boekbrug_sim.data.scenarios import Scenario, scenario, scenario_names
from boekbrug_sim.data.totals import totals

TODAY = date(2026, 11, 24)
SOURCES = Path(__file__).parents[3] / "src"
STREAMED = [name for name in scenario_names() if name != "demo"]


def _scenario(name: str, *, invoices: int | None = 60, seed: int = 1, today: date = TODAY) -> Scenario:
    return scenario(name, seed=seed, invoices=invoices, dates=dates_of(name, today))


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_is_repeatable_and_found_by_id(name: str) -> None:
    made, again = _scenario(name), _scenario(name)
    assert list(made.invoices) == list(again.invoices)
    assert made.invoices.count == 60
    for index, invoice in enumerate(made.invoices):
        assert made.invoices.find(invoice.id) == index
        assert made.invoices.moment(index) == invoice.changed_at
        if invoice.debtor:
            place = made.debtors.find(invoice.debtor.id)
            assert place is not None
            assert made.debtors.at(place) == invoice.debtor


@pytest.mark.parametrize("name", STREAMED)
def test_another_seed_gives_other_amounts(name: str) -> None:
    first, other = (totals(_scenario(name, seed=seed).invoices) for seed in (1, 2))
    assert {key: total.base for key, total in first.items()} != {key: total.base for key, total in other.items()}


@pytest.mark.parametrize("name", scenario_names())
def test_changes_rise_with_the_index(name: str) -> None:
    made = _scenario(name, invoices=200)
    moments = [made.invoices.moment(index) for index in range(200)]
    assert moments == sorted(moments)


@settings(max_examples=30, deadline=None)
@given(name=st.sampled_from(STREAMED), seed=st.integers(0, 2**31), index=st.integers(0, 999_999))
def test_every_invoice_of_a_million_adds_up(name: str, seed: int, index: int) -> None:
    invoice = _scenario(name, invoices=1_000_000, seed=seed).invoices.at(index)
    assert sum((line.amount for line in invoice.lines), Decimal(0)) == invoice.total_excl
    assert sum((part.amount for part in invoice.vat), Decimal(0)) == invoice.total_vat
    assert invoice.total_excl + invoice.total_vat == invoice.total_incl
    for part in invoice.vat:
        exact = sum(
            (line.amount * line.vat_percentage for line in invoice.lines if line.vat_code == part.code), Decimal(0)
        )
        assert abs(exact - part.amount) <= Decimal("0.005")


@pytest.mark.parametrize("name", ["load", "month-end", "first-day"])
def test_a_hundred_invoices_show_everything_that_real_life_has(name: str) -> None:
    invoices = list(_scenario(name, invoices=200).invoices)
    lines = [line for invoice in invoices for line in invoice.lines]
    debtors = [invoice.debtor for invoice in invoices if invoice.debtor]
    rates = {(line.vat_code, line.vat_percentage) for line in lines}
    assert {("4", Decimal("0.21")), ("2", Decimal("0.09")), ("0", 0), ("5", 0), ("6", 0), ("7", 0)} <= rates
    assert all(
        line.vat_code == "7" for one in invoices if one.debtor and one.debtor.country != "NL" for line in one.lines
    )
    assert {"NL", "BE", "DE"} == {debtor.country for debtor in debtors}
    assert any(line.description.startswith("Korting") and line.amount < 0 for line in lines)
    assert any(line.amount == 0 for line in lines)
    assert any(invoice.already_paid for invoice in invoices)
    assert any(len(debtor.name) > 50 for debtor in debtors)
    assert any(debtor.private_person for debtor in debtors)
    assert {bool(debtor.company_external) for debtor in debtors} == {True, False}
    assert any(len({line.course_code for line in one.lines if line.course_code}) == 3 for one in invoices)
    assert any(not name.isascii() for name in {debtor.name for debtor in debtors})
    odd = [one for one in invoices if sum(line.vat_amount for line in one.lines) != one.total_vat]
    assert len(odd) > 10


@pytest.mark.parametrize("name", ["load", "belgium", "first-day"])
def test_a_credit_note_takes_back_what_it_says_it_takes_back(name: str) -> None:
    invoices = {str(invoice.number): invoice for invoice in _scenario(name, invoices=200).invoices}
    notes = [one for one in invoices.values() if one.text]
    whole = [one for one in notes if one.total_incl + _credited(one, invoices).total_incl == 0]
    partly = [one for one in notes if one not in whole]
    assert (len(whole), len(partly)) == (8, 4)
    assert all(one.debtor == _credited(one, invoices).debtor for one in notes)
    assert all(one.invoice_date >= _credited(one, invoices).invoice_date for one in notes)
    assert all({line.amount > 0 for line in one.lines} == {True, False} for one in partly)


def _credited(invoice: Invoice, invoices: dict[str, Invoice]) -> Invoice:
    return invoices[str(invoice.text).split()[-1]]


@pytest.mark.parametrize("name", ["month-end", "first-day"])
def test_the_rougher_scenarios_have_what_a_person_must_look_at(name: str) -> None:
    made = _scenario(name, invoices=200)
    invoices = list(made.invoices)
    assert any(invoice.total_incl == 0 and not any(line.amount for line in invoice.lines) for invoice in invoices)
    assert any(invoice.direct_debit for invoice in invoices)
    assert any((invoice.definitive, invoice.number) == (False, None) for invoice in invoices)
    assert any(debtor.iban and not iban.is_valid(debtor.iban) for debtor in made.debtors)


@pytest.mark.parametrize("name", STREAMED)
def test_a_course_of_one_code_is_on_the_same_days_in_every_streamed_scenario(name: str) -> None:
    lines = [line for invoice in _scenario(name, invoices=200).invoices for line in invoice.lines if line.course_code]
    assert len({(line.course_code, line.course_start, line.course_end) for line in lines}) == len(
        {line.course_code for line in lines}
    )


def test_belgium_writes_french_to_those_who_read_it() -> None:
    texts = {"fr": set[str](), "nl": set[str]()}
    for invoice in _scenario("belgium", invoices=600).invoices:
        assert invoice.debtor
        texts[invoice.debtor.language] |= {line.description for line in invoice.lines}
    assert {"Gestion de projet", "Remise 10%", "Frais d'annulation"} <= texts["fr"]
    assert {"Projectmanagement", "Korting 10%"} <= texts["nl"]
    assert not {text for text in texts["fr"] if "Lesboek" in text or "Excel voor" in text}


@pytest.mark.parametrize("name", scenario_names())
def test_the_same_seed_gives_the_same_bytes_in_another_process(name: str) -> None:
    code = (
        "import sys, hashlib; from datetime import date; from boekbrug_sim.data.dates import dates_of;"
        "from boekbrug_sim.data.scenarios import scenario;"
        "made = scenario(sys.argv[1], seed=7, invoices=80, dates=dates_of(sys.argv[1], date(2026, 11, 24)));"
        "print(hashlib.sha256(repr([*made.invoices, *made.debtors]).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code, name],
            env={**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("size", [-1, 1_000_001])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="invoices must be"):
        _scenario("load", invoices=size)


def test_the_demo_takes_more_invoices_in_its_own_two_series() -> None:
    numbers = [str(invoice.number) for invoice in _scenario("demo", invoices=160).invoices]
    assert len(set(numbers)) == 160
    assert sum("20260001" <= number <= "20264999" for number in numbers) == 80
    assert sum("20265001" <= number <= "20269999" for number in numbers) == 80
    with pytest.raises(ValueError, match="scenario load"):
        _scenario("demo", invoices=50_000)


def test_belgium_has_its_own_rates_messages_and_customers() -> None:
    rows = [row for row in ledger_rows("belgium", 1, today=TODAY) if row.division == 100002]
    accounts = {row.values["Code"] for row in rows if row.entity == "GLAccounts"}
    customers = {row.values["Code"] for row in rows if row.entity == "Accounts"}
    invoices = list(_scenario("belgium", invoices=120).invoices)
    lines = [line for invoice in invoices for line in invoice.lines]
    assert {line.gl_account for line in lines} <= accounts
    assert {line.vat_percentage for line in lines} == {Decimal("0.21"), Decimal("0.06"), Decimal(0)}
    assert all(ogm_vcs.is_valid(str(invoice.payment_reference)) for invoice in invoices)
    assert any(invoice.total_incl < 0 for invoice in invoices)
    known = Counter(bool(invoice.debtor and invoice.debtor.number in customers) for invoice in invoices)
    assert set(known) == {True, False}


def test_at_month_end_last_month_is_closed() -> None:
    closed = {
        (row.values["Year"], row.values["Period"])
        for row in ledger_rows("month-end", 1, today=TODAY)
        if row.entity == "JournalStatusList" and row.values["Journal"] == "70"
    }
    assert (2026, 10) in closed
    assert (2026, 11) not in closed


def test_the_first_day_has_two_years_behind_it_and_invoices_to_come() -> None:
    dated = Counter(_year_month(invoice) for invoice in _scenario("first-day", invoices=600).invoices)
    assert min(dated) == (2024, 11)
    assert sum(1 for invoice in _scenario("first-day", invoices=600).invoices if invoice.invoice_date == TODAY) == 60


def test_broken_master_data_is_few_causes_for_many_invoices() -> None:
    codes = Counter(
        line.vat_code for invoice in _scenario("broken-master-data", invoices=400).invoices for line in invoice.lines
    )
    assert codes["21H"] > 100
    suppliers = [
        row
        for row in ledger_rows("broken-master-data", 1, today=TODAY)
        if row.entity == "Accounts" and row.values["IsSupplier"] and row.values["Status"] == "A"
    ]
    assert len(suppliers) > 20


@pytest.mark.parametrize("name", scenario_names())
def test_the_totals_are_printed_per_month_and_vat_code(name: str) -> None:
    answer = CliRunner().invoke(main, [name, "--invoices", "40", "--today", "2026-11-24"])
    assert answer.exit_code == 0, answer.output
    lines = answer.output.splitlines()
    made = [invoice for invoice in _scenario(name, invoices=40).invoices if invoice.definitive]
    assert f"{sum((invoice.total_excl for invoice in made), Decimal(0)):,.2f}" in lines[-1]
    assert len(lines) == len(totals(made)) + 2


def _year_month(invoice: Invoice) -> tuple[int, int]:
    return invoice.invoice_date.year, invoice.invoice_date.month
