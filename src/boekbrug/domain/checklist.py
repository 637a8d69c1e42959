"""The checklist of a koppeling: what must be so in Exact and here before anything is booked, each item a colour.

Pure: everything is taken from the local copy, the options and what invoices use (service-center.md, "Checklist").
Red keeps an integration from starting: nothing, or nothing with that VAT code, could be booked rightly. Amber is for
a person to look at: single invoices may be held, or Exact does not show it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from boekbrug.domain.invoice import Invoice
from boekbrug.domain.option_values import Refusal
from boekbrug.domain.options import ClosedPeriod, Options
from boekbrug.domain.payment import condition_for, direct_debit_condition
from boekbrug.domain.reference import Links, Reference, VatCode

DOCUMENTS = "documents/Documents"
SCOPE_MISSING = "scope-missing"
PURCHASE, INCLUSIVE = "P", "I"
DECEMBER = 12
NO_LINKS = Links()


class Colour(StrEnum):
    """How an item stands."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One line: `key` says what is looked at and why, `code` how it stands; both name sentences.

    `option` is the option to change, `table` the mapping table to fill, `asks` that a person can confirm it.
    """

    key: str
    colour: Colour
    code: str
    values: tuple[tuple[str, str], ...] = ()
    option: str = ""
    table: str = ""
    asks: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What the invoices that we know use, in Coachview's codes.

    `collisions` are the debtors whose number in Exact is a supplier's: number and name of each.
    """

    invoices: int = 0
    vat_codes: frozenset[str] = frozenset()
    cost_centres: frozenset[str] = frozenset()
    payment_terms: frozenset[int] = frozenset()
    direct_debit: bool = False
    collisions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What the last look at the login found: lists that may not be read, with Exact's reason.

    `document_type` says whether a document of the type for sales invoices may be made (None: not known).
    """

    missing: Mapping[str, str] = field(default_factory=dict)
    document_type: bool | None = None


class Source(StrEnum):
    """How Coachview stands, as far as it was tried."""

    MISSING = "missing"
    UNTRIED = "untried"
    CONNECTED = "connected"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """Who said that an item is in order, and on which day."""

    who: str
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that decides, and what stands beside it.

    `refusals` and `warnings` are those of the options as saved; `reference` is None while nothing was read, `read_at`
    is of when it is. `write_scope` is the right that Coachview wants before it takes what we tell it back.
    """

    options: Options
    today: date
    source: Source = Source.MISSING
    write_scope: str = ""
    connected: bool = False
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Refusal, ...] = ()
    reference: Reference | None = None
    read_at: datetime | None = None
    links: Links = NO_LINKS
    used: Used = Used()
    rights: Rights | None = None
    confirmed: Mapping[str, Confirmation] = field(default_factory=dict)


def used_by(invoices: Iterable[Invoice], collisions: tuple[str, ...] = ()) -> Used:
    """What these invoices use."""
    several = tuple(invoices)
    lines = tuple(line for invoice in several for line in invoice.lines)
    return Used(
        invoices=len(several),
        vat_codes=frozenset(line.vat_code.strip() for line in lines),
        cost_centres=frozenset(line.cost_centre.strip() for line in lines) - {""},
        payment_terms=frozenset(
            invoice.payment_term_days
            for invoice in several
            if invoice.payment_term_days is not None and not invoice.direct_debit
        ),
        direct_debit=any(invoice.direct_debit for invoice in several),
        collisions=collisions,
    )


Check = Callable[[Facts], Iterator[Item]]


def checklist(facts: Facts) -> tuple[Item, ...]:
    """Every item, in the order in which a person sets a koppeling up."""
    return tuple(item for check in CHECKS for item in check(facts))


def reds(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What keeps the integration from starting."""
    return tuple(item for item in items if item.colour is Colour.RED)


def _item(key: str, colour: Colour, code: str, /, *, option: str = "", table: str = "", **values: object) -> Item:
    words = tuple((name, str(value)) for name, value in values.items())
    return Item(key=key, colour=colour, code=code, values=words, option=option, table=table)


SOURCES = {Source.CONNECTED: Colour.GREEN, Source.UNTRIED: Colour.AMBER}


def coachview_answers(facts: Facts) -> Iterator[Item]:
    """Coachview is filled in and lets us in; what nobody tried yet is for a person to try."""
    colour, code = SOURCES.get(facts.source, Colour.RED), f"coachview-{facts.source.value}"
    yield _item("coachview", colour, code, option="" if colour is Colour.GREEN else "coachview_url")


def coachview_takes_word(facts: Facts) -> Iterator[Item]:
    """Coachview refused to be told what was booked: booking goes on, but people there do not see it."""
    if facts.write_scope:
        yield _item("write-back", Colour.AMBER, "write-back-refused", scope=facts.write_scope)


def login_is_there(facts: Facts) -> Iterator[Item]:
    """Somebody is logged in at Exact, the administration is chosen, and it was read."""
    if not facts.connected:
        yield _item("connection", Colour.RED, "connection-missing")
    elif facts.options.division is None:
        yield _item("connection", Colour.RED, "division-missing", option="division")
    elif facts.reference is None:
        yield _item("connection", Colour.RED, "reference-unread")
    else:
        yield _item("connection", Colour.GREEN, "connected", division=facts.options.division)


def login_may_read_all(facts: Facts) -> Iterator[Item]:
    """Rights of the user and scopes of the app, as they were found last (exact-rest.md 1.5, 1.6)."""
    if not facts.connected:
        return
    if facts.rights is None:
        yield _item("rights", Colour.AMBER, "rights-unknown")
        return
    needed = {path: why for path, why in facts.rights.missing.items() if path != DOCUMENTS or facts.options.send_pdf}
    scopes = sorted(path for path, why in needed.items() if why == SCOPE_MISSING)
    rights = sorted(path for path, why in needed.items() if why != SCOPE_MISSING)
    if rights:
        yield _item("rights", Colour.RED, "rights-missing", lists=", ".join(rights))
    if scopes:
        yield _item("rights", Colour.RED, "scopes-missing", lists=", ".join(scopes))
    if not needed:
        yield _item("rights", Colour.GREEN, "rights-complete")


def options_fit_exact(facts: Facts) -> Iterator[Item]:
    """What the options are refused by now that Exact is known; journal and account have items of their own."""
    for refusal in facts.refusals:
        if refusal.key not in OWN_ITEMS:
            yield _refused("options", refusal)


def _refused(key: str, refusal: Refusal) -> Item:
    return Item(key=key, colour=Colour.RED, code=refusal.code, values=refusal.values, option=refusal.key)


def journal_is_for_sales(facts: Facts) -> Iterator[Item]:
    """The sales journal exists, is of type 20 and not blocked."""
    yield from _by_option(facts, "journal", "journal-for-sales", journal=facts.options.journal)


def receivables_account_agrees(facts: Facts) -> Iterator[Item]:
    """The receivables account is the journal's own (exact-rest.md 6.5)."""
    options = facts.options
    if not any(refusal.key == "journal" for refusal in facts.refusals):
        values = {"account": options.receivables_account, "journal": options.journal}
        yield from _by_option(facts, "receivables_account", "receivables-agree", **values)


def _by_option(facts: Facts, option: str, green: str, **values: str) -> Iterator[Item]:
    refused = [refusal for refusal in facts.refusals if refusal.key == option]
    yield from (_refused(option, refusal) for refusal in refused)
    if facts.reference is not None and not refused:
        yield _item(option, Colour.GREEN, green, option=option, **values)


def invoices_were_seen(facts: Facts) -> Iterator[Item]:
    """Codes can be looked at only once invoices are known."""
    if facts.reference is not None and not facts.used.invoices:
        yield _item("invoices", Colour.AMBER, "invoices-unseen")


def vat_codes_are_usable(facts: Facts) -> Iterator[Item]:
    """Every used (mapped) code exists, is for sales, not blocked and not inclusive (booking.md rule 8)."""
    reference, mapping = facts.reference, facts.links.vat_codes
    if reference is None or not facts.used.vat_codes:
        return
    codes = sorted({mapping.get(code, code).strip() for code in facts.used.vat_codes})
    faulty = [(code, fault) for code in codes if (fault := _vat_fault(reference.vat_codes.get(code)))]
    for code, fault in faulty:
        yield _item("vat-codes", Colour.RED, fault, table="vat_code", code=code)
    if not faulty:
        yield _item("vat-codes", Colour.GREEN, "vat-codes-usable", codes=", ".join(codes))


def _vat_fault(vat: VatCode | None) -> str:
    if vat is None:
        return "vat-code-absent"
    if vat.blocked:
        return "vat-code-blocked"
    if vat.transaction == PURCHASE:
        return "vat-code-for-purchase"
    return "vat-code-inclusive" if vat.kind == INCLUSIVE else ""


def cost_centres_are_usable(facts: Facts) -> Iterator[Item]:
    """Every used (mapped) cost centre exists and has not ended (booking.md rule 9)."""
    reference, options = facts.reference, facts.options
    if reference is None or not facts.used.cost_centres or not options.send_cost_centre:
        return
    mapping, none = facts.links.cost_centres, options.cost_centre_none.strip()
    mapped = {mapping.get(code, code).strip() for code in facts.used.cost_centres}
    codes = sorted(mapped - {"", *({none} if none not in reference.cost_centres else ())})
    faulty = [code for code in codes if not _cost_centre_lives(reference, code, facts.today)]
    if faulty:
        values = {"codes": ", ".join(faulty)}
        yield _item("cost-centres", Colour.AMBER, "cost-centres-absent", table="cost_centre", **values)
    else:
        yield _item("cost-centres", Colour.GREEN, "cost-centres-usable")


def _cost_centre_lives(reference: Reference, code: str, today: date) -> bool:
    centre = reference.cost_centres.get(code)
    return centre is not None and centre.active and (centre.end is None or centre.end >= today)


def payment_conditions_match(facts: Facts) -> Iterator[Item]:
    """Used terms lead to one condition; a mapped one still exists; direct debit has its own (booking.md rule 14)."""
    reference, used = facts.reference, facts.used
    if reference is None or not used.invoices:
        return
    found = {days: condition_for(days, reference, facts.links) for days in sorted(used.payment_terms)}
    gone = sorted({code for code in found.values() if code and code not in reference.payment_conditions})
    open_terms = [str(days) for days, code in found.items() if code is None]
    if gone:
        values = {"codes": ", ".join(gone)}
        yield _item("payment", Colour.AMBER, "payment-conditions-gone", table="payment_term", **values)
    if open_terms:
        yield _item("payment", Colour.AMBER, "payment-terms-open", table="payment_term", terms=", ".join(open_terms))
    if used.direct_debit and direct_debit_condition(reference, facts.links) is None:
        yield _item("payment", Colour.AMBER, "direct-debit-open", table="payment_term")
    elif not gone and not open_terms:
        yield _item("payment", Colour.GREEN, "payment-terms-match")


def periods_are_open(facts: Facts) -> Iterator[Item]:
    """The journal is open in the current period, and in that of next month (booking.md rule 12)."""
    if facts.reference is not None:
        yield _period(facts, facts.today, Colour.RED)
        yield _period(facts, _next_month(facts.today), Colour.AMBER)


def _period(facts: Facts, day: date, worst: Colour) -> Item:
    period = facts.reference.calendar.containing(day) if facts.reference else None
    month = f"{day:%Y-%m}"
    if period is None:
        return _item("periods", worst, "period-missing", month=month)
    if facts.options.journal not in period.closed_for:
        return _item("periods", Colour.GREEN, "period-open", month=month)
    if facts.options.closed_period is ClosedPeriod.FIRST_OPEN:
        return _item("periods", Colour.AMBER, "period-shut-moves", option="closed_period", month=month)
    return _item("periods", worst, "period-shut", month=month, journal=facts.options.journal)


def _next_month(day: date) -> date:
    return date(day.year + (day.month == DECEMBER), day.month % DECEMBER + 1, 1)


def documents_can_be_made(facts: Facts) -> Iterator[Item]:
    """The document type for sales invoices may be posted, when PDFs go along."""
    known = facts.rights.document_type if facts.rights else None
    if facts.options.send_pdf and known is not None:
        if known:
            yield _item("documents", Colour.GREEN, "document-type-there")
        else:
            yield _item("documents", Colour.AMBER, "document-type-missing", option="send_pdf")


def numbers_do_not_collide(facts: Facts) -> Iterator[Item]:
    """A debtor that bears the number of a supplier would be held (booking.md rule 6)."""
    if facts.reference is None or not facts.used.invoices:
        return
    collisions = facts.used.collisions
    if collisions:
        count, examples = len(collisions), ", ".join(collisions[:3])
        yield _item("numbers", Colour.AMBER, "numbers-collide", option="debtor_prefix", count=count, examples=examples)
    else:
        yield _item("numbers", Colour.GREEN, "numbers-apart")


def people_confirmed(facts: Facts) -> Iterator[Item]:
    """What Exact does not show: amber until somebody says that it is so, never red (options.md)."""
    for key in asked(facts.options):
        said = facts.confirmed.get(key)
        if said:
            values = (("who", said.who), ("date", said.on.isoformat()))
            yield Item(key=key, colour=Colour.GREEN, code=f"{key}-confirmed", values=values, asks=True)
        else:
            yield Item(key=key, colour=Colour.AMBER, code=f"{key}-open", asks=True)


def asked(options: Options) -> tuple[str, ...]:
    """The items that a person confirms under these options."""
    return tuple(key for key in ASKED if key != "deferral-account" or options.deferred_revenue)


OWN_ITEMS = frozenset({"journal", "receivables_account"})
ASKED = ("own-journal", "deferral-account", "standard-condition")
CHECKS: tuple[Check, ...] = (
    coachview_answers,
    coachview_takes_word,
    login_is_there,
    login_may_read_all,
    options_fit_exact,
    journal_is_for_sales,
    receivables_account_agrees,
    periods_are_open,
    vat_codes_are_usable,
    cost_centres_are_usable,
    payment_conditions_match,
    numbers_do_not_collide,
    documents_can_be_made,
    invoices_were_seen,
    people_confirmed,
)
