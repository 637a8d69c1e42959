"""Descriptions in the language of the user, or in the one that a call asks for. Source: exact-rest.md 3.2.

What the service itself names (statuses, types) follows the user, or the header `CustomDescriptionLanguage`. What a
company named follows only that header, and only where the practice book has a translation.
"""

from dataclasses import dataclass

from boekbrug_sim.exact.schema import Entity

LANGUAGES = ("nl", "en", "fr")
OWN_WORDS = (
    ("Open", "Open", "Ouvert"),
    ("Verwerkt", "Processed", "Traité"),
    ("Afgekeurd", "Rejected", "Rejeté"),
    ("Gesloten", "Closed", "Clôturé"),
    ("Campagne", "Campaign", "Campagne"),
    ("Vaste prijs", "Fixed price", "Prix fixe"),
    ("Nacalculatie", "Time and material", "Régie"),
    ("Niet declarabel", "Non billable", "Non facturable"),
    ("Vooruitbetaald", "Prepaid", "Prépayé"),
    ("Verkoopfactuur", "Sales invoice", "Facture de vente"),
    ("Inkoopfactuur", "Purchase invoice", "Facture d'achat"),
    ("Verkooporder", "Sales order", "Commande de vente"),
    ("Inkooporder", "Purchase order", "Commande d'achat"),
    ("Diversen", "Miscellaneous", "Divers"),
    ("Beginbalans", "Opening balance", "Bilan d'ouverture"),
    ("Verkoopboeking", "Sales entry", "Écriture de vente"),
    ("Creditnota verkoop", "Sales credit note", "Note de crédit vente"),
    ("Inkoopboeking", "Purchase entry", "Écriture d'achat"),
    ("Creditnota inkoop", "Purchase credit note", "Note de crédit achat"),
    ("Kasstroom", "Cash flow", "Flux de trésorerie"),
    ("Btw-aangifte", "VAT return", "Déclaration TVA"),
    ("Herwaardering", "Revaluation", "Réévaluation"),
    ("Koersverschil", "Exchange difference", "Différence de change"),
    ("Betalingsverschil", "Payment difference", "Différence de paiement"),
    ("Uitgestelde omzet", "Deferred revenue", "Produits à reporter"),
    ("Uitgestelde kosten", "Deferred cost", "Charges à reporter"),
    ("Activa", "Assets", "Immobilisations"),
    ("Herwaardering volgnummer", "Tracking revaluation", "Réévaluation du suivi"),
    ("Btw op vooruitbetaling", "VAT on prepayment", "TVA sur acompte"),
    ("Nog te factureren omzet", "Accrued revenue", "Produits acquis"),
    ("Nog te ontvangen kosten", "Accrued costs", "Charges à payer"),
    ("Levering", "Delivery", "Livraison"),
    ("Retour verkoop", "Sales return", "Retour client"),
    ("Ontvangst", "Receipt", "Réception"),
    ("Retour inkoop", "Purchase return", "Retour fournisseur"),
    ("Productieorder", "Shop order", "Ordre de fabrication"),
    ("Salaris", "Payroll", "Salaires"),
    ("Correctie", "Correction", "Correction"),
    ("Jaarafsluiting", "Year end", "Clôture annuelle"),
    ("Budget", "Budget", "Budget"),
    ("Overig", "Other", "Autre"),
    ("Periodeafsluiting", "Period closing", "Clôture de période"),
)
COMPANY_WORDS = (
    ("Eigen vermogen", "Capital", "Capital"),
    ("Kas", "Cash", "Caisse"),
    ("Bank", "Bank", "Banque"),
    ("Debiteuren", "Receivables", "Clients"),
    ("Crediteuren", "Payables", "Fournisseurs"),
    ("Vooruitgefactureerde omzet", "Deferred revenue", "Produits à reporter"),
    ("Te vorderen btw", "VAT to claim", "TVA à récupérer"),
    ("Af te dragen btw", "VAT to pay", "TVA à payer"),
    ("Kruisposten", "Transfers", "Virements internes"),
    ("Omzet open trainingen", "Revenue of open courses", "Formations ouvertes"),
    ("Omzet incompany", "Revenue of in-company courses", "Formations en entreprise"),
    ("Omzet vrijgesteld onderwijs (CRKBO)", "Revenue of exempt education", "Formations exemptées"),
    ("Omzet lesmateriaal", "Revenue of course material", "Supports de cours"),
    ("Omzet examens", "Revenue of exams", "Examens"),
    ("Verleende kortingen", "Discounts granted", "Remises accordées"),
    ("Betalingsverschillen", "Payment differences", "Écarts de paiement"),
    ("Inkoop", "Purchases", "Achats"),
    ("Verkoop", "Sales", "Ventes"),
    ("Memoriaal", "General journal", "Opérations diverses"),
    ("Geen btw", "No VAT", "Sans TVA"),
    ("Btw hoog, inclusief", "VAT high, inclusive", "TVA 21% comprise"),
    ("Btw hoog, exclusief", "VAT high, exclusive", "TVA 21%"),
    ("Btw laag, exclusief", "VAT low, exclusive", "TVA réduite"),
    ("Nultarief", "Zero rate", "Taux zéro"),
    ("Diensten EU, btw verlegd", "EU services, reverse charge", "Services UE, autoliquidation"),
    ("14 dagen", "14 days", "14 jours"),
    ("30 dagen", "30 days", "30 jours"),
    ("60 dagen", "60 days", "60 jours"),
    ("Incasso", "Direct debit", "Domiciliation"),
    ("Contant", "Cash", "Comptant"),
    ("Open opleidingen", "Open courses", "Formations ouvertes"),
    ("Incompany", "In-company", "En entreprise"),
    ("Examens", "Exams", "Examens"),
)
FREE_TEXTS = frozenset(  # tables whose Description is what somebody typed for this one row
    {"SalesEntries", "SalesEntryLines", "TransactionLines", "Transactions", "PaymentTerms", "OpenItems", "Documents"}
)
_OWN = {words[0]: words for words in OWN_WORDS}
_COMPANY = {word: words for words in COMPANY_WORDS for word in (words[2], words[0])}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongue:
    """The languages of one call: the user's, and the one that the header asks for."""

    user: str = "nl"
    asked: str | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether everything is said as it is kept."""
        return self.asked is None and self.user == "nl"

    def fields(self, entity: Entity) -> tuple[str, ...]:
        """The properties of an entity that are said in a language."""
        if self.changes_nothing:
            return ()
        return tuple(
            field.name
            for field in entity.plain
            if field.type == "String"
            and field.name.endswith("Description")
            and not (field.name == "Description" and entity.table in FREE_TEXTS)
        )

    def say(self, text: str) -> str:
        """A description in the language of the call; one without a translation stays as it is."""
        if words := _OWN.get(text):
            return words[LANGUAGES.index(self.asked or self.user)]
        if self.asked is not None and (words := _COMPANY.get(text)):
            return words[LANGUAGES.index(self.asked)]
        return text


def tongue_of(user: str, header: str | None) -> Tongue:
    """The languages of a call, by user and header (`nl-NL`, `EN`); a language that is not here is English."""
    asked = (header or "").strip().lower()[:2] or None
    return Tongue(user=_known(user), asked=None if asked is None else _known(asked))


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"
