"""The order of the manual, without JavaScript: Opslaan, Inschakelen, Bevestigen, and Authenticeren last."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.journeys.clicks import Reader
from tests.journeys.house import MAIL, PASSWORD, House, empty_house, until

from boekbrug.cli.practice import COACHVIEW_CLIENT, DIVISION_NL, EXACT_USER

pytestmark = pytest.mark.journey

INVOICES = 3
BOOKED_SECONDS = 90


@pytest.fixture
def nothing_yet(tmp_path: Path) -> Iterator[House]:
    """A machine on which Boekbrug never ran, and a Coachview with a few invoices of last month and this."""
    with empty_house(tmp_path, scenario="load", invoices=INVOICES) as ours:
        yield ours


@pytest.fixture
def els(nothing_yet: House) -> Iterator[Reader]:
    """The first beheerder, logged in, on the page Integraties."""
    nothing_yet.serve()
    with Reader.sits_down() as els:
        els.open(nothing_yet.set_up_link())
        said = els.press("Beginnen", organisation="Opleidingen Noord", mail=MAIL, password=PASSWORD, again=PASSWORD)
        assert "Nog geen koppeling met Exact" in said
        yield els


def fill_in_everything(els: Reader, ours: House) -> None:
    """All options are typed before anybody logged in to Exact."""
    start = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011  # the program goes by the wall clock too
    said = els.press(
        "Opslaan",
        site="practice",
        division=str(DIVISION_NL),
        book_from=start.replace(day=1).isoformat(),
        journal="70",
        receivables_account="1300",
        coachview_url=ours.book.coachview.address,
        coachview_client_id=COACHVIEW_CLIENT[0],
        coachview_client_secret=COACHVIEW_CLIENT[1],
    )
    assert "Opgeslagen als versie" in said
    assert "Niet verbonden" in said


def test_switched_on_first_it_waits_and_starts_after_the_login_and_one_confirmation(
    nothing_yet: House, els: Reader
) -> None:
    els.press("Koppeling toevoegen")
    fill_in_everything(els, nothing_yet)

    said = els.follow("Inschakelen")
    assert "Er is nog geen verbinding met Exact" in said
    assert "Ingeschakeld" in els.press("Bevestigen")
    assert nothing_yet.entries() == []

    assert "Exact Online (simulator)" in els.press("Authenticeren")
    assert "Geldig token informatie aanwezig" in els.press("Toestaan", user=EXACT_USER, password="demo")
    assert nothing_yet.entries() == []

    said = els.follow("Bevestigen en starten")
    assert f"{INVOICES} facturen wachten" in said
    assert "Het boeken is gestart. Volg het bij Vandaag." in els.press("Bevestigen")

    until(lambda: els.open("/facturen").count("Geboekt en gecontroleerd") == INVOICES, seconds=BOOKED_SECONDS)
    assert len(nothing_yet.entries()) == INVOICES
