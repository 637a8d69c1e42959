"""Every option of options.md: set through the form, one invoice booked, its effect seen in Exact."""

from collections.abc import Iterator

import pytest
from django.forms import Form
from tests.journeys.form_house import FormHouse, form_house
from tests.journeys.options_deeds import DEEDS
from tests.journeys.options_table import ROWS, Row

from boekbrug.cli.practice import practice_book
from boekbrug.domain.option_values import write_options
from boekbrug.domain.options import Options
from boekbrug.store.organisations import COACHVIEW_KEYS
from boekbrug.web.pages.integration.forms import FILTER, FILTER_PARTS, PANELS
from boekbrug.web.pages.options.forms import InvoiceForm

pytestmark = pytest.mark.journey


@pytest.fixture
def noord(transactional_db: None) -> Iterator[FormHouse]:
    """The institute with its two koppelingen."""
    with practice_book(state=None, scenario="load", invoices=2) as book, form_house(book) as ours:
        yield ours


def test_each_option_does_what_it_says(noord: FormHouse, subtests: pytest.Subtests) -> None:
    for row in ROWS:
        with subtests.test(options=dict(row.options), wanted=row.wanted):
            before = noord.save(row.options, division=row.division)
            try:
                number = noord.bill(row.bill)
                noord.work()
                assert seen(row, noord, number) == row.wanted
            finally:
                noord.save(before, division=row.division)
    for deed in DEEDS:
        with subtests.test(deed=deed.__name__):
            deed(noord)


def seen(row: Row, house: FormHouse, number: str) -> object:
    """What the row looks at; when there is nothing to see, why the invoice was not booked."""
    try:
        return row.see(house, number)
    except (IndexError, KeyError) as nothing:
        booking = house.booking(number)
        said = [problem["code"] for problem in booking.problems]
        return f"{number} is {booking.state} {booking.skip_reason} {said}: {nothing!r}"


def test_no_option_is_forgotten() -> None:
    forms: tuple[type[Form], ...] = (*PANELS, InvoiceForm)
    inputs = {name for form in forms for name in form.base_fields}
    kept = (set(write_options(Options())) - {FILTER}) | set(FILTER_PARTS) | set(COACHVIEW_KEYS)
    shown = {name for row in ROWS for name in row.options} | {name for names in DEEDS.values() for name in names}
    assert shown == inputs == kept | {"webhook_unsigned"}
