"""Logging in to Exact against its consent page: whose login counts, what fails on the way, and what a test says."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from tests.journeys.clicks import Reader
from tests.journeys.house import MAIL, PASSWORD, House, coachview_options, house

from boekbrug.cli.practice import DIVISION_BE, DIVISION_NL, EXACT_USER, consent

pytestmark = pytest.mark.journey

NOT_HERE = "Dit inloggen is niet door u en in dit venster begonnen"
KEPT = "De bestaande verbinding blijft in gebruik."
GREEN = "Geldig token informatie aanwezig"


@dataclass(kw_only=True)
class Office:
    """The house with its service center, and the koppeling that is to be connected."""

    ours: House
    home: str
    koppeling: str

    @contextmanager
    def sits_down(self, mail: str) -> Iterator[Reader]:
        """A beheerder who logs in and opens the koppeling."""
        with Reader.sits_down() as reader:
            reader.open(f"{self.home}/inloggen")
            reader.press("Inloggen", login=mail, password=PASSWORD)
            reader.open(self.home + self.koppeling)
            yield reader

    def return_of(self, reader: Reader, **wishes: str) -> str:
        """The address to which Exact sends the person back who consents with these wishes."""
        reader.open(self.home + self.koppeling)
        reader.press("Authenticeren")
        assert urlsplit(reader.address).path == "/api/oauth2/auth"
        wished = f"&{urlencode(wishes)}" if wishes else ""
        return f"{self.home}/oauth/exact/return?{urlencode(consent(reader.address + wished))}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Two beheerders of one institute, and a koppeling with everything filled in."""
    with house(tmp_path, scenario="load", invoices=3) as ours:
        organisation = ours.json("organisation", "create", "Opleidingen Noord")["id"]
        (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
        for mail in (MAIL, "jan@noord.example"):
            who = ("--role", "beheerder", "--organisation", str(organisation))
            ours.run("user", "create", mail, *who, "--password-file", str(tmp_path / "password"))
        options = {"site": "practice", "division": DIVISION_NL, "book_from": "2026-01-01", **coachview_options(ours)}
        (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
        made = ("--organisation", str(organisation), "--options", str(tmp_path / "options.json"))
        number = ours.json("integration", "create", *made)["id"]
        yield Office(ours=ours, home=ours.serve(), koppeling=f"/service-center/integraties/{number}")


def test_only_the_consent_that_a_person_began_counts_and_a_worse_one_replaces_nothing(office: Office) -> None:
    exact = office.ours.book.exact
    with office.sits_down(MAIL) as els, office.sits_down("jan@noord.example") as jan:
        address = office.return_of(els)
        assert NOT_HERE in jan.open(address)
        assert GREEN in els.open(address)
        assert NOT_HERE in els.open(address)

        narrow = office.return_of(els, sim_divisions=str(DIVISION_BE))
        said = els.open(narrow)
        assert f"is administratie {DIVISION_NL} niet te bereiken. {KEPT}" in said
        assert GREEN in said

        used = office.return_of(els)
        exact.control("faults", [{"method": "POST", "path": "/api/oauth2/token", "at": 1, "kind": "status_500"}])
        said = els.open(used)
        assert f"Exact gaf bij het inloggen geen bruikbaar antwoord. {KEPT}" in said
        exact.control("faults", [])

        els.press("Authenticeren")
        said = els.press("Weigeren")
        assert f"Bij Exact is geen toestemming gegeven. {KEPT}" in said
        assert GREEN in said
        assert "De verbindingen werken" in els.press("Verbinding testen")
        assert str(DIVISION_BE) in els.open(office.home + office.koppeling)

        exact.control("login", {"user": EXACT_USER, "divisions": [DIVISION_NL]})
        assert "De verbindingen werken" in els.press("Verbinding testen")
        assert str(DIVISION_BE) not in els.open(office.home + office.koppeling)


def test_who_is_away_is_a_red_line_and_the_page_is_there_all_the_same(office: Office) -> None:
    exact, coachview = office.ours.book.exact, office.ours.book.coachview
    with office.sits_down(MAIL) as els:
        els.open(office.return_of(els))
        exact.control("latency", {"milliseconds": 20_000})
        began = time.monotonic()
        said = els.press("Verbinding testen")
        assert time.monotonic() - began < 3.5
        assert "Exact antwoordde niet binnen 3 seconden." in said
        assert "Facturen zijn te lezen" in said
        exact.control("latency", {"milliseconds": 0})

        els.open(office.home + office.koppeling)
        coachview.stop()
        said = els.press("Verbinding testen")
        assert "Ingelogd bij Exact" in said
        assert "Coachview is op dit moment niet bereikbaar" in said
        els.open(office.home + office.koppeling)
        els.follow("Inschakelen")
        assert "Coachview kon niet worden gelezen" in els.read()
        assert [entry for entry in office.ours.entries() if entry["journal"] == "70"] == []

        exact.stop()
        said = els.open(office.home + office.koppeling)
        assert "Dagboek 70 is een verkoopdagboek" in said
        assert "Gelezen uit Exact op" in said
        assert "Exact is op dit moment niet bereikbaar" in els.press("Opnieuw lezen")


def test_a_login_that_may_not_read_everything_is_red_and_nothing_starts(office: Office) -> None:
    exact = office.ours.book.exact
    with office.sits_down(MAIL) as els:
        els.open(office.return_of(els))
        scopes = ["crm.accounts", "financial.accounting", "financial.generalledgers", "financial.costcenters"]
        scopes += ["organization.administration", "financial.cashflow", "projects.projects"]
        exact.control("login", {"user": EXACT_USER, "scopes": scopes})
        said = els.press("Verbinding testen")
        assert "Niet te lezen: documenten." in said
        said = els.open(office.home + office.koppeling)
        assert "De Exact-app mist toestemming: documenten" in said
        assert "De checklist heeft nog rood" in els.follow("Inschakelen")
        assert "Ingeschakeld" in els.press("Toch alvast inschakelen")
        refused = office.ours.run("integration", "enable", office.koppeling.rsplit("/", 1)[1], check=False)
        assert refused.returncode == 1
        assert "The Exact app lacks permission: documents." in refused.stderr
