"""The messages of refusals in Dutch, English and French, by the language of the user. Source: exact-rest.md 3.4, 6.1.

Texts that the reference does not have are of the same form and marked `guessed`; it has no French ones at all.
"""

from dataclasses import dataclass, field, replace

COLUMNS = {"nl": 0, "en": 1, "fr": 2}
ENGLISH = COLUMNS["en"]
_KINDS = {
    "mandatory": ("Verplicht", "Mandatory", "Obligatoire"),
    "invalid": ("Ongeldig", "Invalid", "Non valide"),
    "blocked": ("Geblokkeerd", "Blocked", "Bloqué"),
    "reference": ("Ongeldige referentie", "Invalid reference", "Référence non valide"),
    "in_use": ("In gebruik", "In use", "Déjà utilisé"),
    "not_allowed": ("Niet toegestaan", "Not allowed", "Non autorisé"),
}
_THINGS = {
    "account": ("Relatie", "Relationship", "Relation"),
    "journal": ("Dagboek", "Diary", "Journal"),
    "journals": ("Journals", "Journals", "Journals"),
    "payment_condition": ("Betalingsconditie", "Payment condition", "Condition de paiement"),
    "financial_year": ("Boekjaar", "Financial year", "Exercice comptable"),
    "customer_type": ("Klant (Type)", "Customer (Type)", "Client (Type)"),
    "gl_account_type": ("Grootboekrekeningtype", "G/L account type", "Type de compte général"),
    "gl_account": ("Grootboekrekening", "G/L account", "Compte général"),
    "vat_code": ("Btw-code", "VAT code", "Code TVA"),
    "vat_percentage": ("Btw-percentage []", "VAT percentage []", "Pourcentage TVA []"),
    "vat_number": ("Btw-nummer", "VAT number", "Numéro de TVA"),
    "entry_number": ("Boekstuknummer", "Entry number", "Numéro de pièce"),
    "cost_centre": ("Kostenplaats", "Cost center", "Centre de coûts"),
    "cost_unit": ("Kostendrager", "Cost unit", "Unité de coûts"),
    "project": ("Project", "Project", "Projet"),
    "document": ("Document", "Document", "Document"),
    "currency": ("Valuta", "Currency", "Devise"),
    "period": ("Periode", "Period", "Période"),
    "lines": ("Boekingsregels", "Entry lines", "Lignes d'écriture"),
    "amount": ("Bedrag", "Amount", "Montant"),
    "from": ("Datum: Van", "Date: From", "Date: De"),
    "to": ("Datum: Tot", "Date: To", "Date: Au"),
    "name": ("Naam", "Name", "Nom"),
    "description": ("Omschrijving", "Description", "Description"),
    "code": ("Code", "Code", "Code"),
    "subject": ("Onderwerp", "Subject", "Sujet"),
    "type": ("Type", "Type", "Type"),
    "bank_account": ("Bankrekening", "Bank account", "Compte bancaire"),
    "contact": ("Contactpersoon", "Contact", "Contact"),
    "file_name": ("Bestandsnaam", "File name", "Nom du fichier"),
    "attachment": ("Bijlage", "Attachment", "Annexe"),
    "callback": ("CallbackURL", "CallbackURL", "CallbackURL"),
    "topic": ("Topic", "Topic", "Topic"),
    "instant": ("IsInstant", "IsInstant", "IsInstant"),
}
_SENTENCES = {
    "exists": (
        "Gegeven bestaat reeds",
        "Data already exists",
        "La donnée existe déjà",
    ),
    "processed": (  # English guessed
        "Reeds verwerkt",
        "Already processed",
        "Déjà traité",
    ),
    "period_closed": (  # English guessed
        "Periode is afgesloten: {} - {}",
        "Period is closed: {} - {}",
        "La période est clôturée: {} - {}",
    ),
    "year_fixed": (  # Dutch guessed
        "Het boekjaar kan niet worden gewijzigd",
        "The financial year cannot be changed",
        "L'exercice comptable ne peut pas être modifié",
    ),
    "cannot_delete": (
        "Kan niet verwijderen: {} - Gebruikt in: {}",
        "Can't delete: {} - Used in: {}",
        "Suppression impossible: {} - Utilisé dans: {}",
    ),
    "too_long": (  # guessed
        "Te lang: {} (maximaal {})",
        "Too long: {} (maximum {})",
        "Trop long: {} (maximum {})",
    ),
    "contact_number": (  # form of 4.4
        "Contactnummer bestaat reeds",
        "Contact number already exists",
        "Le numéro de contact existe déjà",
    ),
    "document_type": (  # paraphrase of 6.1
        "Documenttype niet toegestaan",
        "Document type not allowed",
        "Type de document non autorisé",
    ),
    "too_large": (  # guessed
        "Bijlage is te groot",
        "Attachment is too large",
        "L'annexe est trop volumineuse",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One broken rule: its kind, what it is about, values for its sentence; `guessed` when 6.1 infers the rule."""

    kind: str
    thing: str = ""
    values: tuple[object, ...] = ()
    guessed: bool = field(default=False, compare=False)

    def text(self, language: str, *, english_journal: str = "Diary") -> str:
        """The message in a language; one that the service does not have here is English."""
        column = COLUMNS.get(language, ENGLISH)
        if self.kind in _SENTENCES:
            return _SENTENCES[self.kind][column].format(*(_said(value, column) for value in self.values))
        thing = _THINGS[self.thing][column] if self.thing in _THINGS else self.thing
        if column == ENGLISH and self.thing == "journal":
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
