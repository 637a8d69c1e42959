"""The client: windows that move, debtors in batches, PDFs, writing back, and what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from tests.coachview.answers_of_coachview import (
    DEBTOR,
    PROFILE,
    Budget,
    Coachview,
    a_client,
    an_invoice,
    changed_at,
)

from boekbrug.coachview.client import LARGEST_PDF_BYTES, CoachviewClient
from boekbrug.domain.invoice import Invoice
from boekbrug.domain.problem import Severity
from boekbrug.sync.failures import Broken, NotAllowed, Throttled, Unreachable
from boekbrug.sync.ports import InvoiceSource, Received

START = datetime(2026, 11, 3, 10, 0)  # noqa: DTZ001 - Coachview's local time
SINCE = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)


def numbered(moments: list[datetime]) -> list[dict[str, Any]]:
    return [an_invoice(number, audittrail=changed_at(moment)) for number, moment in enumerate(moments, start=1)]


def pages(client: CoachviewClient) -> list[tuple[list[Received], datetime]]:
    return [(list(page), until) for page, until in client.changed_invoices(SINCE, UNTIL)]


def ids(found: list[tuple[list[Received], datetime]]) -> list[str]:
    return [received.reading.id for page, _ in found for received in page]


def one(client: CoachviewClient) -> Invoice:
    found = client.invoice("f-1")
    assert found is not None
    assert isinstance(found.reading, Invoice)
    return found.reading


def test_the_client_is_a_source_of_invoices() -> None:
    source: InvoiceSource = a_client(Coachview())
    assert [received.reading.id for received in source.invoices(["f-1", "f-gone"])] == ["f-1"]


def test_a_window_is_asked_by_changed_at_in_local_time_with_relations() -> None:
    coachview = Coachview()
    assert ids(pages(a_client(coachview))) == ["f-1"]
    parameters = coachview.requests[0].url.params
    assert parameters["where"] == "audittrail.gewijzigdDatumTijd=03-11-2026 09:00:00,04-11-2026 09:00:01"
    assert parameters["orderby"] == "audittrail.gewijzigdDatumTijd asc"
    assert parameters["take"] == "100"
    assert parameters["InclusiefDirecteRelaties"] == "true"


def test_an_empty_window_says_that_all_has_been_given() -> None:
    assert pages(a_client(Coachview(invoices=[]))) == [([], UNTIL)]


def test_many_invoices_come_once_each_without_any_skip() -> None:
    coachview = Coachview(numbered([START + timedelta(seconds=7 * n) for n in range(450)]))
    found = pages(a_client(coachview))
    assert ids(found) == [f"f-{n}" for n in range(1, 451)]
    assert all("skip" not in request.url.params for request in coachview.requests)
    given = [until for _, until in found]
    assert given == sorted(given)
    assert given[-1] == UNTIL
    assert SINCE < given[0] < UNTIL


def test_a_window_that_starts_where_a_page_said_misses_nothing() -> None:
    coachview = Coachview(numbered([START + timedelta(seconds=n // 3) for n in range(250)]))
    client = a_client(coachview)
    page, until = next(iter(client.changed_invoices(SINCE, UNTIL)))
    rest = ids([(list(more), moment) for more, moment in client.changed_invoices(until, UNTIL)])
    assert {received.reading.id for received in page} | set(rest) == {f"f-{n}" for n in range(1, 251)}


def test_more_than_a_page_in_one_second_is_read_with_a_low_skip() -> None:
    coachview = Coachview(numbered([START] * 350 + [START + timedelta(seconds=1)] * 20))
    found = ids(pages(a_client(coachview)))
    assert sorted(found) == sorted(f"f-{n}" for n in range(1, 371))
    assert max(int(request.url.params.get("skip", "0")) for request in coachview.requests) <= 360


def test_a_list_that_shifts_while_it_is_skipped_is_read_again() -> None:
    coachview = Coachview(numbered([START] * 250))

    def lose_twenty(request: httpx2.Request) -> httpx2.Response | None:
        if len(coachview.requests) == 2:
            for invoice in coachview.invoices[:20]:
                invoice["audittrail"] = changed_at(START + timedelta(hours=1))
        return None

    coachview.fault = lose_twenty
    assert set(ids(pages(a_client(coachview)))) == {f"f-{n}" for n in range(1, 251)}


def test_a_list_that_never_stops_shifting_is_given_up_for_now() -> None:
    def other_rows_each_time(request: httpx2.Request) -> httpx2.Response:
        numbers.append(len(numbers))
        return httpx2.Response(200, json=[an_invoice(1000 * len(numbers) + n) for n in range(100)])

    numbers: list[int] = []
    with pytest.raises(Unreachable, match="keeps changing"):
        pages(a_client(answering(other_rows_each_time)))


def test_more_invoices_in_one_moment_than_skip_can_reach_are_told_to_the_operator() -> None:
    def endless(request: httpx2.Request) -> httpx2.Response:
        skip = int(request.url.params.get("skip", "0"))
        return httpx2.Response(200, json=[an_invoice(skip + n, debiteur=None, debiteurId=None) for n in range(100)])

    with pytest.raises(Broken, match="9000"):
        pages(a_client(answering(endless)))


def test_a_list_that_does_not_heed_skip_is_told_to_the_operator() -> None:
    rows = numbered([START] * 100)
    with pytest.raises(Broken, match="skip is not heeded"):
        pages(a_client(answering(lambda _: httpx2.Response(200, json=rows))))


def test_a_list_out_of_order_is_told_to_the_operator() -> None:
    rows = numbered([START, START - timedelta(seconds=1)])
    with pytest.raises(Broken, match="order of changed-at"):
        pages(a_client(answering(lambda _: httpx2.Response(200, json=rows))))


def test_rows_without_changed_at_are_given_as_unreadable_and_do_not_stop_the_window() -> None:
    rows = [an_invoice(n, audittrail=None) for n in range(100)]

    def answer(request: httpx2.Request) -> httpx2.Response:
        skip = int(request.url.params.get("skip", "0"))
        return httpx2.Response(200, json=rows[skip : skip + 100])

    assert len(ids(pages(a_client(answering(answer))))) == 100


def test_the_hour_that_the_clock_repeats_is_read_whole() -> None:
    client = a_client(coachview := Coachview(invoices=[]))
    list(
        client.changed_invoices(
            datetime(2026, 10, 25, 0, 55, tzinfo=UTC),  # 02:55 summer time
            datetime(2026, 10, 25, 1, 5, tzinfo=UTC),  # 02:05 winter time
        )
    )
    where = coachview.requests[0].url.params["where"]
    assert where.endswith("=25-10-2026 01:55:00,25-10-2026 03:05:01")


def test_debtors_that_invoices_do_not_carry_are_fetched_in_one_call() -> None:
    invoices = [an_invoice(n, debiteur=None, debiteurId=f"d-{n % 3}") for n in range(30)]
    coachview = Coachview(invoices, [DEBTOR | {"id": f"d-{n}", "debiteurnummer": f"0{n}"} for n in range(3)])
    found = pages(a_client(coachview))
    readings = [received.reading for page, _ in found for received in page]
    assert all(isinstance(reading, Invoice) and reading.debtor.id.startswith("d-") for reading in readings)
    asked = [request.url.params["where"] for request in coachview.requests if "Debiteuren" in request.url.path]
    assert asked == ["id=d-0,d-1,d-2"]


def test_a_debtor_that_is_gone_is_a_problem_of_its_invoice_only() -> None:
    coachview = Coachview([an_invoice(1, debiteur=None, debiteurId="d-gone"), an_invoice(2)])
    readings = [received.reading for page, _ in pages(a_client(coachview)) for received in page]
    assert [isinstance(reading, Invoice) for reading in readings] == [False, True]


def test_a_debtor_id_that_is_no_id_never_reaches_a_filter() -> None:
    coachview = Coachview([an_invoice(1, debiteur=None, debiteurId="x;naam=y")])
    readings = [received.reading for page, _ in pages(a_client(coachview)) for received in page]
    assert not isinstance(readings[0], Invoice)
    assert all("Debiteuren" not in request.url.path for request in coachview.requests)


def test_one_invoice_and_one_debtor_are_read_by_id_and_may_be_gone() -> None:
    client = a_client(Coachview())
    assert one(client).number == "20260001"
    assert client.invoice("f-2") is None
    debtor = client.debtor("d-1")
    assert debtor is not None
    assert debtor.value["naam"] == "Academie De Brug B.V."
    assert client.debtor("d-2") is None
    assert client.invoice("../Debiteuren") is None


# --- example data -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "scope"),
    [
        ([an_invoice(1), an_invoice(1)], "Facturen.Lezen"),
        ([an_invoice(1), an_invoice(2, factuurregels=an_invoice(1)["factuurregels"])], "Factuurregels.Lezen"),
        ([an_invoice(1, debiteurId="d-2")], "Debiteuren.Lezen"),
    ],
)
def test_equal_ids_on_different_rows_refuse_the_whole_answer_and_name_the_scope(
    rows: list[dict[str, Any]], scope: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        pages(a_client(answering(lambda _: httpx2.Response(200, json=rows))))
    assert (refused.value.reason, refused.value.detail) == ("scope-missing", scope)


def test_a_record_with_another_id_than_asked_is_refused() -> None:
    with pytest.raises(NotAllowed, match="Facturen"):
        a_client(answering(lambda _: httpx2.Response(200, json=an_invoice(2)))).invoice("f-1")
    with pytest.raises(NotAllowed, match="Facturen"):
        list(a_client(answering(lambda _: httpx2.Response(200, json=[an_invoice(2)]))).invoices(["f-1"]))


def test_a_guid_may_come_back_in_capitals() -> None:
    coachview = answering(lambda _: httpx2.Response(200, json=[an_invoice(1, id="AB-1", debiteurId="D-1")]))
    assert [received.reading.id for received in a_client(coachview).invoices(["ab-1"])] == ["AB-1"]


# --- answers that are not what was asked for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>Inloggen</html>", "no JSON"),
        (b"", "no JSON"),
        (b'{"message": "no"}', "an object"),
        (b"[1, 2", "does not end"),
        (b"[1 2]", "does not end"),
        (b"[1,]", "no JSON"),
        (b"[] trailing", "more behind"),
        (b"\xff\xfe[]", "UTF-8"),
        (b"[" * 100_000, "no JSON"),
        (b'"tekst"', "a text"),
        (b"12", "a number"),
    ],
)
def test_an_answer_that_is_no_list_in_json_says_so_and_is_tried_again_later(content: bytes, words: str) -> None:
    with pytest.raises(Unreachable, match=words):
        pages(a_client(answering(lambda _: httpx2.Response(200, content=content))))


def test_a_single_record_that_is_no_json_says_so() -> None:
    with pytest.raises(Unreachable, match="no JSON"):
        a_client(answering(lambda _: httpx2.Response(200, content=b"<html>"))).invoice("f-1")


def test_a_list_of_anything_is_a_list_of_unreadable_records() -> None:
    found = ids(pages(a_client(answering(lambda _: httpx2.Response(200, json=[None, 1, "x"])))))
    assert len(found) == 3
    assert all(one_id.startswith("unreadable-") for one_id in found)


# --- PDF ----------------------------------------------------------------------------------------------------------


def test_a_pdf_is_given_under_the_name_of_its_invoice() -> None:
    coachview = Coachview()
    client = a_client(coachview)
    pdf = client.pdf(one(client))
    assert (pdf.file_name, pdf.content, pdf.problem) == ("Factuur 20260001.pdf", b"%PDF-1.7 ...", None)
    assert coachview.requests[-1].url.path == "/api/v1/Facturen/f-1/Pdf"


@pytest.mark.parametrize(
    ("answer", "code", "passing"),
    [
        (httpx2.Response(404), "pdf-missing", False),
        (httpx2.Response(200, content=b"<html>geen pdf</html>"), "pdf-missing", True),
        (httpx2.Response(200, json={"bericht": "later"}), "pdf-missing", True),
        (httpx2.Response(200, content=b""), "pdf-missing", True),
        (httpx2.Response(200, content=b"%PDF-" + bytes(LARGEST_PDF_BYTES)), "pdf-too-large", False),
    ],
)
def test_a_pdf_that_cannot_be_used_is_a_warning(answer: httpx2.Response, code: str, passing: bool) -> None:
    coachview = Coachview()
    client = a_client(coachview)
    invoice = one(client)
    coachview.pdf = lambda: answer
    pdf = client.pdf(invoice)
    assert pdf.content == b""
    assert pdf.problem is not None
    assert (pdf.problem.code, pdf.problem.severity) == (code, Severity.WARNS)
    assert pdf.passing is passing


def test_an_environment_without_pdfs_has_none_and_nothing_is_asked() -> None:
    coachview = Coachview()
    invoice = one(a_client(coachview))
    pdf = a_client(coachview, profile=replace(PROFILE, pdf_path="")).pdf(invoice)
    assert pdf.problem is not None
    assert pdf.problem.code == "pdf-missing"
    assert all("Pdf" not in request.url.path for request in coachview.requests)


def test_a_pdf_that_cannot_be_reached_is_a_failure_and_not_a_missing_pdf() -> None:
    coachview = Coachview()
    client = a_client(coachview)
    invoice = one(client)
    coachview.pdf = lambda: httpx2.Response(503)
    with pytest.raises(Unreachable):
        client.pdf(invoice)


# --- writing back -------------------------------------------------------------------------------------------------


def test_confirming_writes_the_two_fields_of_the_profile() -> None:
    coachview = Coachview()
    a_client(coachview).confirm("f-1", confirmed=True, text="Geboekt als 20260001")
    assert coachview.written == [("f-1", {"bevestigd": True, "bevestigdOmschrijving": "Geboekt als 20260001"})]


def test_money_is_written_with_exactly_its_decimals_and_dates_as_the_environment_has_them() -> None:
    coachview = Coachview()
    client = a_client(coachview)
    assert client.write_back("f-1", {"paid_amount": Decimal("1210.10"), "paid_on": datetime(2026, 12, 1, tzinfo=UTC)})
    assert coachview.requests[-1].content == b'{"betaaldBedrag": 1210.10, "betaaldDatum": "2026-12-01"}'


def test_what_an_environment_has_no_field_for_is_not_written() -> None:
    coachview = Coachview()
    names = replace(PROFILE.write_back, fields=dict.fromkeys(PROFILE.write_back.fields, ""))
    a_client(coachview, profile=replace(PROFILE, write_back=names)).confirm("f-1", confirmed=True, text="x")
    assert coachview.requests == []


# --- testing the connection ---------------------------------------------------------------------------------------


def test_checking_the_connection_tells_what_can_be_read() -> None:
    check = a_client(Coachview([an_invoice(7)])).check()
    assert (check.invoices, check.debtors, check.latest_number) == (1, 1, "20260007")


def test_checking_the_connection_raises_what_is_wrong() -> None:
    coachview = Coachview()
    coachview.fault = lambda request: httpx2.Response(403) if "Debiteuren" in request.url.path else None
    with pytest.raises(NotAllowed) as refused:
        a_client(coachview).check()
    assert (refused.value.reason, refused.value.detail) == ("scope-missing", "Debiteuren.Lezen")


def test_a_used_up_budget_stops_before_anything_is_sent() -> None:
    class Empty(Budget):
        def reserve(self) -> None:
            raise Throttled(UNTIL)

    coachview = Coachview()
    with pytest.raises(Throttled):
        pages(a_client(coachview, budget=Empty()))
    assert coachview.requests == []


def answering(answer: Callable[[httpx2.Request], httpx2.Response]) -> Coachview:
    """A Coachview that gives tokens and answers everything else in this one way."""
    coachview = Coachview()
    coachview.fault = lambda request: None if request.url.path == PROFILE.token else answer(request)
    return coachview
