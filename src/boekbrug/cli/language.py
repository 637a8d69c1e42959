"""The language of the commands: that of the terminal, unless `--language` says another.

The messages stand in the code in English: `_("There is no invoice {number}.", number=number)`. Their Dutch stands in
`locale/nl/LC_MESSAGES/commands.po`; `python -m tests.cli.messages` refreshes the catalogues. Help texts need no `_`:
docstrings of commands and `help=` of options are translated when a command is loaded, and so are exceptions that are
`Spoken`. What is printed for programs (`--json`) is English always.
"""

import gettext
from functools import cache
from pathlib import Path

import click
from click.core import ParameterSource

from boekbrug.settings import spoken_language
from boekbrug.spoken import Spoken

LOCALE = Path(__file__).parent / "locale"
DOMAIN, CLICK_DOMAIN = "commands", "click"
SOURCE = "en"


def spoken() -> str:
    """The language to answer in now: `nl` or `en`."""
    context = click.get_current_context(silent=True)
    if context is not None:
        if context.params.get("language") and context.get_parameter_source("language") is ParameterSource.COMMANDLINE:
            return str(context.params["language"])
        if context.params.get("as_json"):
            return "en"
    return spoken_language()


def _(message: str, /, **values: object) -> str:
    """The message in the language to answer in, with its values in their places."""
    text = _messages(spoken()).gettext(message)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for a number of things; `{count}` is that number."""
    return _messages(spoken()).ngettext(one, many, count).format(count=count, **values)


def told(error: Spoken) -> str:
    """What a room raised, in the language to answer in."""
    return _(error.message, **error.values)


def translate_help(command: click.Command) -> None:
    """Put a command's help texts, and those of its options and subcommands, in the terminal's language."""
    for text in ("help", "short_help", "epilog"):
        english = getattr(command, text)
        if english:
            setattr(command, text, _(english))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _(parameter.help)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            translate_help(inner)


def translate_click() -> None:
    """Let click say its own words ("Usage", "No such option") from our catalogue; it looks at the same locale."""
    gettext.bindtextdomain(CLICK_DOMAIN, str(LOCALE))
    gettext.textdomain(CLICK_DOMAIN)


@cache
def _messages(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language], fallback=language == SOURCE)
