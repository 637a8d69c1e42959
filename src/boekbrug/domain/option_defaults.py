"""Defaults that follow another option for as long as nobody chose otherwise (options.md, column "default")."""

from collections.abc import Mapping

from boekbrug.domain.options import Country, Options, Site
from boekbrug.domain.reference import Reference


def with_defaults(values: Mapping[str, object], before: Options, reference: Reference | None) -> dict[str, object]:
    """The values that somebody changes, and the options that follow them because he left them alone.

    Country follows the site, credit notes follow the country, and the receivables account is the journal's own as
    soon as Exact (`reference`) told it.
    """
    given = dict(values)
    if "site" in given and "country" not in given:
        given["country"] = Country.BE if str(given["site"]).strip() == Site.BE else Country.NL
    country = str(given.get("country", before.country)).strip()
    if country != before.country and "credit_notes" not in given and _is_default_credit(before):
        given["credit_notes"] = country == Country.BE
    account = _journals_own(given, before, reference)
    if account and "receivables_account" not in given:
        given["receivables_account"] = account
    return given


def _is_default_credit(options: Options) -> bool:
    return options.credit_notes is (options.country is Country.BE)


def _journals_own(given: Mapping[str, object], before: Options, reference: Reference | None) -> str:
    """The account of the journal when the journal changes, or when the account still is the one we began with."""
    if reference is None or not ("journal" in given or before.receivables_account == Options().receivables_account):
        return ""
    journal = reference.journals.get(str(given.get("journal", before.journal)).strip())
    return journal.gl_account if journal and journal.gl_account != before.receivables_account else ""
