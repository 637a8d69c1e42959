"""The fields of a panel in plain values for its template: control, explanation, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from boekbrug.domain.option_values import Refusal
from boekbrug.web.option_words import told
from boekbrug.web.pages.integration.fields import SecretField
from boekbrug.web.pages.integration.forms import FILTER, FILTER_PARTS, PanelForm


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """One field; `kind` is `line`, `check` (a box with its word behind it) or `group` (several boxes)."""

    id: str
    kind: str
    label: str
    help: str
    html: SafeString
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def target(self) -> str:
        """Where a link in the summary leads: the first thing that takes the focus."""
        return f"{self.id}_0" if self.kind == "group" else self.id


def controls(form: PanelForm, notes: Mapping[str, Sequence[str]]) -> Iterator[Control]:
    """The fields of a panel; `notes` are the warnings at each."""
    for field in form:
        retyped = (_("Vul het opnieuw in: het wordt nooit teruggetoond."),) if _was_secret(field) else ()
        yield _control(field, (*notes.get(field.name, ()), *retyped))


def notes_of(warnings: Sequence[Refusal], language: str) -> dict[str, list[str]]:
    """The warnings in words by the field at which they stand."""
    notes: dict[str, list[str]] = {}
    for warning in warnings:
        name = FILTER_PARTS[0] if warning.key == FILTER else warning.key
        notes.setdefault(name, []).append(told(warning, language))
    return notes


def _control(field: BoundField, warnings: tuple[str, ...]) -> Control:
    errors = tuple(str(error) for error in field.errors)
    kind = _kind(field)
    place = str(field.auto_id)
    about = [f"{place}_help"] * bool(field.help_text) + [f"{place}_error"] * bool(errors)
    about += [f"{place}_warning"] * bool(warnings)
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(about)} if about and kind != "group" else {}
    if errors and kind != "group":
        attributes["aria-invalid"] = "true"
    return Control(
        id=place,
        kind=kind,
        label=str(field.label),
        help=str(field.help_text),
        html=field.as_widget(attrs=attributes),
        errors=errors,
        warnings=warnings,
    )


def _was_secret(field: BoundField) -> bool:
    """Whether a secret was typed in a form that was not saved."""
    return isinstance(field.field, SecretField) and field.form.is_bound and bool(field.data)


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "line"
