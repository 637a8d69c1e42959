"""Exact's own refusals, line by line, as our problems (exact-rest.md 3.4, 6.1; coachview.md 3.3).

Exact answers in the language of the user and joins several refusals with newlines. A line is "<kind>: <thing>" or
one of a few sentences; the tables below know them in Dutch and English. A line that they do not know becomes
`refused-by-exact` with Exact's own words. Texts marked "guessed" are of the same form as the seen ones.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from boekbrug.domain.problem import CATALOGUE, Problem, Severity, Subject

ACCOUNTS = "crm/Accounts"
SALES_ENTRIES = "salesentry/SalesEntries"
UNKNOWN = "refused-by-exact"


class Kind(StrEnum):
    """What Exact has against something."""

    MANDATORY = "mandatory"
    INVALID = "invalid"
    REFERENCE = "reference"
    BLOCKED = "blocked"
    IN_USE = "in_use"
    NOT_ALLOWED = "not_allowed"


KINDS: Mapping[str, Kind] = {
    "verplicht": Kind.MANDATORY,
    "mandatory": Kind.MANDATORY,
    "ongeldig": Kind.INVALID,
    "invalid": Kind.INVALID,
    "ongeldige referentie": Kind.REFERENCE,
    "invalid reference": Kind.REFERENCE,
    "geblokkeerd": Kind.BLOCKED,
    "blocked": Kind.BLOCKED,
    "in gebruik": Kind.IN_USE,
    "in use": Kind.IN_USE,
    "niet toegestaan": Kind.NOT_ALLOWED,
    "not allowed": Kind.NOT_ALLOWED,
}

THINGS: Mapping[str, str] = {
    "relatie": "account",
    "relationship": "account",
    "account": "account",
    "klant": "account",
    "customer": "account",
    "dagboek": "journal",
    "diary": "journal",
    "journal": "journal",
    "journals": "journal",
    "dagboeken": "journal",
    "betalingsconditie": "payment_condition",
    "payment condition": "payment_condition",
    "boekjaar": "financial_year",
    "financial year": "financial_year",
    "periode": "period",
    "period": "period",
    "klant (type)": "customer_type",
    "customer (type)": "customer_type",
    "leverancier (type)": "supplier_type",
    "supplier (type)": "supplier_type",
    "grootboekrekening": "gl_account",
    "g/l account": "gl_account",
    "grootboekrekeningtype": "gl_account_type",
    "g/l account type": "gl_account_type",
    "btw-code": "vat_code",
    "vat code": "vat_code",
    "vat-code": "vat_code",
    "btw-percentage": "vat_percentage",
    "vat percentage": "vat_percentage",
    "vat-percentage": "vat_percentage",
    "btw-nummer": "vat_number",
    "vat number": "vat_number",
    "kostenplaats": "cost_centre",
    "cost center": "cost_centre",
    "cost centre": "cost_centre",
    "kostendrager": "cost_unit",
    "cost unit": "cost_unit",
    "project": "project",
    "boekstuknummer": "entry_number",
    "entry number": "entry_number",
    "valuta": "currency",
    "currency": "currency",
    "bankrekening": "bank_account",
    "bank account": "bank_account",
    "document": "document",
    "contactpersoon": "contact",
    "contact": "contact",
    "datum: van": "deferral",
    "datum: tot": "deferral",
    "date: from": "deferral",
    "date: to": "deferral",
    "code": "code",
}

CODES: Mapping[tuple[Kind, str], str] = {
    (Kind.MANDATORY, "journal"): "journal-unknown",
    (Kind.MANDATORY, "payment_condition"): "payment-condition-missing",
    (Kind.MANDATORY, "financial_year"): "period-absent",
    (Kind.MANDATORY, "period"): "period-absent",
    (Kind.MANDATORY, "cost_centre"): "cost-centre-mandatory",  # guessed
    (Kind.MANDATORY, "vat_code"): "vat-code-unknown",
    (Kind.MANDATORY, "gl_account"): "gl-account-unknown",
    (Kind.MANDATORY, "project"): "project-unknown",
    (Kind.INVALID, "customer_type"): "customer-is-prospect",
    (Kind.INVALID, "gl_account_type"): "gl-account-type",
    (Kind.INVALID, "vat_percentage"): "vat-percentage-differs",
    (Kind.INVALID, "vat_code"): "vat-code-purchase-only",  # guessed
    (Kind.INVALID, "vat_number"): "vat-number-invalid",
    (Kind.INVALID, "bank_account"): "iban-invalid",
    (Kind.INVALID, "currency"): "currency-not-allowed",  # guessed
    (Kind.INVALID, "financial_year"): "period-absent",
    (Kind.INVALID, "period"): "period-absent",
    (Kind.INVALID, "cost_centre"): "cost-centre-ended",  # guessed
    (Kind.INVALID, "deferral"): "order-dates-reversed",  # guessed
    (Kind.INVALID, "journal"): "journal-not-sales",
    (Kind.REFERENCE, "vat_code"): "vat-code-unknown",
    (Kind.REFERENCE, "payment_condition"): "payment-condition-missing",
    (Kind.REFERENCE, "journal"): "journal-unknown",
    (Kind.REFERENCE, "cost_centre"): "cost-centre-unknown",
    (Kind.REFERENCE, "gl_account"): "gl-account-unknown",
    (Kind.REFERENCE, "project"): "project-unknown",
    (Kind.REFERENCE, "currency"): "currency-not-allowed",
    (Kind.BLOCKED, "account"): "customer-blocked",  # guessed
    (Kind.BLOCKED, "gl_account"): "gl-account-blocked",
    (Kind.BLOCKED, "journal"): "journal-blocked",  # guessed
    (Kind.BLOCKED, "vat_code"): "vat-code-blocked",  # guessed
    (Kind.BLOCKED, "cost_centre"): "cost-centre-ended",  # guessed
    (Kind.IN_USE, "entry_number"): "entry-number-in-use",
    (Kind.NOT_ALLOWED, "cost_centre"): "cost-centre-not-allowed",  # guessed
    (Kind.NOT_ALLOWED, "currency"): "currency-not-allowed",  # guessed
}

_TOPIC = re.compile(r"^\[[^\]]*\]\s*")
_EMPTY_VALUE = re.compile(r"\s*\[\s*\]$")
_CLOSED = re.compile(r"(?:periode is afgesloten|period is closed)\s*:?\s*\[?([^\]\s]*)\]?\s*-\s*\[?([^\]\s]*)\]?\.?")
_EXISTS = re.compile(r"gegeven bestaat reeds|data already exists")
_VAT_LINE = re.compile(r"(?:invoer|entry|input) 17\b")
_VAT_LINE_CODE = re.compile(r"met btw.code (\S+)|with vat.code (\S+)")
_TOO_LARGE = re.compile(r"bijlage is te groot|attachment is too large")
# Several refusals are joined with newlines; a real list of them is short.
MOST_LINES = 50


def problems_of(text: str, endpoint: str, about: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Each line of Exact's text as a problem, equal ones once.

    `about` holds what we know of the request by the placeholders' names (`number`, `journal`, ...): each problem
    takes what its sentence has a place for.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]
    found = (_problem_of(line, endpoint, about or {}) for line in lines or [text.strip()])
    return tuple(dict.fromkeys(found))


def _problem_of(line: str, endpoint: str, about: Mapping[str, str]) -> Problem:
    plain = " ".join(_TOPIC.sub("", line).casefold().split())
    return _sentence(plain, endpoint, about) or _kind_and_thing(plain, about) or _unknown(line, _thing_in(plain))


def _sentence(plain: str, endpoint: str, about: Mapping[str, str]) -> Problem | None:
    if closed := _CLOSED.match(plain):
        year, period = closed.groups()
        known = {**about, "year": year, "period": period}
        return _problem("period-closed", known, Subject(kind="journal", key=f"{year}-{period}"))
    if _EXISTS.match(plain) and endpoint == SALES_ENTRIES:
        return _problem("entry-number-in-use", about, Subject(kind="entry_number", key=about.get("number", "")))
    if _EXISTS.match(plain) and endpoint == ACCOUNTS:
        return _problem("customer-code-in-use", about, Subject(kind="account", key=about.get("code", "")))
    if _VAT_LINE.match(plain):
        code = _VAT_LINE_CODE.search(plain)
        known = {**about, **({"code": next(filter(None, code.groups()))} if code else {})}
        return _problem("vat-code-inclusive", known, Subject(kind="vat_code", key=known.get("code", "")))
    if _TOO_LARGE.match(plain):
        return _problem("pdf-too-large", about, Subject(kind="attachment"))
    return None


def _kind_and_thing(plain: str, about: Mapping[str, str]) -> Problem | None:
    word, _, rest = plain.partition(":")
    kind, (thing, key) = KINDS.get(word.strip()), _split_thing(rest)
    if kind is None:
        return None
    code = CODES.get((kind, thing))
    if code is None:
        return None
    return _problem(code, about, Subject(kind=thing, key=key or _own_key(code, about)))


def _own_key(code: str, about: Mapping[str, str]) -> str:
    """A number that is taken is a cause of its own, not one with all other numbers that are taken."""
    return about.get("number", "") if code == "entry-number-in-use" else ""


def _split_thing(rest: str) -> tuple[str, str]:
    """The thing that a text names, and the code behind it when Exact gives one ("btw-code 4")."""
    text = _EMPTY_VALUE.sub("", rest.strip()).rstrip(".")
    for name in sorted(THINGS, key=len, reverse=True):
        if text == name:
            return THINGS[name], ""
        if text.startswith((f"{name} ", f"{name}: ")):
            return THINGS[name], text[len(name) :].strip(" :[]")
    return "", ""


def _thing_in(plain: str) -> str:
    return _split_thing(plain.partition(":")[2])[0]


def _unknown(line: str, thing: str) -> Problem:
    """Exact's own words, when we know no better code; equal words are one cause."""
    return _problem(UNKNOWN, {"text": line}, Subject(kind=thing, key=line))


def _problem(code: str, known: Mapping[str, str], subject: Subject) -> Problem:
    row = CATALOGUE[code]
    values = tuple((name, known[name]) for name in row.values if name in known)
    severity = Severity.HOLDS if row.holds else Severity.WARNS
    return Problem(code=code, subject=subject, severity=severity, values=values)
