"""A page as a person reads it: its text in one line, and the parts that a test asks for."""

import re
from html import unescape

from django.test import Client


def text_of(html: str) -> str:
    """The words of a page, without its marks and with single blanks; no-break spaces are blanks too."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def read(client: Client, address: str) -> str:
    """The words of the page at an address, which must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return text_of(answer.content.decode())


def heading(client: Client, address: str) -> str:
    """The largest words of a page."""
    found = re.findall(r"<h1>(.*?)</h1>", client.get(address).content.decode(), re.DOTALL)
    assert len(found) == 1, "a page has one first heading"
    return unescape(found[0])
