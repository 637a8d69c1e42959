"""Every word of the pages is in both catalogues, filled in, with the places for its values."""

import pytest
from tests.catalogues import LANGUAGES, Message
from tests.web import messages


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_exactly_the_messages_in_use(language: str) -> None:
    assert set(messages.CATALOGUES.translations(language)) == messages.used()


def test_the_dutch_catalogue_says_what_the_pages_say() -> None:
    dutch = messages.CATALOGUES.translations("nl")
    assert all(said == tuple(part for part in message if part) for message, said in dutch.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_is_filled_in_and_sure(language: str) -> None:
    unsure = [message.id for message in messages.CATALOGUES.read(language) if message.id and message.fuzzy]
    empty = [message for message, said in messages.CATALOGUES.translations(language).items() if not all(said)]
    assert (unsure, empty) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_places_of_their_message(language: str) -> None:
    for message, said in messages.CATALOGUES.translations(language).items():
        assert messages.placeholders(*said) == messages.placeholders(*message), message


def test_messages_of_templates_are_found() -> None:
    assert Message("Waarom") in messages.used()
    assert Message("Factuur %(number)s") in messages.used()


def test_messages_that_count_are_found_with_their_plural() -> None:
    assert Message("%(count)s factuur", "%(count)s facturen") in messages.used()
