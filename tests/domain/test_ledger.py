"""Rule 9: G/L accounts and cost centres."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.domain.builders import (
    NO_LINKS,
    booked,
    by_code,
    gl_account,
    held,
    invoice,
    line,
    options,
    reference,
    warned,
)

from boekbrug.domain.options import DateSource
from boekbrug.domain.reference import CostCentre

UTR = CostCentre(code="UTR", description="Utrecht")


@pytest.mark.parametrize("kind", [10, 12, 14, 16, 20, 22, 24])
def test_exact_refuses_these_types_on_a_sales_line(kind: int) -> None:
    assert held(known=reference(gl_accounts=by_code(gl_account(kind=kind)))) == ["gl-account-type"]


@pytest.mark.parametrize(("kind", "warnings"), [(110, []), (90, ["gl-account-not-revenue"])])
def test_another_type_than_revenue_warns(kind: int, warnings: list[str]) -> None:
    assert warned(known=reference(gl_accounts=by_code(gl_account(kind=kind)))) == warnings


def test_a_blocked_account_of_a_wrong_type_is_wrong_twice() -> None:
    known = reference(gl_accounts=by_code(gl_account(kind=24, blocked=True)))
    assert held(known=known) == ["gl-account-blocked", "gl-account-type"]


def test_a_mapped_account_is_exacts_and_says_so() -> None:
    links = replace(NO_LINKS, gl_accounts={"OMZET": "8010"})
    (row,) = booked(invoice(line(gl_account=" OMZET ")), links=links).entry.lines
    (why,) = (why for why in row.why if why.field == "gl_account")
    assert (row.gl_account, why.rule, why.source, why.option) == ("8010", 9, "line.gl_account", "mapping")


@pytest.mark.parametrize(
    ("centre", "own", "links", "sent", "decided_by"),
    [
        ("UTR", {}, {}, "UTR", ""),
        (" UTR ", {}, {}, "UTR", ""),
        ("", {}, {}, None, ""),
        ("Intern", {}, {}, None, "cost_centre_none"),
        ("Geen", {"cost_centre_none": "Geen"}, {}, None, "cost_centre_none"),
        ("UTR", {"cost_centre_none": "UTR"}, {}, "UTR", ""),
        ("UTR", {"send_cost_centre": False}, {}, None, "send_cost_centre"),
        ("Stad", {}, {"Stad": "UTR"}, "UTR", "mapping"),
        ("Stad", {}, {"Stad": ""}, None, "mapping"),
        ("Intern", {}, {"Intern": "UTR"}, "UTR", "mapping"),
    ],
)
def test_the_cost_centre_follows_options_and_mapping(
    centre: str, own: dict[str, Any], links: dict[str, str], sent: str | None, decided_by: str
) -> None:
    book = booked(invoice(line(cost_centre=centre)), options(**own), links=replace(NO_LINKS, cost_centres=links))
    (row,) = book.entry.lines
    assert row.cost_centre == sent
    assert [why.option for why in row.why if why.field == "cost_centre"] == [decided_by]


@pytest.mark.parametrize(
    ("centre", "entry_date", "fine"),
    [
        (UTR, DateSource.INVOICE, True),
        (replace(UTR, active=False), DateSource.INVOICE, False),
        (replace(UTR, end=date(2026, 3, 16)), DateSource.INVOICE, True),
        (replace(UTR, end=date(2026, 3, 15)), DateSource.INVOICE, False),
        (replace(UTR, end=date(2026, 3, 16)), DateSource.EXPORT, False),
    ],
)
def test_a_cost_centre_has_ended_by_the_entry_date(centre: CostCentre, entry_date: DateSource, fine: bool) -> None:
    arguments = (
        invoice(line(cost_centre="UTR")),
        options(entry_date=entry_date),
        reference(cost_centres=by_code(centre)),
    )
    if fine:
        assert booked(*arguments).entry.lines[0].cost_centre == "UTR"
    else:
        assert held(*arguments) == ["cost-centre-ended"]


@pytest.mark.parametrize(
    ("use", "centre", "problem"),
    [
        (0, "UTR", None),
        (0, "", None),
        (1, "UTR", None),
        (1, "", "cost-centre-mandatory"),
        (1, "Intern", "cost-centre-mandatory"),
        (2, "UTR", "cost-centre-not-allowed"),
        (2, "Intern", None),
    ],
)
def test_the_account_may_demand_or_forbid_a_cost_centre(use: int, centre: str, problem: str | None) -> None:
    known = reference(gl_accounts=by_code(gl_account(use_cost_centre=use)))
    given = invoice(line(cost_centre=centre))
    if problem:
        assert held(given, known=known) == [problem]
    else:
        assert booked(given, known=known)


def test_a_mandatory_cost_centre_that_is_not_sent_is_missing() -> None:
    known = reference(gl_accounts=by_code(gl_account(use_cost_centre=1)))
    own = options(send_cost_centre=False)
    assert held(invoice(line(cost_centre="UTR")), own, known) == ["cost-centre-mandatory"]


def test_an_unknown_account_says_nothing_about_cost_centres() -> None:
    given = invoice(line(gl_account="?", cost_centre="UTR"), line(number=2, gl_account="?", cost_centre=""))
    assert held(given) == ["gl-account-unknown"]
