"""Rules 3, 4, 12, 13 and 17: journal, entry number, dates, type and currency of the entry."""

from collections.abc import Iterable, Iterator

from boekbrug.domain.draft import Draft
from boekbrug.domain.entry import CREDIT_NOTE, SALES_ENTRY
from boekbrug.domain.problem import Problem, Subject, report

SALES_JOURNAL = 20
LARGEST_ENTRY_NUMBER = 2_147_483_647
"""Int32 (exact-rest.md 4.1)."""


def journal_must_be_for_sales(draft: Draft) -> Iterator[Problem]:
    """Rule 3: the journal exists, is a sales journal and is not blocked."""
    code = draft.options.journal
    subject = Subject(option="journal", kind="Journal", key=code)
    journal = draft.reference.journals.get(code)
    if journal is None:
        yield report("journal-unknown", subject, journal=code)
        return
    if journal.kind != SALES_JOURNAL:
        yield report("journal-not-sales", subject, journal=code, name=journal.description)
    if journal.blocked:
        yield report("journal-blocked", subject, journal=code, name=journal.description)


def receivables_accounts_must_be_one(draft: Draft) -> Iterator[Problem]:
    """Rule 3: the option, the journal and the customer (when it has one) name the same receivables account."""
    journal = draft.reference.journals.get(draft.options.journal)
    if journal is None:
        return
    claims = [(draft.options.receivables_account, Subject(option="receivables_account", key=journal.code))]
    customer = draft.identity.customer
    if customer and customer.receivables_account.strip():
        claims.append((customer.receivables_account, Subject(kind="Account", key=customer.exact_id)))
    for account, subject in claims:
        if account.strip() != journal.gl_account.strip():
            yield report(
                "receivables-account-differs",
                subject,
                account=account.strip(),
                journal=journal.code,
                journal_account=journal.gl_account,
            )


def entry_number_must_be_whole(draft: Draft) -> Iterator[Problem]:
    """Rule 4: the prefix and the digits of the invoice's number; letters and numbers above Int32 are refused."""
    number = draft.invoice.number.strip()
    if not number:
        return  # rule 1 has said so
    text = draft.options.invoice_prefix.strip() + "".join(char for char in number if char.isalnum())
    if not (text.isascii() and text.isdigit() and int(text)):
        yield report("entry-number-not-numeric", draft.subject, number=number)
    elif int(text) > LARGEST_ENTRY_NUMBER:
        yield report("entry-number-too-large", draft.subject, number=text, most=LARGEST_ENTRY_NUMBER)
    else:
        draft.entry_number = int(text)


def dates_must_fall_in_an_open_period(draft: Draft) -> Iterable[Problem]:
    """Rule 12: entry date, and the open financial period of the period date; a later one takes the VAT along."""
    closed, taken = draft.dates.moved_from, draft.dates.period
    if closed is None or taken is None:
        return draft.dates.problems
    journal = draft.options.journal
    moved = report(
        "period-moved",
        Subject(option="closed_period", kind="FinancialPeriod", key=f"{journal}/{closed.year}/{closed.period}"),
        journal=journal,
        closed_year=closed.year,
        closed_period=closed.period,
        year=taken.year,
        period=taken.period,
    )
    return (*draft.dates.problems, moved)


def type_follows_the_sign(draft: Draft) -> tuple[Problem, ...]:
    """Rule 13: a negative total is a credit note when the option says so; amounts stay negative in both."""
    draft.kind = CREDIT_NOTE if draft.is_credit and draft.options.credit_notes else SALES_ENTRY
    return ()


def currency_must_be_allowed(draft: Draft) -> Iterator[Problem]:
    """Rule 17: the division's currency, or one that the journal allows, with a rate."""
    currency, journal = draft.invoice.currency, draft.reference.journals.get(draft.options.journal)
    if currency == draft.reference.currency or journal is None:
        return
    if not currency or not (journal.allow_other_currency or currency == journal.currency):
        subject = Subject(kind="Currency", key=f"{journal.code}/{currency}")
        yield report("currency-not-allowed", subject, currency=currency, journal=journal.code)
    elif not draft.invoice.rate or draft.invoice.rate < 0:
        yield report("rate-missing", draft.subject, currency=currency)
    else:
        draft.rate = draft.invoice.rate
