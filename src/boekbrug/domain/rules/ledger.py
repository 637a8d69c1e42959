"""Rule 9: G/L accounts and cost centres."""

from collections.abc import Iterator

from boekbrug.domain.draft import MAPPING, Draft, LineDraft, because
from boekbrug.domain.problem import Problem, report
from boekbrug.domain.reference import CostCentre

REVENUE = 110
REFUSED_KINDS = frozenset({10, 12, 14, 16, 20, 22, 24})
"""Cash, bank, credit card, payment service, receivables, payables, VAT (exact-rest.md 5.3)."""

COST_CENTRE_MANDATORY = 1
COST_CENTRE_NOT_ALLOWED = 2


def gl_accounts_must_take_revenue(draft: Draft) -> Iterator[Problem]:
    """Rule 9: the (mapped) account exists, is not blocked and is of a type that a sales line may have."""
    mapping, accounts = draft.links.gl_accounts, draft.reference.gl_accounts
    for line in draft.lines:
        own = line.source.gl_account.strip()
        code = mapping.get(own, own).strip()
        line.account = accounts.get(code)
        line.why.append(because("gl_account", 9, "line.gl_account", MAPPING if own in mapping else ""))
        if line.account is None:
            yield report(
                "gl-account-unknown", line.subject(kind="GLAccount", key=code), account=code, line=line.source.number
            )
            continue
        if line.account.blocked:
            yield _about_account(line, "gl-account-blocked")
        if line.account.kind in REFUSED_KINDS:
            yield _about_account(line, "gl-account-type")
        elif line.account.kind != REVENUE:
            yield _about_account(line, "gl-account-not-revenue")


def _about_account(line: LineDraft, code: str) -> Problem:
    number, name = (line.account.code, line.account.description) if line.account else ("", "")
    subject = line.subject(kind="GLAccount", key=number)
    return report(code, subject, account=number, name=name, line=line.source.number)


def cost_centres_must_be_usable(draft: Draft) -> Iterator[Problem]:
    """Rule 9: the cost centre exists and has not ended; the account may demand one or forbid it."""
    for line in draft.lines:
        code = _cost_centre_to_send(draft, line)
        line.cost_centre = code
        if code:
            yield from _cost_centre_faults(draft, line, code)
        elif line.account and line.account.use_cost_centre == COST_CENTRE_MANDATORY:
            account = line.account.code
            subject = line.subject(kind="GLAccount", key=account)
            yield report("cost-centre-mandatory", subject, account=account, line=line.source.number)


def _cost_centre_to_send(draft: Draft, line: LineDraft) -> str | None:
    options, mapping = draft.options, draft.links.cost_centres
    own = line.source.cost_centre.strip()
    if not options.send_cost_centre:
        line.why.append(because("cost_centre", 9, "line.cost_centre", "send_cost_centre"))
        return None
    if own in mapping:
        line.why.append(because("cost_centre", 9, "line.cost_centre", MAPPING))
        return mapping[own].strip() or None
    if own == options.cost_centre_none.strip() and own not in draft.reference.cost_centres:
        line.why.append(because("cost_centre", 9, "line.cost_centre", "cost_centre_none"))
        return None
    line.why.append(because("cost_centre", 9, "line.cost_centre"))
    return own or None


def _cost_centre_faults(draft: Draft, line: LineDraft, code: str) -> Iterator[Problem]:
    centre = draft.reference.cost_centres.get(code)
    subject = line.subject(kind="Costcenter", key=code)
    if centre is None:
        yield report("cost-centre-unknown", subject, code=code, line=line.source.number)
    elif _has_ended(draft, centre):
        yield report("cost-centre-ended", subject, code=code, line=line.source.number)
    if line.account and line.account.use_cost_centre == COST_CENTRE_NOT_ALLOWED:
        account = line.account.code
        forbidden = line.subject(kind="GLAccount", key=f"{account}/{code}")
        yield report("cost-centre-not-allowed", forbidden, code=code, account=account, line=line.source.number)


def _has_ended(draft: Draft, centre: CostCentre) -> bool:
    return not centre.active or (centre.end is not None and centre.end < draft.dates.entry_date)
