"""Every word of the commands is in both catalogues, filled in, with the places for its values."""

import pytest
from tests.cli import messages

EVERY = [(domain, language) for domain in messages.DOMAINS for language in messages.LANGUAGES]


@pytest.mark.parametrize(("domain", "language"), EVERY)
def test_the_catalogue_has_exactly_the_messages_in_use(domain: str, language: str) -> None:
    assert set(messages.translations(domain, language)) == messages.used(domain)


@pytest.mark.parametrize("domain", messages.DOMAINS)
def test_the_english_catalogue_says_what_the_commands_say(domain: str) -> None:
    english = messages.translations(domain, "en")
    assert all(said == tuple(part for part in message if part) for message, said in english.items())


@pytest.mark.parametrize(("domain", "language"), EVERY)
def test_translations_have_the_places_of_their_message(domain: str, language: str) -> None:
    for message, said in messages.translations(domain, language).items():
        assert messages.placeholders(*said) == messages.placeholders(*message), message


def test_help_texts_calls_and_what_rooms_raise_are_found() -> None:
    used = messages.used("commands")
    assert messages.Message("Show all koppelingen with their state.") in used
    assert messages.Message("Booking has started.") in used
    assert messages.Message("There is no koppeling {id}.") in used
    assert messages.Message("{count} migration done.", "{count} migrations done.") in used
    assert messages.Message("Usage:") in messages.used("click")
