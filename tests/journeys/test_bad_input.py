"""What comes in wrong gets a clear sentence in the right place; nothing is lost, and the rest goes on."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.journeys.house import MAIL, PASSWORD, House, house

pytestmark = pytest.mark.journey


@pytest.fixture
def noord(tmp_path: Path) -> Iterator[House]:
    """The demo's institute, settled and not yet booked."""
    with house(tmp_path, scenario="demo") as ours:
        ours.script("settle.py", ours.book.exact.address, ours.book.coachview.address, MAIL, PASSWORD)
        yield ours


def refused(ours: House, *words: str) -> str:
    """The sentence of a command that must fail with status 1."""
    done = ours.run(*words, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_coachview_that_answers_nonsense_and_then_comes_to_its_senses(noord: House) -> None:
    garbage = [{"method": "GET", "path": "/api/v1/Facturen*", "probability": 1, "kind": "garbage", "count": 1000}]
    noord.book.coachview.control("faults", garbage)
    assert "Coachview" in refused(noord, "sync", "--all", "--until-idle")
    assert noord.states() == {}
    assert noord.entries() == []

    noord.book.coachview.control("faults", [])
    noord.run("sync", "--all", "--until-idle")
    assert len(noord.entries()) == 33
    assert len(noord.states()) == 60


def test_example_data_with_equal_ids_is_refused_whole_and_names_the_scope(noord: House) -> None:
    noord.book.coachview.control("switches", {"withheld_scopes": "Facturen.Lezen"})
    assert "Coachview" in refused(noord, "sync", "--all", "--until-idle")
    assert noord.states() == {}
    assert noord.json("integration", "show", "1")["coachview"] == "red"


def test_an_exact_that_answers_html_holds_nothing_and_loses_nothing(noord: House) -> None:
    garbage = [{"method": "GET", "path": "/api/v1/*", "probability": 1, "kind": "garbage", "count": 1000}]
    noord.book.exact.control("faults", garbage)
    noord.run("sync", "--all", "--until-idle", check=False)
    assert "held" in set(noord.states().values())
    noord.book.exact.control("faults", [])
    noord.run("sync", "--all", "--until-idle")
    numbers = [entry["entry_number"] for entry in noord.entries()]
    assert len(numbers) == len(set(numbers)) == 33


def test_a_full_quota_says_until_when_and_sends_nothing_more(noord: House) -> None:
    noord.book.exact.control("limits", {"minute": 600, "day": 12})
    said = refused(noord, "sync", "--all", "--until-idle")
    assert "still wait" in said
    assert len(noord.entries()) < 33
    assert [call for call in noord.book.exact.read("calls") if call["status"] == 429][1:] == []


def test_wrong_words_on_the_command_line(noord: House, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"journal": "", "colour": "red", "vat_rounding": "1.00"}', encoding="utf-8")
    said = refused(noord, "integration", "create", "--organisation", "Opleidingen Noord", "--options", str(wrong))
    assert "colour: " in said
    assert "vat_rounding: " in said
    assert "nobody" in refused(noord, "integration", "create", "--organisation", "nobody", "--options", str(wrong))
    assert "koppeling" in refused(noord, "preview", "1", "99999999")
    wrong.write_text("not JSON", encoding="utf-8")
    assert "JSON" in refused(noord, "integration", "create", "--organisation", "1", "--options", str(wrong))


def test_a_profile_or_address_that_may_not_be_used_is_refused_on_the_command_line(noord: House) -> None:
    assert "elders" in refused(noord, "integration", "set", "1", "profile=elders", "debtor_prefix=7")
    assert "coachview.example.org" in refused(
        noord, "integration", "set", "1", "coachview_url=https://coachview.example.org"
    )
    assert "https" in refused(noord, "integration", "set", "1", "coachview_url=http://secure.coachview.net")
    assert noord.json("integration", "show", "1")["options"]["debtor_prefix"] == ""


def test_a_profile_that_is_gone_shows_red_at_coachview(noord: House) -> None:
    folder = noord.home / "profiles"
    folder.mkdir()
    text = (files("boekbrug.coachview") / "profiles" / "coachview.toml").read_text(encoding="utf-8")
    (folder / "elders.toml").write_text(text.replace('name = "coachview"', 'name = "elders"'), encoding="utf-8")
    noord.run("integration", "set", "1", "profile=elders")
    (folder / "elders.toml").unlink()
    said = refused(noord, "sync", "--all", "--until-idle")
    assert "Coachview" in said
    shown = noord.json("integration", "show", "1")
    assert (shown["exact"], shown["coachview"]) == ("green", "red")


def test_the_commands_that_stop_and_start_a_koppeling(noord: House) -> None:
    noord.run("integration", "pause", "1")
    noord.run("integration", "pause", "2")
    assert "active" in refused(noord, "sync", "--all")
    noord.run("integration", "resume", "1")
    noord.run("sync", "1", "--until-idle")
    assert 0 < len(noord.entries()) < 33
    assert "20260001" in noord.run("preview", "1", "20260001").stdout
    assert noord.run("preview", "1").stdout.count("\n") > 5
    noord.run("integration", "delete", "1", "--yes")
    assert [row["id"] for row in noord.json("integration", "list")] == [2]
    assert noord.json("integration", "check", "2")["user"] == "Demo Gebruiker"
