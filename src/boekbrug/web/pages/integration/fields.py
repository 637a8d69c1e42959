"""The fields of the panels: what a person types is kept as text, and read by the domain (option_values).

So each option has one reader and one set of sentences, whether it comes from a form, a file or the command line.
"""

from collections.abc import Sequence
from typing import Any

from django import forms

from boekbrug.store.reading import Pick
from boekbrug.web.option_labels import LABELS

CONTROL = {"class": "control"}
Words = Any
"""Text that may be translated when it is shown."""
Choices = list[tuple[str, Any]]


class ManyField(forms.Field):
    """Several values out of a list, as boxes; one that is stored and not in the list stays as it is."""

    widget = forms.CheckboxSelectMultiple

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other boxes are ticked; their order says nothing."""
        return set(initial or ()) != set(data or ())


class SecretField(forms.CharField):
    """A secret: never shown again, and left as it is when nothing is typed."""

    widget = forms.PasswordInput

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ARG002  # as Django calls it
        """Whether a new one was typed."""
        return bool(data)


def text(key: str, *, longest: int, kind: str = "text", mode: str = "") -> forms.CharField:
    """An option that is typed; `kind` is that of the input, `mode` the keyboard of a telephone."""
    attributes = {**CONTROL, "maxlength": longest, "autocomplete": "off"} | ({"inputmode": mode} if mode else {})
    return _field(key, forms.TextInput(attributes | {"type": kind}))


def day(key: str) -> forms.CharField:
    """An option that is a day; empty is none."""
    return _field(key, forms.TextInput({**CONTROL, "type": "date"}))


def moment(key: str) -> forms.CharField:
    """An option that is a time of day."""
    return _field(key, forms.TextInput({**CONTROL, "type": "time"}))


def choice(key: str, *, none: Words = "") -> forms.CharField:
    """An option that is one of a few; `none` is the word for none of them, where that is allowed."""
    choices: Choices = [("", none)] if none else []
    return _field(key, forms.Select(CONTROL, [*choices, *LABELS[key].values.items()]))


def pick(field: forms.Field, picks: Sequence[Pick], present: str, absent: Words) -> None:
    """Let a typed option be picked from what Exact has; what is set now stays among it, and is called `absent`."""
    if not picks:
        return
    choices: Choices = [(one.code, f"{one.code} · {one.name}" if one.name else one.code) for one in picks]
    if present not in {one.code for one in picks}:
        choices.insert(0, (present, f"{present} · {absent}" if present else absent))
    field.widget = forms.Select(CONTROL, choices)


def yes_no(key: str) -> forms.BooleanField:
    """An option that is on or off."""
    return forms.BooleanField(required=False, **_words(key))


def tick(label: Words, explanation: Words) -> forms.BooleanField:
    """Something to do along with saving."""
    return forms.BooleanField(required=False, label=label, help_text=explanation)


def many(key: str) -> ManyField:
    """An option that is several of a list."""
    widget = forms.CheckboxSelectMultiple(choices=list(LABELS[key].values.items()))
    return ManyField(required=False, widget=widget, **_words(key))


def secret(key: str) -> SecretField:
    """An option that is never shown again."""
    widget = forms.PasswordInput({**CONTROL, "autocomplete": "new-password", "maxlength": 1000})
    return SecretField(required=False, widget=widget, **_words(key))


def part(label: Words, explanation: Words) -> forms.CharField:
    """One of several inputs that make one option together."""
    widget = forms.TextInput({**CONTROL, "autocomplete": "off"})
    return forms.CharField(required=False, label=label, help_text=explanation, widget=widget)


def _field(key: str, widget: forms.Widget) -> forms.CharField:
    return forms.CharField(required=False, widget=widget, **_words(key))


def _words(key: str) -> dict[str, Any]:
    return {"label": LABELS[key].label, "help_text": LABELS[key].help}
