"""Every item of the checklist in each of its colours, from tables of facts (service-center.md, "Checklist")."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from tests.domain import builders

from boekbrug.domain.checklist import (
    ASKED,
    DOCUMENTS,
    Colour,
    Confirmation,
    Facts,
    Item,
    Rights,
    Source,
    Used,
    asked,
    checklist,
    reds,
    used_by,
)
from boekbrug.domain.option_rules import Situation, judge
from boekbrug.domain.option_values import Refusal
from boekbrug.domain.options import ClosedPeriod
from boekbrug.domain.reference import CostCentre, Links

GREEN, AMBER, RED = Colour.GREEN, Colour.AMBER, Colour.RED
SEEN = Used(invoices=1, vat_codes=frozenset({"2"}), payment_terms=frozenset({30}))
SAID = Confirmation(who="els@noord.example", on=date(2026, 3, 1))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Facts that differ from those of a koppeling in order, and what one item then says."""

    key: str
    colour: Colour
    code: str
    facts: Facts


def facts(**fields: Any) -> Facts:
    """A koppeling in order."""
    values: dict[str, Any] = {
        "options": builders.options(division=100001, deferred_revenue=True),
        "today": builders.TODAY,
        "source": Source.CONNECTED,
        "connected": True,
        "reference": builders.reference(),
        "used": SEEN,
        "rights": Rights(document_type=True),
        "confirmed": dict.fromkeys(ASKED, SAID),
    }
    return Facts(**values | fields)


def case(key: str, colour: Colour, code: str, /, **fields: Any) -> Case:
    return Case(key=key, colour=colour, code=code, facts=facts(**fields))


def used(**fields: Any) -> Used:
    return Used(**{"invoices": 1} | fields)


def known(**fields: Any) -> dict[str, Any]:
    return {"reference": builders.reference(**fields)}


def vat(**fields: Any) -> dict[str, Any]:
    return known(vat_codes=builders.by_code(builders.vat_code("2", **fields)))


def option(**fields: Any) -> dict[str, Any]:
    return {"options": builders.options(**{"division": 100001} | fields)}


def refused(key: str, code: str, **values: str) -> dict[str, Any]:
    return {"refusals": (Refusal(key=key, code=code, values=tuple(values.items())),)}


UTRECHT = frozenset({"UTR"})
ENDED = builders.by_code(CostCentre(code="UTR", description="Utrecht", end=date(2026, 3, 19)))
ASLEEP = builders.by_code(CostCentre(code="UTR", description="Utrecht", active=False))
NO_DATA = {"reference": None}
SHUT = known(periods=builders.periods(closed=((2026, 3),)))
NEXT_SHUT = known(periods=builders.periods(closed=((2026, 4),)))
INCASSO = builders.by_code(builders.condition(), builders.condition("IN", 14, method="I"))

CASES = (
    case("coachview", RED, "coachview-missing", source=Source.MISSING),
    case("coachview", AMBER, "coachview-untried", source=Source.UNTRIED),
    case("coachview", RED, "coachview-refused", source=Source.REFUSED),
    case("coachview", GREEN, "coachview-connected"),
    case("write-back", AMBER, "write-back-refused", write_scope="Facturen.Schrijven"),
    case("connection", RED, "connection-missing", connected=False),
    case("connection", RED, "division-missing", **option(division=None)),
    case("connection", RED, "reference-unread", **NO_DATA),
    case("connection", GREEN, "connected"),
    case("rights", AMBER, "rights-unknown", rights=None),
    case("rights", RED, "rights-missing", rights=Rights(missing={"crm/Accounts": "rights-missing"})),
    case("rights", RED, "scopes-missing", rights=Rights(missing={"crm/Accounts": "scope-missing"})),
    case("rights", RED, "scopes-missing", rights=Rights(missing={DOCUMENTS: "scope-missing"})),
    case("rights", GREEN, "rights-complete", rights=Rights(missing={DOCUMENTS: "x"}), **option(send_pdf=False)),
    case("rights", GREEN, "rights-complete"),
    case("options", RED, "country-exact", **refused("country", "country-exact", country="BE")),
    case("journal", RED, "journal-not-there", **refused("journal", "journal-not-there", journal="70")),
    case("journal", RED, "journal-not-sales", **refused("journal", "journal-not-sales", journal="70")),
    case("journal", RED, "journal-blocked", **refused("journal", "journal-blocked", journal="70")),
    case("journal", GREEN, "journal-for-sales"),
    case(
        "receivables_account",
        RED,
        "receivables-not-the-journals",
        **refused("receivables_account", "receivables-not-the-journals", account="1300", journal_account="1301"),
    ),
    case("receivables_account", GREEN, "receivables-agree"),
    case("periods", RED, "period-missing", **known(periods=builders.periods(2027, 2027))),
    case("periods", AMBER, "period-missing", today=date(2027, 12, 4)),
    case("periods", RED, "period-shut", **SHUT),
    case("periods", AMBER, "period-shut", **NEXT_SHUT),
    case("periods", AMBER, "period-shut-moves", **SHUT, **option(closed_period=ClosedPeriod.FIRST_OPEN)),
    case("periods", GREEN, "period-open"),
    case("vat-codes", RED, "vat-code-absent", used=used(vat_codes=frozenset({"2H"}))),
    case("vat-codes", RED, "vat-code-blocked", **vat(blocked=True)),
    case("vat-codes", RED, "vat-code-for-purchase", **vat(transaction="P")),
    case("vat-codes", RED, "vat-code-inclusive", **vat(kind="I")),
    case("vat-codes", GREEN, "vat-codes-usable"),
    case(
        "vat-codes",
        GREEN,
        "vat-codes-usable",
        used=used(vat_codes=frozenset({"2H"})),
        links=Links(vat_codes={"2H": "2"}),
    ),
    case("cost-centres", AMBER, "cost-centres-absent", used=used(cost_centres=frozenset({"GRN"}))),
    case("cost-centres", AMBER, "cost-centres-absent", used=used(cost_centres=UTRECHT), **known(cost_centres=ENDED)),
    case("cost-centres", AMBER, "cost-centres-absent", used=used(cost_centres=UTRECHT), **known(cost_centres=ASLEEP)),
    case("cost-centres", GREEN, "cost-centres-usable", used=used(cost_centres=UTRECHT | {"Intern"})),
    case(
        "cost-centres",
        GREEN,
        "cost-centres-usable",
        used=used(cost_centres=frozenset({"GRN"})),
        links=Links(cost_centres={"GRN": "UTR"}),
    ),
    case("payment", AMBER, "payment-terms-open", used=used(payment_terms=frozenset({14}))),
    case("payment", AMBER, "payment-conditions-gone", links=Links(payment_terms={"30": "99"})),
    case("payment", AMBER, "direct-debit-open", used=used(direct_debit=True)),
    case(
        "payment",
        GREEN,
        "payment-terms-match",
        used=used(direct_debit=True),
        links=Links(payment_terms={"direct-debit": "IN"}),
        **known(payment_conditions=INCASSO),
    ),
    case("payment", GREEN, "payment-terms-match"),
    case("numbers", AMBER, "numbers-collide", used=used(collisions=("00017 Drukkerij Smit",))),
    case("numbers", GREEN, "numbers-apart"),
    case("documents", AMBER, "document-type-missing", rights=Rights(document_type=False)),
    case("documents", GREEN, "document-type-there"),
    case("invoices", AMBER, "invoices-unseen", used=Used()),
    *(case(key, AMBER, f"{key}-open", confirmed={}) for key in ASKED),
    *(case(key, GREEN, f"{key}-confirmed") for key in ASKED),
)


def name(one: Case) -> str:
    return f"{one.key}-{one.colour}-{one.code}"


def of(key: str, given: Facts) -> list[Item]:
    return [item for item in checklist(given) if item.key == key]


@pytest.mark.parametrize("one", CASES, ids=name)
def test_each_item_has_its_colour(one: Case) -> None:
    assert (one.colour, one.code) in [(item.colour, item.code) for item in of(one.key, one.facts)]


@pytest.mark.parametrize("one", [one for one in CASES if one.colour is RED], ids=name)
def test_red_is_what_keeps_from_starting(one: Case) -> None:
    assert one.code in [item.code for item in reds(checklist(one.facts))]


def test_a_koppeling_in_order_is_green_all_over() -> None:
    items = checklist(facts())
    assert {item.colour for item in items} == {GREEN}
    assert {item.key for item in items} == {one.key for one in CASES} - {
        "options",
        "cost-centres",
        "invoices",
        "write-back",
    }


def test_each_faulty_vat_code_is_a_line_of_its_own_and_names_itself() -> None:
    items = of("vat-codes", facts(used=used(vat_codes=frozenset({"2H", "2L", "2"}))))
    assert [dict(item.values) for item in items] == [{"code": "2H"}, {"code": "2L"}]
    assert {item.table for item in items} == {"vat_code"}


def test_a_wrong_journal_says_nothing_about_the_account() -> None:
    assert of("receivables_account", facts(**refused("journal", "journal-not-there", journal="7"))) == []


def test_before_the_connection_only_what_can_be_known_is_told() -> None:
    items = checklist(facts(connected=False, reference=None, rights=None, used=Used()))
    assert {item.key for item in items} == {"coachview", "connection", *ASKED}


def test_cost_centres_that_are_not_sent_are_not_looked_at() -> None:
    given = facts(used=used(cost_centres=frozenset({"GRN"})), **option(send_cost_centre=False))
    assert of("cost-centres", given) == []


@pytest.mark.parametrize("rights", [None, Rights()])
def test_a_document_type_that_was_not_looked_at_is_no_item(rights: Rights | None) -> None:
    assert of("documents", facts(rights=rights)) == []


def test_without_pdfs_there_is_no_document_type_to_have() -> None:
    assert of("documents", facts(rights=Rights(document_type=False), **option(send_pdf=False))) == []


def test_without_deferral_nobody_is_asked_about_its_account() -> None:
    assert asked(builders.options()) == ("own-journal", "standard-condition")


def test_what_people_confirm_is_never_red() -> None:
    items = [item for item in checklist(facts(confirmed={})) if item.asks]
    assert [item.key for item in items] == list(ASKED)
    assert {item.colour for item in items} == {AMBER}


def test_the_rules_of_the_options_give_the_same_codes() -> None:
    options = builders.options(division=100001, receivables_account="1310")
    reference = builders.reference()
    refusals = judge(options, Situation(reference=reference)).refusals
    items = checklist(facts(options=options, reference=reference, refusals=refusals))
    assert [item.code for item in reds(items)] == ["receivables-not-the-journals"]


def test_what_invoices_use_is_gathered_from_all_of_them() -> None:
    first = builders.invoice(builders.line(cost_centre=" UTR "), builders.line(cost_centre="", vat_code="1"))
    second = builders.invoice(id="i-2", payment_term_days=14, direct_debit=True)
    third = builders.invoice(id="i-3", payment_term_days=None)
    assert used_by((first, second, third), ("00017 Smit",)) == Used(
        invoices=3,
        vat_codes=frozenset({"1", "2"}),
        cost_centres=frozenset({"UTR", "Intern"}),
        payment_terms=frozenset({30}),
        direct_debit=True,
        collisions=("00017 Smit",),
    )
