"""Whatever goes wrong in a command becomes one sentence; a traceback comes only when asked for."""

import socket
from collections.abc import Callable, Iterator

import click
import pytest
from click.testing import CliRunner
from django.db import OperationalError

from boekbrug.cli import Commands
from boekbrug.cli.doctor_reach import reached
from boekbrug.embedded import EmbeddedError
from boekbrug.settings import Settings, SettingsError
from boekbrug.store.schema import SchemaError


class Trying(Commands):
    """The same group with one command of ours."""

    def __init__(self, action: Callable[[], None]) -> None:
        super().__init__("boekbrug", params=[click.Option(["--traceback"], is_flag=True)])
        self.action = action

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return click.Command("try", callback=self.action) if cmd_name == "try" else super().get_command(ctx, cmd_name)


def raising(error: Exception) -> Trying:
    def action() -> None:
        raise error

    return Trying(action)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SettingsError("BOEKBRUG_WORKERS: wrong."), "BOEKBRUG_WORKERS: wrong."),
        (EmbeddedError("It does not start."), "It does not start."),
        (SchemaError("run boekbrug migrate first."), "run boekbrug migrate first."),
        (OperationalError("connection refused\nIs the server running?"), "The database does not do what was asked: "),
        (ValueError("postgresql://me:hush@db/x"), "Something unexpected happened (ValueError: postgresql://me:***@db"),
        (click.ClickException("No such koppeling."), "No such koppeling."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_is_one_sentence_and_status_1(error: Exception, said: str) -> None:
    found = CliRunner().invoke(raising(error), ["try"])
    assert found.exit_code == 1
    assert found.stderr.startswith(f"Error: {said}")
    assert found.stderr.count("\n") == 1
    assert "hush" not in found.output


def test_a_traceback_comes_when_it_is_asked_for() -> None:
    found = CliRunner().invoke(raising(ValueError("here")), ["--traceback", "try"])
    assert isinstance(found.exception, ValueError)


def test_a_command_may_choose_its_exit_status() -> None:
    assert CliRunner().invoke(raising(click.exceptions.Exit(3)), ["try"]).exit_code == 3


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_the_doctor_says_who_can_be_reached_and_who_cannot(listening: int, home: object) -> None:
    ours = Settings.read(
        {
            "BOEKBRUG_HOME": str(home),
            "BOEKBRUG_EXACT_URL_PRACTICE": f"http://127.0.0.1:{listening}",
            "BOEKBRUG_EXACT_CLIENT_ID_PRACTICE": "sim-client",
            "BOEKBRUG_EXACT_CLIENT_SECRET_PRACTICE": "sim-secret",
            "BOEKBRUG_COACHVIEW_HOSTS": "127.0.0.1:1,*.coachview.com",
        }
    )
    found = {finding.text.split(" ")[0]: finding.state for finding in reached(ours)}
    assert found == {f"127.0.0.1:{listening}": "ok", "127.0.0.1:1": "warning"}
