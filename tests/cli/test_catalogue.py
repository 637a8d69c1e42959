"""Every word of the commands is in both catalogues, filled in, with the places for its values."""

import pytest
from tests.catalogues import LANGUAGES, Message
from tests.cli import messages

EVERY = [(domain, language) for domain in messages.DOMAINS for language in LANGUAGES]


@pytest.mark.parametrize(("domain", "language"), EVERY)
def test_the_catalogue_has_exactly_the_messages_in_use(domain: str, language: str) -> None:
    assert set(messages.catalogues(domain).translations(language)) == messages.used(domain)


@pytest.mark.parametrize("domain", messages.DOMAINS)
def test_the_english_catalogue_says_what_the_commands_say(domain: str) -> None:
    english = messages.catalogues(domain).translations("en")
    assert all(said == tuple(part for part in message if part) for message, said in english.items())


@pytest.mark.parametrize(("domain", "language"), EVERY)
def test_translations_have_the_places_of_their_message(domain: str, language: str) -> None:
    for message, said in messages.catalogues(domain).translations(language).items():
        assert messages.placeholders(*said) == messages.placeholders(*message), message


def test_help_texts_calls_and_what_rooms_raise_are_found() -> None:
    used = messages.used("commands")
    assert Message("Show all koppelingen with their state.") in used
    assert Message("Booking has started.") in used
    assert Message("There is no koppeling {id}.") in used
    assert Message("{count} migration done.", "{count} migrations done.") in used
    assert Message("Usage:") in messages.used("click")
