"""An entry of Exact beside a held invoice: equal ones are ours, another total never is, the rest a person judges."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.domain import builders
from tests.sync.office import Office, booking, office

from boekbrug.domain.checks import FORM_ONLY
from boekbrug.domain.statement import StoredEntry, StoredLine
from boekbrug.domain.states import BookingState, PdfState
from boekbrug.sync.link_entry import Beside, NotActive, lay_beside

HELD = booking(1, state=BookingState.HELD)


def stored(**fields: Any) -> StoredEntry:
    """What Exact has of the builders' invoice."""
    line = StoredLine(gl_account="8000", amount=Decimal("100.00"), vat_code="2", vat_amount=Decimal("21.00"))
    values: dict[str, Any] = {
        "entry_id": "guid-1",
        "kind": 20,
        "journal": "70",
        "entry_number": 20260001,
        "year": 2026,
        "period": 3,
        "entry_date": date(2026, 3, 16),
        "due_date": date(2026, 4, 15),
        "currency": "EUR",
        "customer_code": "42",
        "document": None,
        "lines": (line,),
        "total_incl": Decimal("121.00"),
    }
    return StoredEntry(**values | fields)


def beside(ours: Office, number: int = 20260001) -> Beside:
    return lay_beside(ours.books, ours.ledger, ours.clock, FORM_ONLY, (HELD, number))


def test_an_equal_entry_is_ours() -> None:
    ours = office()
    ours.ledger.entries = [stored()]
    found = beside(ours)
    assert (found.is_ours, found.may_be_ours, found.differences) == (True, True, ())
    assert found.made is not None
    assert (found.made.answer.exact_id, found.made.customer_id, found.made.pdf) == ("guid-1", "c-42", PdfState.NONE)
    assert ours.ledger.asked == [("70", (20260001, 20260001))]


def test_another_number_is_kept_as_it_is_in_exact() -> None:
    ours = office()
    ours.ledger.entries = [stored(entry_number=7)]
    found = beside(ours, 7)
    assert found.is_ours
    assert found.entry is not None
    assert found.entry.entry_number == 7


@pytest.mark.parametrize(
    ("change", "is_ours", "may_be_ours"),
    [
        (lambda e: replace(e, period=4), True, True),
        (lambda e: replace(e, due_date=date(2026, 5, 1)), True, True),
        (lambda e: replace(e, customer_code="7"), False, True),
        (lambda e: replace(e, lines=(replace(e.lines[0], gl_account="8010"),)), False, True),
        (lambda e: replace(e, total_incl=Decimal("121.01")), False, False),
    ],
    ids=["period", "due date", "customer", "account", "total"],
)
def test_what_differs_decides_who_may_say_that_it_is_ours(
    change: Callable[[StoredEntry], StoredEntry], is_ours: bool, may_be_ours: bool
) -> None:
    ours = office()
    ours.ledger.entries = [change(stored())]
    found = beside(ours)
    assert (found.is_ours, found.may_be_ours) == (is_ours, may_be_ours)
    assert found.differences


def test_of_several_years_the_one_that_agrees_best_is_meant() -> None:
    ours = office()
    ours.ledger.entries = [stored(entry_id="guid-old", year=2025, entry_date=date(2025, 3, 1)), stored()]
    found = beside(ours)
    assert found.stored is not None
    assert found.stored.entry_id == "guid-1"


def test_nothing_under_the_number_is_nothing_to_link() -> None:
    found = beside(office())
    assert (found.stored, found.is_ours, found.may_be_ours, found.problems) == (None, False, False, ())
    assert found.journal == "70"


def test_an_invoice_that_could_not_be_booked_is_not_compared() -> None:
    ours = office(reference=builders.reference(vat_codes={}))
    ours.ledger.entries = [stored()]
    found = beside(ours)
    assert [problem.code for problem in found.problems] == ["vat-code-unknown"]
    assert found.stored is None
    assert ours.ledger.calls == 0


@pytest.mark.parametrize(
    ("document", "customer", "pdf"),
    [(None, "42", PdfState.DUE), ("doc-1", "42", PdfState.DONE), (None, "7", PdfState.NONE)],
)
def test_a_pdf_that_is_missing_is_put_later_on_our_own_customer(
    document: str | None, customer: str, pdf: PdfState
) -> None:
    ours = office(send_pdf=True)
    ours.ledger.entries = [stored(document=document, customer_code=customer)]
    made = beside(ours).made
    assert made is not None
    assert made.pdf is pdf


def test_a_koppeling_that_is_not_active_links_nothing() -> None:
    ours = office()
    with pytest.raises(NotActive):
        lay_beside(ours.books, ours.ledger, ours.clock, FORM_ONLY, (replace(HELD, integration_id=2), 1))
