"""A catalogue in both languages: read, and kept in step with the messages that a part of the program uses.

Compiling is done with Babel, so that no gettext tools need to be installed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LANGUAGES = ("nl", "en")


class Message(NamedTuple):
    """A message id, with its plural when it counts."""

    singular: str
    plural: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalogues:
    """The catalogues of one domain; `source` is the language of the message ids, so its catalogue says the same."""

    locale: Path
    domain: str
    source: str
    comment: str

    def path(self, language: str) -> Path:
        """Where the catalogue of a language stands."""
        return self.locale / language / "LC_MESSAGES" / f"{self.domain}.po"

    def read(self, language: str) -> Catalog:
        """The catalogue of a language."""
        with self.path(language).open("rb") as file:
            return read_po(file, locale=language)

    def translations(self, language: str) -> dict[Message, tuple[str, ...]]:
        """What each message of the catalogue says, singular and plural."""
        return {_key(message.id): _texts(message.string) for message in self.read(language) if message.id}

    def update(self, used: Iterable[Message]) -> list[Message]:
        """Add what is new, drop what is gone, fill in the source, compile both; returns what is not translated yet."""
        messages = sorted(used)
        lacking: dict[Message, None] = {}
        for language in LANGUAGES:
            known = self.translations(language) if self.path(language).exists() else {}
            catalogue = self._empty(language)
            for message in messages:
                own = tuple(part for part in message if part)
                texts = own if language == self.source else known.get(message, ("",) * len(own))
                catalogue.add(own if len(own) > 1 else own[0], texts if len(own) > 1 else texts[0])
                if not all(texts):
                    lacking[message] = None
            self._write(language, catalogue)
        return list(lacking)

    def _write(self, language: str, catalogue: Catalog) -> None:
        path = self.path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, omit_header=False, sort_output=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)

    def _empty(self, language: str) -> Catalog:
        """A catalogue whose head says nothing that changes by itself."""
        written = datetime(2026, 11, 24, tzinfo=UTC)
        return Catalog(
            locale=language,
            project="boekbrug",
            version="web" if self.domain == "django" else self.domain,
            header_comment=f"# {self.comment}",
            msgid_bugs_address="",
            last_translator="",
            language_team="",
            creation_date=written,
            revision_date=written,
            fuzzy=False,
            charset="utf-8",
        )


def _key(message_id: str | tuple[str, ...] | list[str]) -> Message:
    return Message(message_id) if isinstance(message_id, str) else Message(*message_id)


def _texts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if text is None:
        return ("",)
    return (text,) if isinstance(text, str) else tuple(text)
