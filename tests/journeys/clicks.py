"""A reader of pages that has no JavaScript: opens an address, follows words, fills in a form and presses its button."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx2
from lxml import html

SECONDS = 60
Answer = str | bool | list[str]
"""What a person fills in: a text, a box that is ticked or not, or the values of the boxes that are."""


@dataclass
class Reader:
    """One person with a window: where he is, and the page before him."""

    http: httpx2.Client
    address: str = ""
    page: html.HtmlElement = field(default_factory=lambda: html.fromstring("<html></html>"))

    @classmethod
    @contextmanager
    def sits_down(cls) -> "Iterator[Reader]":
        """A person who opens a window, and closes it at the end."""
        with httpx2.Client(follow_redirects=True, timeout=SECONDS) as http:
            yield cls(http=http)

    def open(self, address: str) -> str:
        """Go to an address; the words of the page."""
        return self._seen(self.http.get(urljoin(self.address, address)))

    def follow(self, words: str) -> str:
        """Follow the first link with these words."""
        links = [link for link in self.page.iter("a") if words in _words(link)]
        assert links, f"no link {words!r} on {self.address}: {self.read()[:600]}"
        return self.open(links[0].get("href") or "")

    def press(self, words: str, **answers: Answer) -> str:
        """Fill in the form of the button with these words, by the names of its inputs, and press it."""
        button = self._button(words)
        form = self._form_of(button)
        values: dict[str, list[str]] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(str(value))
        for name, answer in answers.items():
            assert name in form.fields, f"no input {name} in the form of {words!r} on {self.address}"
            if isinstance(answer, bool):
                values.pop(name, None)
            if isinstance(answer, list):
                values[name] = answer
            elif answer is not False:
                values[name] = ["on" if answer is True else answer]
        if button.get("name"):
            values[button.get("name") or ""] = [button.get("value") or ""]
        target = urljoin(self.address, button.get("formaction") or form.get("action") or self.address)
        headers = {"Origin": target[: target.index("/", len("https://"))], "Referer": self.address}
        if (form.get("method") or "get").lower() == "post":
            return self._seen(self.http.post(target, data=values, headers=headers))
        return self._seen(self.http.get(target, params=values))

    def stands(self, words: str, name: str) -> Answer:
        """What stands in an input of the form of the button with these words, as one would fill it in again."""
        form = self._form_of(self._button(words))
        boxes = [box for box in form.xpath(".//input[@type='checkbox']") if box.get("name") == name]
        ticked = [box.get("value", "on") for box in boxes if box.get("checked") is not None]
        if not boxes:
            return next((str(value) for known, value in form.form_values() if known == name), "")
        return bool(ticked) if boxes[0].get("value", "on") == "on" else ticked

    def read(self) -> str:
        """The words of the page, with single blanks."""
        return _words(self.page)

    def _seen(self, answer: httpx2.Response) -> str:
        assert answer.status_code == 200, f"{answer.url}: {answer.status_code}"
        self.address, self.page = str(answer.url), html.fromstring(answer.content)
        return self.read()

    def _button(self, words: str) -> html.HtmlElement:
        buttons = [button for button in self.page.iter("button") if _words(button).startswith(words)]
        assert buttons, f"no button {words!r} on {self.address}: {self.read()[:600]}"
        return buttons[0]

    def _form_of(self, button: html.HtmlElement) -> html.FormElement:
        named = button.get("form")
        forms = [form for form in self.page.forms if form.get("id") == named] if named else []
        forms += [form for form in button.iterancestors("form") if isinstance(form, html.FormElement)]
        assert forms, f"the button on {self.address} belongs to no form"
        return forms[0]


def _words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
