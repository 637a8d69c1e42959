"""Whatever a client sends to the Coachview simulator, it answers with a status that fits, never with a failure."""

import json
import os
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sim.coachview.practice_coachview import Coachview, practice_coachview

TIMES = int(os.environ.get("COACHVIEW_FUZZ_TIMES", "1"))
"""500 cases are tried; the bench tries twenty times as many."""
OWN = settings(max_examples=100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.one_of(
    st.sampled_from(
        [
            "",
            "true",
            "-1",
            "0",
            "1e400",
            "NaN",
            "9" * 5000,
            "31-12-9999",
            "31-12-9999 23:59:59",
            "01-01-0001",
            "2026-11-24T00:00:00Z",
            "00-00-0000",
            "٣",
            "²",
            "\x00",
            "%ff",
            "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        ]
    ),
    st.text(max_size=12),
)
FIELDS = st.sampled_from(
    [
        "factuurnummer",
        "id",
        "factuurStatusId",
        "totaalInclBtw",
        "betaald",
        "bevestigdOmschrijving",
        "betaaldBedrag",
        "factuurdatum",
        "audittrail.gewijzigdDatumTijd",
        "AUDITTRAIL",
        "debiteur",
        "debiteur.naam",
        "debiteur.particulier",
        "debiteur.adres.plaats",
        "factuurregels",
        "factuurregels.omschrijving",
        "koers",
        "nietsvandit",
        "..",
    ]
)
CONDITION = st.tuples(FIELDS, st.sampled_from(["=", ">", ">=", "<", "<=", "==", "~", ""]), st.lists(WORDS, max_size=3))
WHERE = st.lists(CONDITION.map(lambda found: f"{found[0]}{found[1]}{','.join(found[2])}"), max_size=3).map(";".join)
NAMES = st.sampled_from(
    [
        "where",
        "WHERE",
        "skip",
        "take",
        "orderby",
        "Count",
        "InclusiefDirecteRelaties",
        "InclusiefExtraVelden",
        "InclusiefVrijevelden",
        "debiteurId",
        "factuurregels",
        "totaalInclBtw",
    ]
)
PARAMETERS = st.lists(st.tuples(NAMES, st.one_of(WORDS, WHERE, FIELDS.map(lambda name: f"{name} desc"))), max_size=5)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
WRITABLE = st.sampled_from(["bevestigd", "betaald", "betaaldDatum", "betaaldBedrag", "BETAALD", "totaalInclBtw"])
BODY = st.one_of(
    st.dictionaries(WRITABLE, JSON, max_size=4).map(lambda value: json.dumps(value).encode()),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=40),
    st.sampled_from([b"[" * 100_000, b'{"betaald": true, "betaald": false}', b'{"betaaldBedrag": 1e999}']),
)
CONTENT_TYPE = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "application/json; charset=geen",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=geen",
        "text/plain",
        "multipart/form-data",
    ]
)


@pytest.fixture(scope="module")
def busy() -> Iterator[Coachview]:
    """One simulator for all cases, without a limit."""
    with practice_coachview() as running:
        running.control("limits", {"day": 0})
        yield running


def _query(parameters: list[tuple[str, str]]) -> httpx2.QueryParams:
    return httpx2.QueryParams([(name, value) for name, value in parameters])


def _answered(answer: httpx2.Response, *fine: int) -> None:
    assert answer.status_code in fine, (answer.request.url, answer.status_code, answer.text[:300])
    if answer.status_code >= 400:
        assert answer.json()["title"]


@OWN
@given(entity=st.sampled_from(["Facturen", "debiteuren", "Onbekend"]), parameters=PARAMETERS)
def test_any_list_is_answered(busy: Coachview, entity: str, parameters: list[tuple[str, str]]) -> None:
    answer = busy.http.get(f"/api/v1/{entity}", params=_query(parameters))
    timed_out = answer.status_code == 500 and "Timeout" in answer.json()["title"]
    if not timed_out:
        _answered(answer, 200, 400, 404)
    if answer.status_code == 200:
        assert isinstance(answer.json(), list)
        json.loads(answer.text, parse_constant=pytest.fail)


@OWN
@given(record=st.one_of(WORDS, st.text(max_size=20)), pdf=st.booleans(), parameters=PARAMETERS)
def test_any_id_is_answered(busy: Coachview, record: str, pdf: bool, parameters: list[tuple[str, str]]) -> None:
    address = "/api/v1/Facturen/" + "".join(f"%{byte:02x}" for byte in record.encode()) + ("/Pdf" if pdf else "")
    answer = busy.http.get(address, params=_query(parameters))
    timed_out = answer.status_code == 500 and "Timeout" in answer.json()["title"]
    if not timed_out:
        _answered(answer, 200, 400, 404)


@OWN
@given(body=BODY, content_type=CONTENT_TYPE)
def test_any_write_back_is_taken_or_refused_and_leaves_an_invoice_that_can_be_read(
    busy: Coachview, body: bytes, content_type: str
) -> None:
    (row,) = busy.invoices(where="factuurnummer=20260004")
    address = f"/api/v1/Facturen/{row['id']}"
    _answered(busy.http.put(address, content=body, headers={"Content-Type": content_type}), 204, 400)
    after = busy.http.get(address, params={"InclusiefDirecteRelaties": "true"})
    assert json.loads(after.text, parse_constant=pytest.fail)["totaalInclBtw"] == row["totaalInclBtw"]


@OWN
@given(body=BODY, content_type=CONTENT_TYPE, authorization=st.sampled_from(["", "Basic", "Basic é", "Basic OjpaOg=="]))
def test_any_token_request_is_refused_in_the_words_of_oauth(
    busy: Coachview, body: bytes, content_type: str, authorization: str
) -> None:
    headers = {b"Content-Type": content_type.encode(), b"Authorization": authorization.encode("latin-1")}
    answer = busy.http.post("/auth/connect/token", content=body, headers=headers)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


@OWN
@given(
    verb=st.sampled_from(["records", "webhooks", "clock", "limits", "latency", "faults", "switches", "scenario"]),
    body=st.one_of(
        BODY,
        st.dictionaries(
            st.sampled_from(
                ["entity", "id", "values", "url", "secret", "now", "freeze", "day", "kind", "path", "seconds", "name"]
            ),
            JSON,
            max_size=3,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    content_type=CONTENT_TYPE,
)
def test_any_control_call_is_taken_or_refused_and_the_simulator_lives_on(
    verb: str, body: bytes, content_type: str, steered: Coachview
) -> None:
    answer = steered.http.post(f"/_sim/{verb}", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in {200, 400}, (verb, body, answer.status_code, answer.text[:300])
    if answer.status_code == 400:
        assert answer.json()["error"]
    steered.control("reset", {})
    steered.login()
    assert len(steered.invoices(take="100")) == 60


@pytest.fixture(scope="module")
def steered() -> Iterator[Coachview]:
    """One simulator for all control calls."""
    with practice_coachview(now=None) as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v1/Facturen", 405),
        ("DELETE", "/api/v1/Facturen/1", 405),
        ("GET", "/auth/connect/token", 405),
        ("GET", "/niets", 404),
        ("PUT", "/api/v1/Debiteuren/3fa85f64-5717-4562-b3fc-2c963f66afa6", 405),
    ],
)
def test_what_is_not_there_is_told_in_json(busy: Coachview, method: str, path: str, status: int) -> None:
    answer = busy.http.request(method, path)
    _answered(answer, status)
    assert answer.json()["status"] == status
