"""The command `boekbrug`: one module per command, loaded when it is asked for; errors in one sentence.

A module carries its click command (or group) under the name `command`. A new command is a module here and a line in
COMMANDS. What a person must know is raised as `click.ClickException` (exit status 1); a wrong call is
`click.UsageError` (exit status 2).
"""

import importlib
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import click

from boekbrug import __version__
from boekbrug.cli.language import _, told, translate_click, translate_help
from boekbrug.spoken import Spoken

COMMANDS = (
    "demo",
    "serve",
    "web",
    "worker",
    "migrate",
    "organisation",
    "user",
    "integration",
    "sync",
    "preview",
    "invoices",
    "coachview",
    "backup",
    "restore",
    "keys",
    "doctor",
)
"""In the order in which the help shows them; the module has the same name."""

TERMINATED_STATUS = 143


class Commands(click.Group):
    """Finds each command in its own module, and says in one sentence what went wrong."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All commands, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command's module."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"boekbrug.cli.{cmd_name}").command
        translate_help(command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever is raised becomes a sentence, unless a traceback is asked for."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params.get("traceback"):
                raise
            raise click.ClickException(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    """What to say about an exception that no command turned into words."""
    from django.db import Error as DatabaseError

    from boekbrug.log import without_secrets

    if isinstance(error, Spoken):
        return without_secrets(told(error))
    kind, text = type(error).__name__, without_secrets(str(error).strip())
    if isinstance(error, DatabaseError):
        said = text.splitlines()[0] if text else kind
        return _("The database does not do what was asked: {said}", said=said)
    return _(
        "Something unexpected happened ({kind}: {text}). `boekbrug --traceback ...` shows where.", kind=kind, text=text
    )


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    """Let `finally` blocks run when somebody stops us: the last one out stops the database."""
    sys.exit(TERMINATED_STATUS)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="boekbrug")
@click.option("--traceback", is_flag=True, help="Show the traceback of an unexpected error.")
def main(traceback: bool) -> None:  # noqa: ARG001
    """Boekbrug books Coachview invoices into Exact Online."""
    signal.signal(signal.SIGTERM, _terminated)


translate_click()
translate_help(main)
