"""The panels of Configureren, a form class each; every input is named by the key of its option (options.md)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from boekbrug import environments
from boekbrug.domain.option_values import Refusal
from boekbrug.settings import settings
from boekbrug.store.reading import Pick, PickLists
from boekbrug.web import formats, option_labels
from boekbrug.web.option_labels import LABELS, Panel
from boekbrug.web.option_words import told
from boekbrug.web.pages.integration import fields

NONE = _("geen")
NOTHING_TO_PICK = PickLists()
SERIES = _("Reeksen met een komma ertussen: 20260001-20269999.")
ELSEWHERE = _("niet gevonden in Exact")
HOW_TO_FIND = _(
    "Nog niet verbonden? Beweeg in Exact de muis over de administratie: het (eerste) getal in de regel onderaan is "
    "de divisiecode."
)
CODES = _("Codes met een komma ertussen.")
FILTER = "invoice_filter"
FILTER_PARTS = ("invoice_filter_numbers", "invoice_filter_cost_centres", "invoice_filter_course_kinds")
SECRETS = ("coachview_client_secret", "webhook_secret")
THERE = _("Er is een geheim bewaard; het wordt niet getoond. Leeg laten laat het zoals het is.")


class PanelForm(forms.Form):
    """One panel: its options as they stand, or as somebody typed them."""

    use_required_attribute = False
    panel: ClassVar[Panel]

    def __init__(self, *args: Any, lists: PickLists = NOTHING_TO_PICK, **kwargs: Any) -> None:
        """`lists` is what can be picked, as far as the connection told it."""
        super().__init__(*args, **kwargs)
        self.lists = lists

    def pick(self, name: str, picks: tuple[Pick, ...], absent: Any) -> None:
        """Let an option be picked instead of typed, when there is something to pick."""
        fields.pick(self.fields[name], picks, str(self[name].value() or ""), absent)

    def typed(self) -> dict[str, Any]:
        """The options that the person changed, by their keys, as they were typed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def refuse(self, refusal: Refusal, language: str) -> bool:
        """Say at its field why an option is not taken; whether this panel has it."""
        name = FILTER_PARTS[0] if refusal.key == FILTER else refusal.key
        if name in self.fields:
            self.add_error(name, told(refusal, language))
        return name in self.fields


class OAuthForm(PanelForm):
    """Panel OAuth."""

    panel = option_labels.OAUTH

    name = fields.text("name", longest=100)
    site = fields.choice("site")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The practice book is there only when its address is set (options.md, `site`)."""
        super().__init__(*args, **kwargs)
        site = self.fields["site"].widget
        if not settings().exact_app("practice").url and self.initial.get("site") != "practice":
            site.choices = [pair for pair in site.choices if pair[0] != "practice"]


class GeneralForm(PanelForm):
    """Panel Algemeen."""

    panel = option_labels.GENERAL

    division = fields.text("division", longest=10, mode="numeric")
    country = fields.choice("country")
    book_from = fields.day("book_from")
    purpose = fields.choice("purpose")
    invoice_filter_numbers = fields.part(
        _("Alleen facturen: nummers"), _("Reeksen met een komma ertussen: 20260001-20269999.")
    )
    invoice_filter_cost_centres = fields.part(_("Alleen facturen: kostenplaatsen"), _("Codes met een komma ertussen."))
    invoice_filter_course_kinds = fields.part(
        _("Alleen facturen: opleidingssoorten"), _("Codes met een komma ertussen.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Once connected, an administration is picked from those that the login reaches."""
        super().__init__(*args, **kwargs)
        chosen = self.initial.get("division")
        if not self.lists.divisions and not chosen:
            self.fields["division"].help_text = HOW_TO_FIND
        self.pick("division", self.lists.divisions, _("niet bereikbaar") if chosen else _("kies een administratie"))

    def typed(self) -> dict[str, Any]:
        """The three parts of the filter are one option."""
        found = super().typed()
        parts = [found.pop(name, None) for name in FILTER_PARTS]
        if any(part is not None for part in parts):
            numbers, centres, kinds = (self.cleaned_data[name] for name in FILTER_PARTS)
            ranges = [_series(text) for text in numbers.split(",") if text.strip()]
            found[FILTER] = {"numbers": ranges, "cost_centres": centres, "course_kinds": kinds}
        return found


class DebtorForm(PanelForm):
    """Panel Debiteur."""

    panel = option_labels.DEBTOR

    overwrite_customer = fields.yes_no("overwrite_customer")
    debtor_number_1 = fields.choice("debtor_number_1")
    debtor_number_2 = fields.choice("debtor_number_2", none=NONE)
    debtor_number_3 = fields.choice("debtor_number_3", none=NONE)
    external_source = fields.text("external_source", longest=100)
    debtor_prefix = fields.text("debtor_prefix", longest=10)
    protected_fields = fields.many("protected_fields")
    deferred_revenue = fields.yes_no("deferred_revenue")


class FinancialForm(PanelForm):
    """Panel Financieel."""

    panel = option_labels.FINANCIAL

    period_date_1 = fields.choice("period_date_1")
    period_date_2 = fields.choice("period_date_2", none=NONE)
    entry_date = fields.choice("entry_date")
    journal = fields.text("journal", longest=20)
    receivables_account = fields.text("receivables_account", longest=20)
    credit_notes = fields.yes_no("credit_notes")
    send_pdf = fields.yes_no("send_pdf")
    export_mode = fields.choice("export_mode")
    bulk_time = fields.moment("bulk_time")
    bulk_repeat = fields.choice("bulk_repeat")
    bulk_day = fields.choice("bulk_day", none=NONE)
    send_cost_centre = fields.yes_no("send_cost_centre")
    cost_centre_none = fields.text("cost_centre_none", longest=100)
    invoice_prefix = fields.text("invoice_prefix", longest=10, mode="numeric")
    payment_registration = fields.yes_no("payment_registration")
    payments_from = fields.day("payments_from")
    closed_period = fields.choice("closed_period")
    vat_rounding = fields.text("vat_rounding", longest=6, mode="decimal")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A day is one of the week, or one that every month has; what Exact has is picked once connected."""
        super().__init__(*args, **kwargs)
        days = [(str(number), str(number)) for number in range(1, 29)]
        groups = [(_("Dag van de week"), list(LABELS["bulk_day"].values.items())), (_("Dag van de maand"), days)]
        self.fields["bulk_day"].widget.choices = [("", NONE), *groups]
        self.pick("journal", self.lists.journals, ELSEWHERE)
        self.pick("receivables_account", self.lists.accounts, ELSEWHERE)


class ProjectsForm(PanelForm):
    """Panel Projecten."""

    panel = option_labels.PROJECTS

    project_source = fields.choice("project_source", none=NONE)
    project_missing = fields.choice("project_missing")


class CoachviewForm(PanelForm):
    """Panel Coachview, of the organisation."""

    panel = option_labels.COACHVIEW

    coachview_url = fields.text("coachview_url", longest=500, kind="url", mode="url")
    coachview_client_id = fields.text("coachview_client_id", longest=200)
    coachview_client_secret = fields.secret("coachview_client_secret")
    profile = fields.text("profile", longest=64)
    webhook_secret = fields.secret("webhook_secret")
    webhook_unsigned = fields.tick(_("Neem ook meldingen zonder ondertekening aan"), _("Vergeet het geheim hierboven."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A profile is picked from those that there are; of the secrets the page says only that they are there."""
        super().__init__(*args, **kwargs)
        names = tuple(Pick(code=name, name="") for name in environments.profile_names())
        self.pick("profile", names, _("niet gevonden"))
        for name in SECRETS:
            if self.initial.get(f"has_{name}"):
                self.fields[name].help_text = THERE
        if not self.initial.get("has_webhook_secret"):
            del self.fields["webhook_unsigned"]

    def typed(self) -> dict[str, Any]:
        """Giving up the webhook's secret is typing an empty one, unless a new one was typed too."""
        found = super().typed()
        if found.pop("webhook_unsigned", False):
            found.setdefault("webhook_secret", "")
        return found


PANELS: tuple[type[PanelForm], ...] = (
    CoachviewForm,
    OAuthForm,
    GeneralForm,
    DebtorForm,
    FinancialForm,
    ProjectsForm,
)
"""The panels in the order of the page."""


def _series(text: str) -> list[str]:
    """The first and last number of a series; a single number is a series of one."""
    first, dash, last = text.partition("-")
    return [first.strip(), last.strip() if dash else first.strip()]


def as_typed(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The stored values of options as a person would type them."""
    typed: dict[str, Any] = {key: "" if value is None else value for key, value in values.items()}
    wanted: Mapping[str, Any] = typed.pop(FILTER, None) or {}
    ranges = ("-".join(dict.fromkeys(pair)) for pair in wanted.get("numbers", ()))
    typed[FILTER_PARTS[0]] = ", ".join(ranges)
    typed[FILTER_PARTS[1]] = ", ".join(wanted.get("cost_centres", ()))
    typed[FILTER_PARTS[2]] = ", ".join(wanted.get("course_kinds", ()))
    typed["vat_rounding"] = formats.typed_decimal(str(typed.get("vat_rounding", "")), language)
    typed |= {f"has_{name}": bool(typed.pop(name, "")) for name in SECRETS}
    return typed
