"""Coachview's words become an Invoice, or problems that name the field; never an exception."""

import copy
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.coachview.answers_of_coachview import DEBTOR, INVOICE, NOW, PROFILE, an_invoice

from boekbrug.coachview.answers import Record, record_of
from boekbrug.coachview.values import at
from boekbrug.coachview.wire import read_invoice
from boekbrug.domain.debtor import ExternalId
from boekbrug.domain.invoice import Invoice, InvoiceStatus, VatTotal
from boekbrug.sync.ports import Received, Unreadable


def record(value: Any) -> Record:
    return record_of(json.dumps(value).encode())


def received(value: Any, debtor: Any = None) -> Received:
    return read_invoice(record(value), record(debtor) if debtor is not None else None, PROFILE, now=NOW)


def read(value: Any, debtor: Any = None) -> Invoice:
    reading = received(value, debtor).reading
    assert isinstance(reading, Invoice), reading
    return reading


def problems(value: Any) -> list[tuple[str, str, int | None]]:
    reading = received(value).reading
    assert isinstance(reading, Unreadable), reading
    assert {problem.code for problem in reading.problems} == {"invoice-unreadable"}
    values = [(dict(problem.values), problem.subject.line) for problem in reading.problems]
    return [(value["field"], value["fault"], line) for value, line in values]


def changed(path: str, value: Any) -> dict[str, Any]:
    """An invoice with one field, by its path, set to this value."""
    invoice: Any = copy.deepcopy(INVOICE)
    place = invoice
    *way, last = path.split(".")
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    place[int(last) if isinstance(place, list) else last] = value
    return dict(invoice)


def without(path: str) -> dict[str, Any]:
    return changed(path, None)


def test_a_whole_invoice_is_read_field_by_field() -> None:
    invoice = read(INVOICE)
    assert (invoice.id, invoice.number, invoice.status) == ("f-1", "20260001", InvoiceStatus.DEFINITIVE)
    assert invoice.invoice_date == date(2026, 11, 3)
    assert invoice.due_date == date(2026, 12, 3)
    assert invoice.payment_term_days == 30
    assert (invoice.total_excl, invoice.total_vat, invoice.total_incl) == (
        Decimal("1000.00"),
        Decimal("210.00"),
        Decimal("1210.00"),
    )
    assert invoice.vat == (VatTotal(code="4", base=Decimal("1000.00"), amount=Decimal("210.00")),)
    assert not invoice.direct_debit
    assert not invoice.already_paid


def test_a_line_carries_its_request_and_its_course() -> None:
    line = read(INVOICE).lines[0]
    assert (line.number, line.amount, line.vat_code, line.vat_percentage) == (
        1,
        Decimal("1000.00"),
        "4",
        Decimal("0.21"),
    )
    assert line.request is not None
    assert (line.request.number, line.request.reference) == ("A-17", "PO 5")
    assert line.course is not None
    assert (line.course.kind, line.course.start, line.course.end) == ("GV", date(2026, 11, 2), date(2027, 1, 29))


def test_a_debtor_carries_what_a_new_customer_needs() -> None:
    debtor = read(INVOICE).debtor
    assert (debtor.number, debtor.external_number, debtor.name) == ("00042", "", "Academie De Brug B.V.")
    assert debtor.company == (ExternalId(id="1042", source="Exact"),)
    assert debtor.person is None
    assert debtor.invoice_address.country == "NL"
    assert debtor.visit_address is None
    assert debtor.contact is not None
    assert (debtor.contact.id, debtor.contact.sex, debtor.contact.last_name) == ("77", "V", "Wit")


def test_a_debtor_of_its_own_is_used_when_the_invoice_carries_none() -> None:
    assert read(without("debiteur"), DEBTOR).debtor.number == "00042"


def test_a_company_without_external_ids_is_still_a_company() -> None:
    assert read(changed("debiteur.bedrijf", {"id": "b-1", "externeIds": []})).debtor.company == ()


@pytest.mark.parametrize(
    "path",
    [
        "definitiefDatum", "vervaldatum", "betaaltermijn", "valutaCode", "koers", "referentienummer", "betaalwijze",
        "betaald", "btwSpecificatie", "debiteurId", "factuurregels.0.id", "factuurregels.0.aantal",
        "factuurregels.0.kostenplaats", "factuurregels.0.aanvraag", "factuurregels.0.opleiding",
        "debiteur.debiteurnummer", "debiteur.factuurAdres", "debiteur.contactpersoon", "debiteur.bedrijf",
    ],
)  # fmt: skip
def test_what_is_merely_absent_is_no_problem(path: str) -> None:
    assert read(without(path)).number == "20260001"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("factuurdatum", "invoice_date"),
        ("factuurnummer", "number"),
        ("factuurStatusId", "status"),
        ("totaalInclBtw", "total_incl"),
        ("debiteur", "debtor"),
        ("debiteur.naam", "debtor.name"),
        ("factuurregels", "lines"),
        ("factuurregels.0.bedragExclBtw", "line.amount"),
        ("factuurregels.0.btw", "line.vat_code"),
        ("factuurregels.0.grootboekrekening", "line.gl_account"),
        ("audittrail", "changed_at"),
    ],
)
def test_what_no_invoice_can_do_without_is_named(path: str, field: str) -> None:
    found = problems(without(path))
    assert (field, "missing") in [(name, fault) for name, fault, _ in found]


@pytest.mark.parametrize(
    ("path", "value", "field", "fault"),
    [
        ("factuurdatum", "1989-12-31", "invoice_date", "date-absurd"),
        ("factuurdatum", "2036-01-01", "invoice_date", "date-absurd"),
        ("factuurdatum", "0001-01-01T00:00:00", "invoice_date", "date-absurd"),
        ("factuurdatum", "31 november", "invoice_date", "no-date"),
        ("factuurdatum", 20261103, "invoice_date", "wrong-kind"),
        ("vervaldatum", ["2026-12-03"], "due_date", "wrong-kind"),
        ("totaalExclBtw", 1000.005, "total_excl", "no-amount"),
        ("totaalExclBtw", float("nan"), "total_excl", "no-amount"),
        ("totaalExclBtw", float("inf"), "total_excl", "no-amount"),
        ("totaalExclBtw", 10**13, "total_excl", "no-amount"),
        ("totaalExclBtw", "1.000,00", "total_excl", "no-amount"),
        ("totaalExclBtw", "1_000", "total_excl", "no-amount"),
        ("totaalExclBtw", True, "total_excl", "wrong-kind"),
        ("totaalExclBtw", {"bedrag": 1}, "total_excl", "wrong-kind"),
        ("betaaltermijn", -30, "payment_term_days", "out-of-range"),
        ("betaaltermijn", 30.5, "payment_term_days", "out-of-range"),
        ("betaaltermijn", {}, "payment_term_days", "wrong-kind"),
        ("koers", 0, "rate", "out-of-range"),
        ("valutaCode", "€", "currency", "unknown-value"),
        ("betaald", "ja", "already_paid", "wrong-kind"),
        ("factuurStatusId", "Geannuleerd", "status", "unknown-value"),
        ("id", "../Debiteuren", "id", "no-id"),
        ("debiteur", [DEBTOR], "debtor", "wrong-kind"),
        ("debiteur", "d-1", "debtor", "wrong-kind"),
        ("debiteur.naam", ["x"], "debtor.name", "wrong-kind"),
        ("debiteur.factuurAdres", [], "debtor.city", "wrong-kind"),
        ("debiteur.factuurAdres.landCode", "Nederland", "debtor.country", "unknown-value"),
        ("debiteur.bedrijf.externeIds", "1042", "debtor.company_external", "wrong-kind"),
        ("opmerking", "x" * 4001, "text", "too-long"),
        ("factuurregels", {"0": {}}, "lines", "wrong-kind"),
        ("factuurregels.0.btw", "21%", "line.vat_code", "wrong-kind"),
        ("factuurregels.0.btw.percentage", 21, "line.vat_percentage", "out-of-range"),
        ("factuurregels.0.aantal", 10**10, "line.quantity", "out-of-range"),
        ("factuurregels.0.opleiding.startDatum", "1900-01-01", "line.course_start", "date-absurd"),
        ("btwSpecificatie", [{"btwCode": "4"}], "vat.base", "missing"),
    ],
)
def test_what_is_absurd_is_named_with_what_is_wrong(path: str, value: Any, field: str, fault: str) -> None:
    assert (field, fault) in [(name, what) for name, what, _ in problems(changed(path, value))]


def test_a_problem_of_a_line_bears_its_number_and_what_was_found() -> None:
    invoice = an_invoice()
    invoice["factuurregels"].append("geen regel")
    reading = received(invoice).reading
    assert isinstance(reading, Unreadable)
    assert [problem.subject.line for problem in reading.problems] == [2]
    assert dict(reading.problems[0].values)["value"] == "geen regel"


def test_all_faults_of_one_invoice_are_reported_together() -> None:
    invoice = changed("factuurdatum", "ooit")
    invoice["totaalBtw"] = None
    assert [(field, fault) for field, fault, _ in problems(invoice)] == [
        ("invoice_date", "no-date"),
        ("total_vat", "missing"),
    ]


def test_one_field_that_cannot_be_read_is_one_cause_in_many_invoices() -> None:
    causes = set()
    for number in (1, 2):
        reading = received(an_invoice(number, factuurdatum=f"{number} mei")).reading
        assert isinstance(reading, Unreadable)
        causes |= {problem.cause for problem in reading.problems}
    assert causes == {"invoice-unreadable:invoice_date"}


def test_an_unreadable_record_keeps_its_id_and_number() -> None:
    reading = received(without("factuurdatum")).reading
    assert (reading.id, reading.number) == ("f-1", "20260001")


@pytest.mark.parametrize("value", [None, 5, "f-1", [INVOICE], {}, {"id": None}])
def test_a_record_without_an_id_is_known_by_what_it_holds(value: Any) -> None:
    first, again = received(value).reading, received(value).reading
    assert isinstance(first, Unreadable)
    assert first.id == again.id
    assert first.id.startswith("unreadable-")


def test_a_draft_needs_no_number() -> None:
    invoice = read(changed("factuurStatusId", "Concept") | {"factuurnummer": None})
    assert (invoice.status, invoice.number, len(invoice.lines)) == (InvoiceStatus.DRAFT, "", 1)


def test_a_draft_that_cannot_be_read_is_a_draft_with_nothing_to_book() -> None:
    invoice = read(changed("factuurStatusId", "Concept") | {"factuurdatum": None, "factuurregels": None})
    assert (invoice.status, invoice.lines, invoice.total_incl) == (InvoiceStatus.DRAFT, (), Decimal(0))
    assert invoice.invoice_date == date(2026, 11, 3)


def test_direct_debit_is_the_payment_method_that_the_profile_names() -> None:
    assert read(changed("betaalwijze.type", "Incasso")).direct_debit


def test_local_times_get_the_time_zone_of_the_environment() -> None:
    summer = read(changed("audittrail.gewijzigdDatumTijd", "2026-07-01T10:15:00"))
    assert summer.changed_at.astimezone(UTC) == datetime(2026, 7, 1, 8, 15, tzinfo=UTC)
    winter = read(INVOICE)
    assert winter.changed_at.astimezone(UTC) == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-03T09:15:00Z", "2026-11-03T10:15:00.1234567", "2026-11-03T10:15:00+01:00"])
def test_a_time_with_an_offset_or_parts_of_seconds_is_understood(text: str) -> None:
    moment = read(changed("audittrail.gewijzigdDatumTijd", text)).changed_at
    assert moment.astimezone(UTC).replace(microsecond=0) == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)


def test_what_cannot_be_stored_is_taken_out_of_text() -> None:
    invoice = read(changed("opmerking", " a\x00b\ud800c\nd "))
    assert invoice.text == "abc\nd"


def test_the_raw_text_is_kept_as_it_came() -> None:
    text = '{"id": "f-1", "totaalExclBtw": 1000.10}'
    raw = read_invoice(record_of(text.encode()), None, PROFILE, now=NOW).raw
    assert raw == f'{{"invoice": {text}, "debtor": null}}'


@pytest.mark.parametrize("number", ["1e99999999999999999999", "9" * 5000, "-Infinity", "NaN"])
def test_a_number_beyond_all_measure_is_no_amount(number: str) -> None:
    text = json.dumps(INVOICE).replace('"totaalExclBtw": 1000', f'"totaalExclBtw": {number}')
    reading = read_invoice(record_of(text.encode()), None, PROFILE, now=NOW).reading
    assert isinstance(reading, Unreadable)
    assert [problem.subject.key for problem in reading.problems] == ["total_excl"]


def test_a_moment_at_the_edge_of_time_is_absurd_and_no_more() -> None:
    assert problems(changed("factuurdatum", "9999-12-31T23:30:00-23:00")) == [("invoice_date", "no-date", None)]


def test_external_numbers_that_are_empty_count_as_none() -> None:
    pairs = [None, {"externId": "", "externSource": "Exact"}, {"externId": 7, "externSource": "Exact"}]
    debtor = read(changed("debiteur.bedrijf", {"id": "b-1", "externeIds": pairs})).debtor
    assert debtor.company == (ExternalId(id="7", source="Exact"),)


def test_a_path_may_go_through_the_elements_of_a_list() -> None:
    value = {"orders": [{"regels": [1, 2]}, {"regels": [3]}, {}]}
    assert at(value, ("orders[]", "regels")) == [1, 2, 3, None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2026-11-03"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*INVOICE, *DEBTOR, "code", "percentage", "type"]), inner, max_size=6)
    ),
    max_leaves=25,
)
PATHS = [
    *INVOICE,
    *[f"debiteur.{name}" for name in DEBTOR],
    *[f"factuurregels.0.{name}" for name in INVOICE["factuurregels"][0]],
    "factuurregels.0",
    "debiteur.bedrijf.externeIds",
    "btwSpecificatie.0",
]


@settings(max_examples=150)
@given(value=JSON)
def test_no_json_value_makes_the_reader_raise(value: Any) -> None:
    reading = received(value).reading
    assert isinstance(reading, Invoice) or reading.problems


@settings(max_examples=150)
@given(path=st.sampled_from(PATHS), value=JSON)
def test_no_value_in_any_field_makes_the_reader_raise(path: str, value: Any) -> None:
    reading = received(changed(path, value)).reading
    assert isinstance(reading, Invoice) or reading.problems
    reading_json = json.dumps([list(problem.values) for problem in getattr(reading, "problems", ())])
    reading_json.encode("utf-8")
