"""The bookkeeping set-up of the two practice companies: accounts, journals, VAT codes, cost centres, conditions.

Types and letters as in exact-rest.md 4.6 and 5.3.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NL = 100001
BE = 100002

DEFERRED_REVENUE_ACCOUNT = {NL: "1450", BE: "493000"}
"""Account that takes the balance of deferred revenue, per division: a company setting without a REST field."""

PAYMENT_DIFFERENCE_ACCOUNT = {NL: "9900", BE: "657000"}
"""Account that takes what a receipt writes off, per division."""


@dataclass(frozen=True, kw_only=True)
class GLAccount:
    """One general ledger account."""

    code: str
    name: str
    type: int
    vat_code: str | None = None
    blocked: bool = False
    use_cost_centre: int = 0  # 0 optional, 1 mandatory, 2 not allowed


@dataclass(frozen=True, kw_only=True)
class Journal:
    """One journal; for a sales journal the account is that of its receivables."""

    code: str
    name: str
    type: int
    account: str | None = None
    blocked: bool = False


@dataclass(frozen=True, kw_only=True)
class VatCode:
    """One VAT code with its dated percentages (from date, fraction), oldest first."""

    code: str
    name: str
    type: str  # B base only, E exclusive, I inclusive, N none
    percentages: tuple[tuple[date, Decimal], ...]
    transaction: str = "B"  # B both, P purchase, S sales
    listing: str = "N"
    charged: bool = False
    blocked: bool = False
    to_pay: str | None = None
    to_claim: str | None = None


@dataclass(frozen=True, kw_only=True)
class CostCentre:
    """One cost centre, or cost unit."""

    code: str
    name: str
    active: bool = True
    ended: date | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentCondition:
    """One payment condition: method B on credit, I collection, K cash."""

    code: str
    name: str
    days: int
    method: str = "B"
    months: int = 0
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The whole set-up of one practice company."""

    accounts: tuple[GLAccount, ...]
    journals: tuple[Journal, ...]
    vat_codes: tuple[VatCode, ...]
    cost_centres: tuple[CostCentre, ...]
    cost_units: tuple[CostCentre, ...]
    conditions: tuple[PaymentCondition, ...]


_ALWAYS = date(2001, 1, 1)


def _rate(fraction: str) -> tuple[tuple[date, Decimal], ...]:
    return ((_ALWAYS, Decimal(fraction)),)


_NL_ACCOUNTS = (
    GLAccount(code="0600", name="Eigen vermogen", type=50),
    GLAccount(code="0800", name="Winstreserve", type=52),
    GLAccount(code="1000", name="Kas", type=10),
    GLAccount(code="1100", name="Bank", type=12),
    GLAccount(code="1300", name="Debiteuren", type=20),
    GLAccount(code="1310", name="Debiteuren particulieren", type=20),
    GLAccount(code="1450", name="Vooruitgefactureerde omzet", type=60),
    GLAccount(code="1500", name="Af te dragen btw hoog", type=24),
    GLAccount(code="1501", name="Af te dragen btw laag", type=24),
    GLAccount(code="1510", name="Te vorderen btw", type=24),
    GLAccount(code="1600", name="Crediteuren", type=22),
    GLAccount(code="1700", name="Ontvangen waarborgsommen", type=60),
    GLAccount(code="2000", name="Kruisposten", type=90),
    GLAccount(code="4400", name="Kantoorkosten", type=121),
    GLAccount(code="8000", name="Omzet open trainingen", type=110, vat_code="4"),
    GLAccount(code="8010", name="Omzet incompany", type=110, vat_code="4"),
    GLAccount(code="8020", name="Omzet e-learning", type=110, vat_code="4"),
    GLAccount(code="8030", name="Omzet vrijgesteld onderwijs (CRKBO)", type=110, vat_code="6"),
    GLAccount(code="8040", name="Omzet buitenland", type=110, vat_code="7"),
    GLAccount(code="8050", name="Omzet avondschool (vervallen)", type=110, vat_code="4", blocked=True),
    GLAccount(code="8060", name="Omzet examens", type=110, vat_code="4", use_cost_centre=1),
    GLAccount(code="8070", name="Omzet lesmateriaal", type=110, vat_code="2", use_cost_centre=2),
    GLAccount(code="8090", name="Verleende kortingen", type=110, vat_code="4"),
    GLAccount(code="8900", name="Bijzondere baten", type=140, vat_code="4"),
    GLAccount(code="9900", name="Betalingsverschillen", type=130),
)

_NL_VAT = (
    VatCode(code="0", name="Geen btw", type="N", percentages=_rate("0")),
    VatCode(code="1", name="Btw hoog, inclusief", type="I", percentages=_rate("0.21"), to_pay="1500"),
    VatCode(
        code="2",
        name="Btw laag, exclusief",
        type="E",
        percentages=((_ALWAYS, Decimal("0.06")), (date(2019, 1, 1), Decimal("0.09"))),
        to_pay="1501",
        to_claim="1510",
    ),
    VatCode(
        code="4",
        name="Btw hoog, exclusief",
        type="E",
        percentages=((_ALWAYS, Decimal("0.19")), (date(2012, 10, 1), Decimal("0.21"))),
        to_pay="1500",
        to_claim="1510",
    ),
    VatCode(code="5", name="Nultarief", type="B", percentages=_rate("0"), transaction="S"),
    VatCode(code="6", name="Vrijgesteld onderwijs (CRKBO)", type="N", percentages=_rate("0"), transaction="S"),
    VatCode(
        code="7",
        name="Diensten EU, btw verlegd",
        type="B",
        percentages=_rate("0"),
        transaction="S",
        listing="S",
        charged=True,
    ),
    VatCode(
        code="8",
        name="Voorbelasting hoog",
        type="E",
        percentages=_rate("0.21"),
        transaction="P",
        to_claim="1510",
    ),
    VatCode(code="9", name="Btw hoog (oud)", type="E", percentages=_rate("0.21"), blocked=True, to_pay="1500"),
    VatCode(code="10", name="Btw 9%, exclusief", type="E", percentages=_rate("0.09"), to_pay="1501"),
)

_NL_COST_CENTRES = (
    CostCentre(code="OPL", name="Open opleidingen"),
    CostCentre(code="INC", name="Incompany"),
    CostCentre(code="ELE", name="E-learning"),
    CostCentre(code="EXA", name="Examens"),
    CostCentre(code="UTR", name="Vestiging Utrecht"),
    CostCentre(code="OUD", name="Avondschool (beëindigd)", ended=date(2023, 12, 31)),
    CostCentre(code="INA", name="Niet meer in gebruik", active=False),
)

_NL_CONDITIONS = (
    PaymentCondition(code="14", name="14 dagen", days=14),
    PaymentCondition(code="30", name="30 dagen", days=30),
    PaymentCondition(code="60", name="60 dagen", days=60),
    PaymentCondition(code="61", name="60 dagen overheid", days=60),
    PaymentCondition(code="EM", name="30 dagen einde maand", days=30, months=1),
    PaymentCondition(code="KO", name="30 dagen, 2% korting binnen 8", days=30, discount=Decimal("0.02")),
    PaymentCondition(code="IN", name="Incasso", days=14, method="I"),
    PaymentCondition(code="KA", name="Contant", days=0, method="K"),
)

_BE_ACCOUNTS = (
    GLAccount(code="100000", name="Capital", type=50),
    GLAccount(code="400000", name="Clients", type=20),
    GLAccount(code="411000", name="TVA à récupérer", type=24),
    GLAccount(code="440000", name="Fournisseurs", type=22),
    GLAccount(code="451000", name="TVA à payer", type=24),
    GLAccount(code="493000", name="Produits à reporter", type=60),
    GLAccount(code="550000", name="Banque", type=12),
    GLAccount(code="570000", name="Caisse", type=10),
    GLAccount(code="580000", name="Virements internes", type=90),
    GLAccount(code="657000", name="Écarts de paiement", type=130),
    GLAccount(code="700000", name="Formations ouvertes", type=110, vat_code="4"),
    GLAccount(code="701000", name="Formations en entreprise", type=110, vat_code="4"),
    GLAccount(code="702000", name="Formations exemptées", type=110, vat_code="6"),
    GLAccount(code="703000", name="Supports de cours", type=110, vat_code="2", use_cost_centre=2),
    GLAccount(code="704000", name="Examens", type=110, vat_code="4", use_cost_centre=1),
    GLAccount(code="705000", name="Cours du soir (supprimés)", type=110, vat_code="4", blocked=True),
    GLAccount(code="708000", name="Remises accordées", type=110, vat_code="4"),
)

_BE_VAT = (
    VatCode(code="0", name="Sans TVA", type="N", percentages=_rate("0")),
    VatCode(code="1", name="TVA 21% comprise", type="I", percentages=_rate("0.21"), to_pay="451000"),
    VatCode(code="2", name="TVA 6%", type="E", percentages=_rate("0.06"), to_pay="451000", to_claim="411000"),
    VatCode(code="3", name="TVA 12%", type="E", percentages=_rate("0.12"), to_pay="451000"),
    VatCode(code="4", name="TVA 21%", type="E", percentages=_rate("0.21"), to_pay="451000", to_claim="411000"),
    VatCode(code="5", name="Taux zéro", type="B", percentages=_rate("0"), transaction="S"),
    VatCode(code="6", name="Exempté, article 44", type="N", percentages=_rate("0"), transaction="S"),
    VatCode(
        code="7",
        name="Services UE, autoliquidation",
        type="B",
        percentages=_rate("0"),
        transaction="S",
        listing="S",
        charged=True,
    ),
    VatCode(
        code="8",
        name="TVA déductible 21%",
        type="E",
        percentages=_rate("0.21"),
        transaction="P",
        to_claim="411000",
    ),
    VatCode(code="9", name="TVA 21% (ancienne)", type="E", percentages=_rate("0.21"), blocked=True),
)

CHARTS = {
    NL: Chart(
        accounts=_NL_ACCOUNTS,
        journals=(
            Journal(code="20", name="Bank", type=12, account="1100"),
            Journal(code="60", name="Inkoop", type=22, account="1600"),
            Journal(code="70", name="Verkoop", type=20, account="1300"),
            Journal(code="71", name="Verkoop particulieren", type=20, account="1310"),
            Journal(code="72", name="Verkoop (oud)", type=20, account="1300", blocked=True),
            Journal(code="90", name="Memoriaal", type=90),
        ),
        vat_codes=_NL_VAT,
        cost_centres=_NL_COST_CENTRES,
        cost_units=(CostCentre(code="BOL", name="Beroepsonderwijs"), CostCentre(code="CON", name="Contract")),
        conditions=_NL_CONDITIONS,
    ),
    BE: Chart(
        accounts=_BE_ACCOUNTS,
        journals=(
            Journal(code="20", name="Banque", type=12, account="550000"),
            Journal(code="60", name="Achats", type=22, account="440000"),
            Journal(code="70", name="Ventes", type=20, account="400000"),
            Journal(code="71", name="Ventes en ligne", type=20, account="400000"),
            Journal(code="90", name="Opérations diverses", type=90),
        ),
        vat_codes=_BE_VAT,
        cost_centres=(
            CostCentre(code="OPL", name="Formations ouvertes"),
            CostCentre(code="INC", name="En entreprise"),
            CostCentre(code="EXA", name="Examens"),
            CostCentre(code="OUD", name="Cours du soir", ended=date(2023, 12, 31)),
        ),
        cost_units=(),
        conditions=(
            PaymentCondition(code="14", name="14 jours", days=14),
            PaymentCondition(code="30", name="30 jours", days=30),
            PaymentCondition(code="60", name="60 jours", days=60),
            PaymentCondition(code="IN", name="Domiciliation", days=14, method="I"),
        ),
    ),
}
