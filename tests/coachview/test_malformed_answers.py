"""Whatever Coachview answers, it is read in whole, shown as unreadable, or told as one of the known failures."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
from hypothesis import given
from hypothesis import strategies as st
from tests.coachview.answers_of_coachview import Coachview, a_client, an_invoice
from tests.malformed import JSON, ODD_TEXTS, cases

from boekbrug.domain.invoice import Invoice
from boekbrug.sync.failures import OutsideFailure

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


@cases(150)
@given(
    status=st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 418, 429, 500]),
    body=BODY,
    headers=HEADERS,
)
def test_any_answer_to_a_list_is_read_or_told(status: int, body: bytes, headers: dict[str, str]) -> None:
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
    def faulty(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body if "token" in request.url.path else b"[]")

    coachview = Coachview()
    coachview.fault = faulty
    try:
        found = [list(page) for page, _ in a_client(coachview).changed_invoices(SINCE, UNTIL)]
    except OutsideFailure:
        return
    assert found == [[]]
