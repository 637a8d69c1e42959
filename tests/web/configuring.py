"""The page Configureren as an administrator uses it: read its form, type, save, and look again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse
from tests.web import making
from tests.web.reading_pages import text_of

from boekbrug.store import models

Values = dict[str, list[str]]


class _Inputs(HTMLParser):
    """What a browser would send of the form `instellingen`."""

    def __init__(self) -> None:
        super().__init__()
        self.values: Values = {}
        self.inside = False
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open the form, and take what stands in it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "instellingen"
        if not self.inside:
            return
        if tag == "select":
            self.select = given["name"]
            self.values.setdefault(self.select, [])
        if tag == "option" and "selected" in given:
            self.values[self.select].append(given["value"])
        if tag == "input" and "name" in given:
            box = given.get("type") == "checkbox"
            if not box or "checked" in given:
                self.values.setdefault(given["name"], []).append(given.get("value", "on" if box else ""))

    def handle_endtag(self, tag: str) -> None:
        """Close the form."""
        if tag == "form":
            self.inside = False


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An administrator at the page of one koppeling."""

    client: Client
    integration_id: int

    @property
    def address(self) -> str:
        """The address of the page."""
        return reverse("integration", args=[self.integration_id])

    def inputs(self) -> Values:
        """What the form would send as it is shown."""
        return inputs_of(self.client.get(self.address))

    def save(self, changes: Mapping[str, Any] | None = None, *, form: Values | None = None) -> Any:
        """Change fields of the form (as it is shown, or of `form`) and press Opslaan."""
        sent: dict[str, Any] = dict(form if form is not None else self.inputs())
        for name, value in (changes or {}).items():
            sent[name] = value
            if value is None:
                del sent[name]
        return self.client.post(self.address, sent)

    def stored(self) -> dict[str, Any]:
        """The newest version's values."""
        return dict(self.versions()[-1].values)

    def versions(self) -> list[models.OptionVersion]:
        """Every save, the first first."""
        return list(models.OptionVersion.objects.filter(integration_id=self.integration_id).order_by("number"))


def inputs_of(answer: Any) -> Values:
    """What the form in an answer would send."""
    assert answer.status_code == 200
    reader = _Inputs()
    reader.feed(answer.content.decode())
    return reader.values


def desk(institute: making.Institute, mail: str = "beheer@noord.example") -> Desk:
    """An administrator of the institute at the page of its koppeling."""
    client = Client()
    client.force_login(making.person(mail, institute, "beheerder"))
    return Desk(client=client, integration_id=institute.integration.pk)


def faults(answer: Any) -> dict[str, str]:
    """What an answer says at each field that is not taken."""
    found = re.findall(r'id="id_(\w+)_error">(.*?)</p>', answer.content.decode(), re.DOTALL)
    return {name: text_of(text).strip() for name, text in found}


def warnings(answer: Any) -> dict[str, str]:
    """What an answer minds at each field."""
    found = re.findall(r'id="id_(\w+)_warning">(.*?)</p>', answer.content.decode(), re.DOTALL)
    return {name: text_of(text).strip() for name, text in found}
