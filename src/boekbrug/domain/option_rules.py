"""What the options refuse and warn of together, each rule one short function (options.md, "refused", "warned")."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from boekbrug.domain.option_values import Refusal
from boekbrug.domain.options import (
    Country,
    DateSource,
    NumberSource,
    Options,
    ProjectMissing,
    ProjectSource,
    Repeat,
    Site,
)
from boekbrug.domain.reference import Reference
from boekbrug.domain.schedule import WEEKDAYS

LARGEST_ENTRY_NUMBER = 2_147_483_647
LONGEST_CUSTOMER_NUMBER = 18
SALES_JOURNAL = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What else decides about options: what was saved, booked and seen before.

    `reference` is None while there is no connection. `longest_debtor_number` and `largest_invoice_number` are the
    longest ones seen at the organisation ("" and 0: none yet). `divisions` are those that the login reaches.
    """

    saved: Options | None = None
    token_held: bool = False
    something_booked: bool = False
    reference: Reference | None = None
    divisions: frozenset[int] | None = None
    longest_debtor_number: str = ""
    largest_invoice_number: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Refusals keep the options from being saved; warnings are shown beside them."""

    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]


def judge(options: Options, situation: Situation) -> Verdict:
    """Everything that is refused and warned of, in the order of the panels."""
    return Verdict(
        refusals=tuple(refusal for rule in REFUSALS for refusal in rule(options, situation)),
        warnings=tuple(warning for rule in WARNINGS for warning in rule(options, situation)),
    )


Rule = Callable[[Options, Situation], Iterator[Refusal]]


def site_stays_while_a_token_is_held(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Another site needs another login."""
    if situation.saved and situation.token_held and options.site is not situation.saved.site:
        yield Refusal(key="site", code="site-token-held")


def division_is_reached_by_the_login(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Known to this login, not archived or blocked."""
    if options.division and situation.divisions is not None and options.division not in situation.divisions:
        yield Refusal(key="division", code="division-not-reached", values=(("division", str(options.division)),))


def division_stays_once_booked(options: Options, situation: Situation) -> Iterator[Refusal]:
    """What is booked belongs to its administration."""
    if situation.saved and situation.something_booked and options.division != situation.saved.division:
        yield Refusal(key="division", code="division-booked", values=(("division", str(situation.saved.division)),))


def country_is_that_of_the_administration(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Follows the site; once connected, Exact says it."""
    if options.site is not Site.PRACTICE and options.site.value != options.country.value:
        yield Refusal(key="country", code="country-site", values=(("site", options.site),))
    elif situation.reference and situation.reference.country not in {"", options.country}:
        yield Refusal(key="country", code="country-exact", values=(("country", situation.reference.country),))


def number_sources_are_three_different_ones(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """The same source twice gives nothing; option 3 needs option 2."""
    if options.debtor_number_3 and not options.debtor_number_2:
        yield Refusal(key="debtor_number_3", code="debtor-number-3-without-2")
    if options.debtor_number_2 == options.debtor_number_1:
        yield Refusal(key="debtor_number_2", code="debtor-number-twice")
    if options.debtor_number_3 and options.debtor_number_3 in {options.debtor_number_1, options.debtor_number_2}:
        yield Refusal(key="debtor_number_3", code="debtor-number-twice")


def external_source_is_named(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """Which pair counts cannot be guessed."""
    if NumberSource.EXTERNAL_ID in _sources(options) and not options.external_source:
        yield Refusal(key="external_source", code="external-source-missing")


def customer_number_fits(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Prefix and number together at most 18 characters (exact-rest.md 4.3)."""
    number = options.debtor_prefix + situation.longest_debtor_number
    if len(number) > LONGEST_CUSTOMER_NUMBER:
        yield Refusal(key="debtor_prefix", code="debtor-prefix-too-long", values=(("number", number),))


def journal_is_a_sales_journal(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Once connected, the journal exists, is of type 20 and not blocked."""
    if situation.reference is None:
        return
    journal = situation.reference.journals.get(options.journal)
    if journal is None:
        yield Refusal(key="journal", code="journal-not-there", values=(("journal", options.journal),))
    elif journal.kind != SALES_JOURNAL:
        yield Refusal(key="journal", code="journal-not-sales", values=(("journal", options.journal),))
    elif journal.blocked:
        yield Refusal(key="journal", code="journal-blocked", values=(("journal", options.journal),))


def receivables_account_is_the_journals(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Must equal the journal's own account, both named (exact-rest.md 6.5)."""
    journal = situation.reference.journals.get(options.journal) if situation.reference else None
    if journal and journal.gl_account and journal.gl_account != options.receivables_account:
        values = (("account", options.receivables_account), ("journal_account", journal.gl_account))
        yield Refusal(key="receivables_account", code="receivables-not-the-journals", values=values)


def bulk_day_fits_the_repetition(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """A weekday by name, or a day that every month has."""
    if options.bulk_repeat is Repeat.WEEK and options.bulk_day not in WEEKDAYS:
        yield Refusal(key="bulk_day", code="bulk-day-weekday", values=(("days", ", ".join(WEEKDAYS)),))
    if options.bulk_repeat is Repeat.MONTH and options.bulk_day not in {str(day) for day in range(1, 29)}:
        yield Refusal(key="bulk_day", code="bulk-day-month")


def entry_number_fits(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Prefix and the longest number seen stay within Exact's Int32 (exact-rest.md 4.1)."""
    number = int(options.invoice_prefix + str(situation.largest_invoice_number))
    if number > LARGEST_ENTRY_NUMBER:
        yield Refusal(key="invoice_prefix", code="invoice-prefix-too-long", values=(("number", str(number)),))


def prefix_length_is_frozen_by_payments(options: Options, situation: Situation) -> Iterator[Refusal]:
    """Payments are matched by number: another length would match the wrong ones."""
    saved = situation.saved
    if saved is None or not (saved.payment_registration and situation.something_booked):
        return
    if len(saved.invoice_prefix) != len(options.invoice_prefix):
        length = str(len(saved.invoice_prefix))
        yield Refusal(key="invoice_prefix", code="invoice-prefix-frozen", values=(("length", length),))


def projects_are_made_only_from_references(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """A course code is no project that a finance officer asked for."""
    from_course = options.project_source in {ProjectSource.COURSE, ProjectSource.COURSE_KIND}
    if options.project_missing is ProjectMissing.CREATE and from_course:
        yield Refusal(key="project_missing", code="project-create-from-course")


def sources_after_the_number_are_never_reached(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """Every debtor has an internal number, so options after it are never reached."""
    sources = _sources(options)
    if NumberSource.NUMBER in sources[:-1]:
        key = f"debtor_number_{sources.index(NumberSource.NUMBER) + 2}"
        yield Refusal(key=key, code="debtor-number-never-reached")


def letters_may_be_refused(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """Exact may refuse letters in a relation number (coachview.md 3.3)."""
    if options.debtor_prefix and not options.debtor_prefix.isdigit():
        yield Refusal(key="debtor_prefix", code="debtor-prefix-letters")


def vat_follows_the_period(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """Another date than the invoice's moves the VAT to another return."""
    if options.period_date_1 is not DateSource.INVOICE:
        yield Refusal(key="period_date_1", code="period-moves-vat")


def period_needs_a_fallback(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """An order date can be empty."""
    if options.period_date_1 in {DateSource.ORDER_START, DateSource.ORDER_END} and options.period_date_2 is None:
        yield Refusal(key="period_date_2", code="period-without-fallback")


def belgium_wants_credit_notes(options: Options, _situation: Situation) -> Iterator[Refusal]:
    """The Belgian VAT boxes tell invoices and credit notes apart (exact-rest.md 6.4)."""
    if options.country is Country.BE and not options.credit_notes:
        yield Refusal(key="credit_notes", code="credit-notes-belgium")


def _sources(options: Options) -> tuple[NumberSource, ...]:
    chosen = (options.debtor_number_1, options.debtor_number_2, options.debtor_number_3)
    return tuple(source for source in chosen if source is not None)


REFUSALS: tuple[Rule, ...] = (
    site_stays_while_a_token_is_held,
    division_is_reached_by_the_login,
    division_stays_once_booked,
    country_is_that_of_the_administration,
    number_sources_are_three_different_ones,
    external_source_is_named,
    customer_number_fits,
    journal_is_a_sales_journal,
    receivables_account_is_the_journals,
    bulk_day_fits_the_repetition,
    entry_number_fits,
    prefix_length_is_frozen_by_payments,
    projects_are_made_only_from_references,
)
WARNINGS: tuple[Rule, ...] = (
    sources_after_the_number_are_never_reached,
    letters_may_be_refused,
    vat_follows_the_period,
    period_needs_a_fallback,
    belgium_wants_credit_notes,
)
