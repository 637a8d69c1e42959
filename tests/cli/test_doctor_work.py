"""The doctor sees what keeps work from being done, and how far the clock is from Exact's."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from cryptography.fernet import Fernet
from tests.store.world import NOW, World

from boekbrug.cli.doctor_reach import clocks, database_clock
from boekbrug.cli.doctor_work import work
from boekbrug.cli.finding import Finding
from boekbrug.settings import Settings
from boekbrug.store import models, restoring, steps
from boekbrug.store.secrets import seal
from boekbrug.sync.ports import Step

DUE = NOW + timedelta(minutes=1)


@pytest.fixture
def world(db: None) -> World:
    """An active koppeling with nothing due."""
    made = World.make()
    models.DueStep.objects.all().delete()
    models.Integration.objects.update(exact_state="green", coachview_state="green")
    return made


def seen(subject: str, now: datetime = DUE) -> list[Finding]:
    return [finding for finding in work(now) if finding.subject == subject]


def states(subject: str, now: datetime = DUE) -> list[str]:
    return [finding.state for finding in seen(subject, now)]


def test_all_is_well_except_that_nobody_works(world: World) -> None:
    assert [(finding.subject, finding.state) for finding in work(DUE)] == [
        ("workers", "warning"), ("due", "ok"), ("koppelingen", "ok"), ("secrets", "ok"),
    ]  # fmt: skip


def test_a_step_that_is_due_for_long_is_told_with_its_name(world: World) -> None:
    steps.make_due(world.administration_id, Step.BOOK, NOW)
    assert states("due", NOW + timedelta(minutes=15)) == ["ok"]
    (late,) = seen("due", NOW + timedelta(minutes=16))
    assert late.state == "warning"
    assert "book" in late.text
    assert "16" in late.text


@pytest.mark.parametrize("party", ["exact", "coachview"])
def test_a_red_connection_is_wrong_and_says_why(world: World, party: str) -> None:
    models.Integration.objects.update(**{f"{party}_state": "red", f"{party}_reason": "unreachable"})
    (found,) = seen("koppelingen")
    assert found.state == "wrong"
    assert found.text.startswith(
        f"Exact ({world.integration_id}), {'Exact Online' if party == 'exact' else 'Coachview'}: "
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"state": "draft", "exact_state": "red"}, ["ok"]),
        ({"state": "paused", "exact_state": "red"}, ["ok"]),
        ({"state": "enabled", "exact_state": "red", "exact_reason": "not-connected"}, ["ok"]),
        ({"state": "enabled", "exact_state": "red", "exact_reason": "invalid-grant"}, ["wrong"]),
        ({"state": "paused", "stopped_problem": {"code": "type-ignored"}}, ["wrong"]),
        ({"state": "active", "exact_state": "red", "coachview_state": "red"}, ["wrong", "wrong"]),
    ],
)
def test_only_what_should_work_is_wrong_when_it_does_not(
    world: World, values: dict[str, object], expected: list[str]
) -> None:
    models.Integration.objects.update(**values)
    assert states("koppelingen") == expected


def test_a_review_after_a_restore_is_something_to_look_at(world: World) -> None:
    restoring.put_in_review(NOW)
    assert states("koppelingen") == ["warning"]


def test_secrets_that_no_key_opens_are_wrong_and_named(world: World) -> None:
    other = Fernet.generate_key().decode()
    models.Organisation.objects.update(coachview_secret_sealed=seal("kn0wn-s3cret-value", [other]))
    (found,) = seen("secrets")
    assert found.state == "wrong"
    assert "Instituut Noord" in found.text
    assert "s3cret" not in found.text


# The clock


@pytest.fixture
def practice(tmp_path: Path) -> Settings:
    return Settings.read(
        {
            "BOEKBRUG_HOME": str(tmp_path),
            "BOEKBRUG_EXACT_URL_PRACTICE": "http://127.0.0.1:1",
            "BOEKBRUG_EXACT_CLIENT_ID_PRACTICE": "app",
            "BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE": "hush",
        }
    )


HERE = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def skew(ours: Settings, **headers: str) -> list[tuple[str, str]]:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(404, headers=headers))
    return [(found.state, found.text) for found in clocks(ours, clock=lambda: HERE, transport=transport)]


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (5, "ok"), (-5, "ok"), (6, "warning"), (-30, "warning"), (31, "wrong")]
)
def test_how_far_the_clock_is_from_exacts(practice: Settings, seconds: int, state: str) -> None:
    ((found, text),) = skew(practice, Date=format_datetime(HERE - timedelta(seconds=seconds), usegmt=True))
    assert found == state
    assert (f"{seconds:+d}" in text) == (state != "ok")


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (-6, "warning"), (240, "wrong")])
def test_how_far_the_clock_is_from_the_databases(seconds: int, state: str) -> None:
    found = database_clock("db.example", theirs=lambda: HERE - timedelta(seconds=seconds), clock=lambda: HERE)
    assert (found.subject, found.state) == ("clock", state)
    assert "db.example" in found.text
    assert (f"{seconds:+d}" in found.text) == (state != "ok")


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2026 12:00:00 GMT"])
def test_a_party_that_tells_no_time_is_passed_over(practice: Settings, date: str) -> None:
    assert skew(practice, **({"Date": date} if date else {})) == []


def test_a_party_that_is_away_is_passed_over(practice: Settings) -> None:
    assert list(clocks(practice)) == []
