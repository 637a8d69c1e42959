"""Whatever Coachview answers, it is read in whole, shown as unreadable, or told as one of the known failures."""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
from hypothesis import given
from hypothesis import strategies as st
from tests.coachview.answers_of_coachview import Coachview, a_client, an_invoice
from tests.domain import builders
from tests.malformed import JSON, ODD_TEXTS, TEXT, cases
from tests.tried import tried

from boekbrug.coachview.client import LARGEST_PDF_BYTES, PDF_MAGIC
from boekbrug.coachview.values import same_id
from boekbrug.domain.invoice import Invoice
from boekbrug.sync.failures import OutsideFailure
from boekbrug.sync.ports import Received

SINCE, UNTIL = datetime(2026, 11, 3, 8, 0, tzinfo=UTC), datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
KEYS = st.sampled_from([*an_invoice(), "audittrail", "debiteur", "factuurregels", "id"])
ROW = st.dictionaries(KEYS, JSON, max_size=4).map(lambda changes: {**an_invoice(1), **changes})
ROWS = st.lists(st.one_of(ROW, JSON), max_size=4)
BODY = st.one_of(
    ROWS.map(lambda rows: json.dumps(rows).encode()),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
    st.sampled_from(
        [b"[" * 60_000, b"[1e400]", b"[NaN]", b"[" + b"9" * 5000 + b"]", b'[{"id":1,"id":2}]', b"\xef\xbb\xbf[]"]
    ),
    st.sampled_from(ODD_TEXTS).map(lambda text: text.encode(errors="surrogatepass")),
)
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "RowCount"]),
    st.sampled_from(["", "0", "-5", "x", "application/json", "text/html; charset=geen", "9" * 40, "1e9", "NaN"]),
    max_size=3,
)

RECORD = st.one_of(
    ROW.map(lambda row: json.dumps({**row, "id": "f-1"}).encode()),
    ROW.map(lambda row: json.dumps(row).encode()),
    st.lists(ROW, max_size=2).map(lambda rows: json.dumps(rows).encode()),
    BODY,
)
WHOLE_PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)


@dataclass(frozen=True)
class Long:
    """A PDF of so many bytes, made when it is sent: Hypothesis writes down each example that it draws."""

    length: int

    @property
    def content(self) -> bytes:
        return PDF_MAGIC + b"0" * (self.length - len(PDF_MAGIC))


FILE: st.SearchStrategy[bytes | Long] = st.one_of(
    st.sampled_from(
        [
            b"",
            b" ",
            b"%",
            b"%PDF",
            b"<!DOCTYPE html><title>Inloggen</title>",
            b"\xef\xbb\xbf" + WHOLE_PDF,
            b"\r\n" + WHOLE_PDF,
            WHOLE_PDF.replace(b"/Root", b"/Encrypt 3 0 R/Root"),
            b"%PDF-9.9 \x00\xff",
            b"PK\x03\x04 factuur.docx",
            Long(LARGEST_PDF_BYTES),
            Long(LARGEST_PDF_BYTES + 1),
        ]
    ),
    st.integers(0, len(WHOLE_PDF)).map(lambda length: WHOLE_PDF[:length]),
    st.binary(max_size=60),
    st.binary(max_size=60).map(lambda rest: PDF_MAGIC + rest),
    BODY,
)
FILE_HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Content-Disposition", "Retry-After", "Location"]),
    st.sampled_from(["", "text/html", "application/pdf", "attachment; filename=../../x", "https://elders.example/"]),
    max_size=2,
)
PACKED = st.sampled_from(["", "", "", "packed", "said to be packed", "half of what was packed"])
"""Whether the file comes packed by gzip, as the header says."""


def as_sent(content: bytes, packed: str) -> tuple[bytes, dict[str, str]]:
    """The bytes on the wire, and what the header says of them."""
    if not packed:
        return content, {}
    whole = gzip.compress(content, compresslevel=1)
    body = {"packed": whole, "said to be packed": content, "half of what was packed": whole[: len(whole) // 2]}[packed]
    return body, {"Content-Encoding": "gzip"}


@cases(150)
@given(
    status=st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 418, 429, 500]),
    body=BODY,
    headers=HEADERS,
)
def test_any_answer_to_a_list_is_read_or_told(status: int, body: bytes, headers: dict[str, str]) -> None:
    tried("answers to a list")
    coachview = Coachview()
    coachview.fault = lambda _request: httpx2.Response(status, content=body, headers=headers)
    try:
        pages = [list(page) for page, _ in a_client(coachview).changed_invoices(SINCE, UNTIL)]
    except OutsideFailure:
        return
    sent: list[Any] = json.loads(body)
    received = [one for page in pages for one in page]
    assert len(received) == len(sent)
    assert all(isinstance(one.reading, Invoice) or one.reading.problems for one in received)


@cases(50)
@given(status=st.sampled_from([200, 201, 400, 401, 403, 500]), body=BODY)
def test_any_answer_of_the_token_address_is_used_or_told(status: int, body: bytes) -> None:
    tried("answers of the token address")

    def faulty(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body if "token" in request.url.path else b"[]")

    coachview = Coachview()
    coachview.fault = faulty
    try:
        found = [list(page) for page, _ in a_client(coachview).changed_invoices(SINCE, UNTIL)]
    except OutsideFailure:
        return
    assert found == [[]]


@cases(40)
@given(status=st.sampled_from([200, 200, 200, 200, 204, 302, 404, 500]), body=RECORD, debtor=st.booleans())
def test_any_answer_to_a_single_record_is_read_or_told(status: int, body: bytes, debtor: bool) -> None:
    tried("answers to a single record")
    coachview = Coachview()
    coachview.fault = lambda request: (
        httpx2.Response(status, content=body) if request.url.path.endswith("/f-1") else None
    )
    client = a_client(coachview)
    try:
        found = client.debtor("f-1") if debtor else client.invoice("f-1")
    except OutsideFailure:
        return
    if found is None:
        assert status == 404
    elif isinstance(found, Received):
        assert isinstance(found.reading, Invoice) or found.reading.problems
    else:
        assert same_id(found.value["id"]) == "f-1"


@cases(60)
@given(
    status=st.sampled_from([200, 200, 200, 200, 200, 204, 206, 302, 401, 403, 404, 429, 500, 503]),
    file=FILE,
    headers=FILE_HEADERS,
    packed=PACKED,
)
def test_any_answer_to_a_pdf_is_a_pdf_or_told(
    status: int, file: bytes | Long, headers: dict[str, str], packed: str
) -> None:
    tried("PDFs")
    content = file.content if isinstance(file, Long) else file
    body, said = as_sent(content, packed)
    coachview = Coachview()
    coachview.pdf = lambda: httpx2.Response(status, content=body, headers={**headers, **said})
    try:
        pdf = a_client(coachview).pdf(builders.invoice(id="f-1"))
    except OutsideFailure:
        return
    if pdf.problem is None:
        assert pdf.content == content
        assert pdf.content.startswith(PDF_MAGIC)
        assert len(pdf.content) <= LARGEST_PDF_BYTES
    else:
        assert pdf.problem.code in {"pdf-missing", "pdf-too-large"}
        assert pdf.content == b""


@cases(40)
@given(
    status=st.sampled_from([200, 200, 201, 204, 302, 400, 401, 403, 404, 408, 409, 429, 500, 503]),
    body=BODY,
    headers=HEADERS,
    confirmed=st.booleans(),
    text=TEXT,
)
def test_any_answer_to_writing_back_is_taken_or_told(
    status: int, body: bytes, headers: dict[str, str], confirmed: bool, text: str
) -> None:
    tried("answers to writing back")
    written: list[object] = []

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.method != "PUT":
            return None
        written.append(json.loads(request.content))
        return httpx2.Response(status, content=body, headers=headers)

    coachview = Coachview()
    coachview.fault = answer
    try:
        assert a_client(coachview).confirm("f-1", confirmed=confirmed, text=text)
    except OutsideFailure:
        assert status not in {200, 201, 204}
    else:
        assert status in {200, 201, 204}
    assert all(one == {"bevestigd": confirmed, "bevestigdOmschrijving": text} for one in written)
    assert written
