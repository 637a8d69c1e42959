"""The messages of refusals in Dutch and English, by the language of the user. Source: exact-rest.md 3.4 and 6.1.

Texts that the reference does not have are of the same form and marked `guessed`.
"""

from dataclasses import dataclass, field, replace

_KINDS = {
    "mandatory": ("Verplicht", "Mandatory"),
    "invalid": ("Ongeldig", "Invalid"),
    "blocked": ("Geblokkeerd", "Blocked"),
    "reference": ("Ongeldige referentie", "Invalid reference"),
    "in_use": ("In gebruik", "In use"),
    "not_allowed": ("Niet toegestaan", "Not allowed"),
}
_THINGS = {
    "account": ("Relatie", "Relationship"),
    "journal": ("Dagboek", "Diary"),
    "journals": ("Journals", "Journals"),
    "payment_condition": ("Betalingsconditie", "Payment condition"),
    "financial_year": ("Boekjaar", "Financial year"),
    "customer_type": ("Klant (Type)", "Customer (Type)"),
    "gl_account_type": ("Grootboekrekeningtype", "G/L account type"),
    "gl_account": ("Grootboekrekening", "G/L account"),
    "vat_code": ("Btw-code", "VAT code"),
    "vat_percentage": ("Btw-percentage []", "VAT percentage []"),
    "vat_number": ("Btw-nummer", "VAT number"),
    "entry_number": ("Boekstuknummer", "Entry number"),
    "cost_centre": ("Kostenplaats", "Cost center"),
    "cost_unit": ("Kostendrager", "Cost unit"),
    "project": ("Project", "Project"),
    "document": ("Document", "Document"),
    "currency": ("Valuta", "Currency"),
    "period": ("Periode", "Period"),
    "lines": ("Boekingsregels", "Entry lines"),
    "amount": ("Bedrag", "Amount"),
    "from": ("Datum: Van", "Date: From"),
    "to": ("Datum: Tot", "Date: To"),
    "name": ("Naam", "Name"),
    "description": ("Omschrijving", "Description"),
    "code": ("Code", "Code"),
    "subject": ("Onderwerp", "Subject"),
    "type": ("Type", "Type"),
    "bank_account": ("Bankrekening", "Bank account"),
    "contact": ("Contactpersoon", "Contact"),
    "file_name": ("Bestandsnaam", "File name"),
    "attachment": ("Bijlage", "Attachment"),
    "callback": ("CallbackURL", "CallbackURL"),
    "topic": ("Topic", "Topic"),
}
_SENTENCES = {
    "exists": ("Gegeven bestaat reeds", "Data already exists"),
    "processed": ("Reeds verwerkt", "Already processed"),  # English guessed
    "period_closed": ("Periode is afgesloten: {} - {}", "Period is closed: {} - {}"),  # English guessed
    "year_fixed": ("Het boekjaar kan niet worden gewijzigd", "The financial year cannot be changed"),  # Dutch guessed
    "cannot_delete": ("Kan niet verwijderen: {} - Gebruikt in: {}", "Can't delete: {} - Used in: {}"),
    "too_long": ("Te lang: {} (maximaal {})", "Too long: {} (maximum {})"),  # guessed
    "contact_number": ("Contactnummer bestaat reeds", "Contact number already exists"),  # form of 4.4
    "document_type": ("Documenttype niet toegestaan", "Document type not allowed"),  # paraphrase of 6.1
    "too_large": ("Bijlage is te groot", "Attachment is too large"),  # guessed
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One broken rule: its kind, what it is about, values for its sentence; `guessed` when 6.1 infers the rule."""

    kind: str
    thing: str = ""
    values: tuple[object, ...] = ()
    guessed: bool = field(default=False, compare=False)

    def text(self, language: str, *, english_journal: str = "Diary") -> str:
        """The message in a language ('nl', or anything else for English)."""
        column = 0 if language == "nl" else 1
        if self.kind in _SENTENCES:
            return _SENTENCES[self.kind][column].format(*(_said(value, column) for value in self.values))
        thing = _THINGS[self.thing][column] if self.thing in _THINGS else self.thing
        if column == 1 and self.thing == "journal":
            thing = english_journal
        return f"{_KINDS[self.kind][column]}: {thing}"


def _said(value: object, column: int) -> object:
    return value[column] if isinstance(value, tuple) else value


class RefusedError(Exception):
    """A business rule is broken: status 500 with a message for people (3.3)."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.text("en") for refusal in refusals))
        self.refusals = refusals


def guess(refusal: Refusal) -> Refusal:
    """A rule that nobody saw the service enforce; the switch `guessed_refusals` turns these off."""
    return replace(refusal, guessed=True)


def mandatory(thing: str) -> Refusal:
    """Something that must be there is missing."""
    return Refusal("mandatory", thing)


def invalid(thing: str) -> Refusal:
    """Something has a value that does not fit."""
    return Refusal("invalid", thing)


def unknown(thing: str) -> Refusal:
    """A code or guid that nothing answers to."""
    return Refusal("reference", thing)


def blocked(thing: str) -> Refusal:
    """Something may not be used any more."""
    return Refusal("blocked", thing)


def not_allowed(thing: str) -> Refusal:
    """Something may not be given here."""
    return Refusal("not_allowed", thing)


def in_use(thing: str) -> Refusal:
    """A number that is taken."""
    return Refusal("in_use", thing)
