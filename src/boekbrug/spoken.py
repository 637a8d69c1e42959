"""Exceptions whose message is a sentence for a person: English words with places, and the values for them.

The rooms raise them in English; a way in that knows its reader translates the words and fills the places.
"""


class Spoken(Exception):
    """A sentence with its values: `message` is what is translated, `str()` gives it in English."""

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values
