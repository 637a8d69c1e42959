"""What real life does to plain invoices: discounts, credit notes, other rates, zero lines, odd cents.

By the place of an invoice in each fifty, so that the shares hold at any size and the first few are plain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from boekbrug_sim.data.builder import Item, cents
from boekbrug_sim.data.courses import COURSE_KINDS
from boekbrug_sim.data.records import Debtor, Invoice

CYCLE = 50
CREDITED_WHOLE: Mapping[int, int] = {24: 7, 49: 7}
"""Place of a credit note, and how many invoices before it lies the one that it takes back."""
CREDITED_PARTLY: Mapping[int, int] = {37: 5}
DISCOUNTS = frozenset({6, 21, 44})
PASSED_ON = frozenset({3, 33})
ZERO_LINES = frozenset({18, 40})
ODD_CENTS = frozenset({8, 27})
ZERO_RATE, LONG_TEXT, PAID = 14, 30, 16
ALL_ZERO, DRAFT = 45, 31
DIRECT_DEBITS = frozenset({5, 35})
NO_VAT, NIL, EXEMPT, REVERSE, HIGH = "0", "5", "6", "7", "4"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the institute writes on its lines in one language."""

    discount: str
    zero: str
    passed_on: str
    annulled: str
    credit: str
    long: str


DUTCH = Words(
    discount="Korting 10%",
    zero="Lunch inbegrepen",
    passed_on="Examengeld (doorbelast)",
    annulled="Annuleringskosten",
    credit="Credit op factuur {number}",
    long="Maatwerktraject op locatie voor de afdelingen Zorg, Welzijn & Ondersteuning, inclusief coördinatie",
)
FRENCH = Words(
    discount="Remise 10%",
    zero="Déjeuner compris",
    passed_on="Frais d'examen (refacturés)",
    annulled="Frais d'annulation",
    credit="Note de crédit sur la facture {number}",
    long="Parcours sur mesure dans vos locaux pour les services Soins, Bien-être & Accompagnement, coordonné par nous",
)


def words_for(debtor: Debtor | None) -> Words:
    """The language of an institute's lines to a debtor."""
    return FRENCH if debtor and debtor.language == "fr" else DUTCH


def credited_by(index: int) -> int | None:
    """The index of the invoice that this one takes back, in whole or in part."""
    back = {**CREDITED_WHOLE, **CREDITED_PARTLY}.get(index % CYCLE)
    return None if back is None else index - back


def credit_items(index: int, original: Invoice, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items of the original taken back; in part, one of each of two lines and the costs of annulling."""
    if index % CYCLE in CREDITED_WHOLE:
        return tuple(replace(item, quantity=-item.quantity) for item in items)
    costs = Item(
        kind=items[0].kind,
        price=Decimal("75.00"),
        description=words_for(original.debtor).annulled,
        vat_code=items[0].vat_code,
        gl_account=items[0].gl_account,
        cost_centre=items[0].cost_centre,
    )
    return (*(replace(item, quantity=Decimal(-1)) for item in items[:2]), costs)


def lived(index: int, items: tuple[Item, ...], debtor: Debtor, home: str, *, rough: bool) -> tuple[Item, ...]:
    """The items of an invoice after real life; `home` is the country of the institute, `rough` brings the worst."""
    place, words = index % CYCLE, words_for(debtor)
    changed = list(items)
    if place in DISCOUNTS:
        changed[-1] = _discount(items[0], words)
    elif place in PASSED_ON:
        changed[-1] = Item(kind=items[0].kind, price=Decimal("62.50"), description=words.passed_on, vat_code=NO_VAT)
    elif place in ZERO_LINES:
        changed[-1] = replace(items[-1], price=Decimal("0.00"), description=words.zero, course=None)
    elif place in ODD_CENTS:
        changed = [replace(item, price=Decimal("33.35"), quantity=Decimal(1)) for item in changed]
    elif place == ZERO_RATE:
        changed = [replace(item, vat_code=NIL, percentage=None) for item in changed]
    elif place == LONG_TEXT:
        changed[0] = replace(items[0], description=words.long)
    elif place == ALL_ZERO and rough:
        changed = [replace(item, price=Decimal("0.00")) for item in changed]
    if debtor.country != home:
        changed = [replace(item, vat_code=REVERSE, percentage=None, gl_account="8040") for item in changed]
    return tuple(changed)


def facts_of(index: int, *, rough: bool) -> dict[str, object]:
    """What else an invoice has by its place."""
    place = index % CYCLE
    facts: dict[str, object] = {"already_paid": True} if place == PAID else {}
    if rough and place in DIRECT_DEBITS:
        facts |= {"direct_debit": True, "term": 14}
    if rough and place == DRAFT:
        facts |= {"definitive": False, "number": None}
    return facts


def _discount(item: Item, words: Words) -> Item:
    """A tenth off the first line, at its own rate."""
    kind = COURSE_KINDS[item.kind]
    price = kind.price if item.price is None else item.price
    code = item.vat_code or kind.vat_code
    account = "8090" if code == HIGH else item.gl_account or kind.gl_account
    return Item(
        kind=item.kind,
        quantity=Decimal(-1),
        price=max(cents(item.quantity * price / 10), Decimal("0.01")),
        description=words.discount,
        vat_code=code,
        gl_account=account,
        cost_centre=item.cost_centre,
    )
