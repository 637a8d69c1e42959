"""What options refuse and warn of together, a row per sentence of the options page."""

from dataclasses import replace

import pytest

from boekbrug.domain.option_rules import Situation, judge
from boekbrug.domain.options import (
    Country,
    DateSource,
    NumberSource,
    Options,
    ProjectMissing,
    ProjectSource,
    Repeat,
    Site,
)
from boekbrug.domain.reference import Journal, Reference

CONNECTED = Reference(
    division=100001,
    country="NL",
    currency="EUR",
    journals={
        "70": Journal(code="70", description="Verkoopboek", kind=20, gl_account="1300"),
        "20": Journal(code="20", description="Bank", kind=12, gl_account="1100"),
        "71": Journal(code="71", description="Oud", kind=20, gl_account="1300", blocked=True),
    },
)
BOOKED = Situation(
    saved=Options(division=100001, invoice_prefix="26", payment_registration=True), something_booked=True
)
NUMBER, EXTERNAL = NumberSource.NUMBER, NumberSource.EXTERNAL_NUMBER


def test_the_defaults_are_refused_nothing() -> None:
    assert judge(Options(), Situation()).refusals == ()
    assert judge(Options(), Situation(reference=CONNECTED, divisions=frozenset({1}))).refusals == ()


@pytest.mark.parametrize(
    ("options", "situation", "key", "code"),
    [
        (
            Options(site=Site.BE, country=Country.BE),
            Situation(saved=Options(), token_held=True),
            "site",
            "site-token-held",
        ),
        (Options(division=5), Situation(divisions=frozenset({6})), "division", "division-not-reached"),
        (Options(division=5, invoice_prefix="26"), BOOKED, "division", "division-booked"),
        (Options(country=Country.BE), Situation(), "country", "country-site"),
        (Options(site=Site.PRACTICE, country=Country.BE), Situation(reference=CONNECTED), "country", "country-exact"),
        (Options(debtor_number_3=EXTERNAL), Situation(), "debtor_number_3", "debtor-number-3-without-2"),
        (Options(debtor_number_2=NUMBER), Situation(), "debtor_number_2", "debtor-number-twice"),
        (
            Options(debtor_number_2=EXTERNAL, debtor_number_3=EXTERNAL),
            Situation(),
            "debtor_number_3",
            "debtor-number-twice",
        ),
        (Options(debtor_number_1=NumberSource.EXTERNAL_ID), Situation(), "external_source", "external-source-missing"),
        (
            Options(debtor_prefix="9"),
            Situation(longest_debtor_number="1" * 18),
            "debtor_prefix",
            "debtor-prefix-too-long",
        ),
        (Options(journal="72"), Situation(reference=CONNECTED), "journal", "journal-not-there"),
        (
            Options(journal="20", receivables_account="1100"),
            Situation(reference=CONNECTED),
            "journal",
            "journal-not-sales",
        ),
        (Options(journal="71"), Situation(reference=CONNECTED), "journal", "journal-blocked"),
        (
            Options(receivables_account="1310"),
            Situation(reference=CONNECTED),
            "receivables_account",
            "receivables-not-the-journals",
        ),
        (Options(bulk_repeat=Repeat.WEEK, bulk_day="zondag"), Situation(), "bulk_day", "bulk-day-weekday"),
        (Options(bulk_repeat=Repeat.MONTH, bulk_day="29"), Situation(), "bulk_day", "bulk-day-month"),
        (
            Options(invoice_prefix="2026"),
            Situation(largest_invoice_number=1_000_000),
            "invoice_prefix",
            "invoice-prefix-too-long",
        ),
        (Options(division=100001, invoice_prefix="2026"), BOOKED, "invoice_prefix", "invoice-prefix-frozen"),
        (
            Options(project_source=ProjectSource.COURSE, project_missing=ProjectMissing.CREATE),
            Situation(),
            "project_missing",
            "project-create-from-course",
        ),
    ],
)
def test_a_contradiction_is_refused_at_its_field(options: Options, situation: Situation, key: str, code: str) -> None:
    assert [(refusal.key, refusal.code) for refusal in judge(options, situation).refusals] == [(key, code)]


@pytest.mark.parametrize(
    ("options", "key", "code"),
    [
        (Options(debtor_number_2=EXTERNAL), "debtor_number_2", "debtor-number-never-reached"),
        (
            Options(debtor_number_1=EXTERNAL, debtor_number_2=NUMBER, debtor_number_3=NumberSource.EXTERNAL_ID),
            "debtor_number_3",
            "debtor-number-never-reached",
        ),
        (Options(debtor_prefix="CV"), "debtor_prefix", "debtor-prefix-letters"),
        (Options(period_date_1=DateSource.EXPORT), "period_date_1", "period-moves-vat"),
        (Options(site=Site.BE, country=Country.BE), "credit_notes", "credit-notes-belgium"),
    ],
)
def test_a_risk_is_warned_of_and_not_refused(options: Options, key: str, code: str) -> None:
    verdict = judge(replace(options, external_source="Exact"), Situation())
    assert verdict.refusals == ()
    assert [(warning.key, warning.code) for warning in verdict.warnings] == [(key, code)]


def test_an_order_date_without_a_fallback_is_warned_of() -> None:
    verdict = judge(Options(period_date_1=DateSource.ORDER_START), Situation())
    assert [warning.code for warning in verdict.warnings] == ["period-moves-vat", "period-without-fallback"]


def test_the_same_length_of_prefix_may_change_while_payments_are_registered() -> None:
    assert judge(Options(division=100001, invoice_prefix="27"), BOOKED).refusals == ()


def test_the_other_site_is_free_while_no_token_is_held() -> None:
    assert judge(Options(site=Site.BE, country=Country.BE), Situation(saved=Options())).refusals == ()
