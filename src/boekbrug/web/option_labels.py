"""The words of every option of a koppeling: its panel, label, one line of explanation and the names of its values.

The pages that show options and the forms that change them both read this one table. Source: options.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionLabel:
    """One option in words; `values` names each stored value, empty when the value speaks for itself."""

    key: str
    label: Words
    help: Words
    values: Mapping[str, Words] = field(default_factory=dict)
    wide: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """Options that stand together on the page, under one heading."""

    key: str
    title: Words
    options: tuple[OptionLabel, ...]


def _option(key: str, label: Words, explanation: Words, values: Mapping[str, Words] | None = None) -> OptionLabel:
    return OptionLabel(key=key, label=label, help=explanation, values=values or {})


NUMBER_SOURCES: Mapping[str, Words] = {
    "debiteurnummer": _("Debiteurnummer"),
    "debiteurnummer_extern": _("Extern debiteurnummer"),
    "bedrijf_persoon_extern_id": _("Extern id van bedrijf of persoon"),
}
DATE_SOURCES: Mapping[str, Words] = {
    "factuurdatum": _("Factuurdatum"),
    "order_startdatum": _("Startdatum order"),
    "order_einddatum": _("Einddatum order"),
    "exportdatum": _("Exportdatum"),
}
COUNTRIES: Mapping[str, Words] = {"NL": _("Nederland"), "BE": _("België")}
WEEKDAYS: Mapping[str, Words] = {
    "monday": _("maandag"),
    "tuesday": _("dinsdag"),
    "wednesday": _("woensdag"),
    "thursday": _("donderdag"),
    "friday": _("vrijdag"),
    "saturday": _("zaterdag"),
    "sunday": _("zondag"),
}
PROTECTED_FIELDS: Mapping[str, Words] = {
    "iban": _("Bankrekening"),
    "payment_term": _("Betalingstermijn"),
    "name": _("Naam"),
    "address": _("Adres"),
    "invoice_address": _("Factuuradres"),
    "contact": _("Contactpersoon"),
    "vat_number": _("Btw-nummer"),
    "chamber_of_commerce": _("KvK-nummer"),
    "email": _("E-mailadres"),
    "phone": _("Telefoonnummer"),
    "language": _("Taal"),
}

COACHVIEW = Panel(
    key="coachview",
    title=_("Coachview"),
    options=(
        _option("coachview_url", _("Adres Coachview"), _("Waar uw Coachview staat; wij lezen daar de facturen.")),
        _option("coachview_client_id", _("Client-id"), _("Waarmee wij ons bij Coachview melden.")),
        _option("coachview_client_secret", _("Secret"), _("Het geheim bij de client-id; het wordt niet meer getoond.")),
        _option("profile", _("Profiel"), _("Hoe uw Coachview haar gegevens noemt.")),
        _option(
            "webhook_secret",
            _("Geheim van de webhook"),
            _("Alleen als u het in Coachview instelt: dan nemen wij alleen ondertekende meldingen aan."),
        ),
    ),
)
OAUTH = Panel(
    key="oauth",
    title=_("OAuth"),
    options=(
        _option("name", _("Naam"), _("Zo heet deze koppeling in lijsten en mails.")),
        _option(
            "site",
            _("Configuratie"),
            _("Het land van uw Exact Online: daar logt u in."),
            {**COUNTRIES, "practice": _("Oefenboek")},
        ),
    ),
)
GENERAL = Panel(
    key="general",
    title=_("Algemeen"),
    options=(
        _option("division", _("Divisiecode"), _("De administratie in Exact waarin wij boeken.")),
        _option("country", _("Land"), _("Het land van die administratie."), COUNTRIES),
        _option("book_from", _("Boeken vanaf"), _("Facturen van voor deze dag boeken wij niet vanzelf.")),
        _option(
            "purpose",
            _("Soort"),
            _("Proef boekt in een testadministratie; schaduw verstuurt niets."),
            {"echt": _("Echt"), "proef": _("Proef"), "schaduw": _("Schaduw")},
        ),
        _option(
            "invoice_filter",
            _("Alleen facturen"),
            _("Welke facturen deze koppeling boekt, als u er meer dan één hebt."),
        ),
    ),
)
DEBTOR = Panel(
    key="debtor",
    title=_("Debiteur"),
    options=(
        _option(
            "overwrite_customer",
            _("Debiteurgegevens overschrijven"),
            _("Uit: een relatie die al bestaat blijft zoals zij is; een nieuwe wordt wel aangemaakt."),
        ),
        _option(
            "debtor_number_1",
            _("Debiteurnummer optie 1"),
            _("Waar het relatienummer in Exact vandaan komt."),
            NUMBER_SOURCES,
        ),
        _option(
            "debtor_number_2",
            _("Debiteurnummer optie 2"),
            _("Als optie 1 geen nummer geeft."),
            NUMBER_SOURCES,
        ),
        _option(
            "debtor_number_3",
            _("Debiteurnummer optie 3"),
            _("Als optie 1 en 2 geen nummer geven."),
            NUMBER_SOURCES,
        ),
        _option("external_source", _("Externsource"), _("Welk extern id telt; precies zoals het in Coachview staat.")),
        _option(
            "debtor_prefix",
            _("Prefix debiteurnummer"),
            _("Komt alleen voor het interne nummer: met prefix 9 wordt 00017 dan 900017."),
        ),
        _option(
            "protected_fields",
            _("Beschermde velden"),
            _("Deze velden overschrijven wij in Exact nooit."),
            PROTECTED_FIELDS,
        ),
        _option(
            "deferred_revenue",
            _("Registreer uitgestelde omzet"),
            _("Verdeelt de omzet over de maanden van start- tot einddatum order."),
        ),
    ),
)
FINANCIAL = Panel(
    key="financial",
    title=_("Financieel"),
    options=(
        _option(
            "period_date_1",
            _("Datum boekingsperiode optie 1"),
            _("Bepaalt boekjaar en periode, ook die van de btw."),
            DATE_SOURCES,
        ),
        _option(
            "period_date_2",
            _("Datum boekingsperiode optie 2"),
            _("Als optie 1 geen datum geeft."),
            DATE_SOURCES,
        ),
        _option("entry_date", _("Boekdatum"), _("De datum van de boeking in Exact."), DATE_SOURCES),
        _option(
            "credit_notes",
            _("Boek negatieve facturen als creditfactuur"),
            _("Aan: als creditfactuur (type 21). Uit: als negatieve verkoopboeking (type 20)."),
        ),
        _option("journal", _("Verkoopdagboek"), _("Het dagboek in Exact waarin de facturen komen.")),
        _option(
            "receivables_account",
            _("Grootboekrekening debiteuren"),
            _("Dezelfde rekening als die van het verkoopdagboek."),
        ),
        _option("send_pdf", _("Factuur als PDF meesturen"), _("De factuur is dan ook in Exact te zien.")),
        _option(
            "export_mode",
            _("Moment van exporteren"),
            _("Meteen als een factuur definitief is, of in één keer 's nachts."),
            {"realtime": _("Realtime"), "bulk": _("BulkNachts")},
        ),
        _option("bulk_time", _("Tijdstip"), _("Hoe laat de verwerking begint, in de tijd van uw land.")),
        _option(
            "bulk_repeat",
            _("Herhaling"),
            _("Hoe vaak de verwerking loopt."),
            {"day": _("Elke dag"), "week": _("Elke week"), "month": _("Elke maand")},
        ),
        _option("bulk_day", _("Dag"), _("Op welke dag van de week of de maand."), WEEKDAYS),
        _option("send_cost_centre", _("Kostenplaats meesturen"), _("Elke regel krijgt de kostenplaats uit Coachview.")),
        _option(
            "cost_centre_none",
            _("Kostenplaats die staat voor “geen kostenplaats”"),
            _("Deze kostenplaats sturen wij niet mee, tenzij Exact haar ook kent."),
        ),
        _option("invoice_prefix", _("Prefix factuurnummer"), _("Cijfers die voor het factuurnummer komen in Exact.")),
        _option(
            "payment_registration",
            _("Betaaldregistratie"),
            _("Wat in Exact betaald is, melden wij aan Coachview."),
        ),
        _option("payments_from", _("Betaaldregistratie vanaf"), _("Betalingen vanaf deze dag; eerder mag ook.")),
        _option(
            "closed_period",
            _("Gesloten periode"),
            _("Wat er gebeurt als de periode van een factuur in Exact dicht is."),
            {"hold": _("Wachten"), "first_open": _("Boeken in de eerste open periode")},
        ),
        _option("vat_rounding", _("Btw-verschil"), _("Zoveel mag de btw afwijken door afronding, per btw-code.")),
    ),
)
PROJECTS = Panel(
    key="projects",
    title=_("Projecten"),
    options=(
        _option(
            "project_source",
            _("Projectcode uit"),
            _("Waar de projectcode van een regel vandaan komt."),
            {
                "aanvraagnummer": _("Aanvraagnummer"),
                "aanvraag_referentie": _("Referentie van de aanvraag"),
                "factuur_referentie": _("Referentie van de factuur"),
                "opleidingscode": _("Opleidingscode"),
                "opleidingssoortcode": _("Opleidingssoortcode"),
            },
        ),
        _option(
            "project_missing",
            _("Onbekend project"),
            _("Wat er gebeurt als Exact het project niet kent."),
            {"hold": _("Wachten"), "create": _("Project aanmaken"), "omit": _("Zonder project boeken")},
        ),
    ),
)
INVOICE = Panel(
    key="invoice",
    title=_("Factuur"),
    options=(
        _option(
            "order_date_type",
            _("Orderdatum type"),
            _("Waar de start- en einddatum van een order vandaan komen."),
            {
                "opleiding": _("Opleiding"),
                "opleidingsonderdelen": _("Opleidingsonderdelen"),
                "aanvraag": _("Aanvraag"),
            },
        ),
        _option(
            "order_date_determination",
            _("Orderdatum bepaling"),
            _("Hoe wij de data van meer regels samennemen."),
            {
                "per_regel": _("Per regel"),
                "vroegste_laatste": _("Vroegste start, laatste einde"),
                "eerste_regel": _("Eerste regel"),
            },
        ),
    ),
)

PANELS: tuple[Panel, ...] = (COACHVIEW, OAUTH, GENERAL, DEBTOR, FINANCIAL, PROJECTS, INVOICE)
"""The panels of one koppeling, in the order of the page; the first is the organisation's."""

LABELS: Mapping[str, OptionLabel] = {option.key: option for panel in PANELS for option in panel.options}
"""Every option by its key."""
