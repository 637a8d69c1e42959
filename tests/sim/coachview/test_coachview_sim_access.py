"""Token, scopes, limits and errors of the Coachview simulator, by coachview.md 4.1 and 4.2."""

import time

import pytest
from tests.sim.coachview.practice_coachview import FORM, RELATIONS, Coachview, practice_coachview

ALL = {"api", "Facturen.Lezen", "Facturen.Schrijven", "Factuurregels.Lezen", "Debiteuren.Lezen"}


def test_a_token_comes_for_an_hour_with_all_scopes_unless_some_are_asked(coachview: Coachview) -> None:
    token = coachview.login()
    assert token["expires_in"] == 3600
    assert set(str(token["scope"]).split()) >= ALL | {"Opleidingen.Lezen", "Aanvragen.Lezen"}
    assert coachview.login("api Facturen.Lezen")["scope"] == "api Facturen.Lezen"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "fout"}, "invalid_client"),
        ({"client_id": "iemand"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"scope": "api Salarissen.Lezen"}, "invalid_scope"),
        ({"scope": "api Facturen_Salarissen.Lezen"}, "invalid_scope"),
    ],
)
def test_a_wrong_token_request_is_refused_in_the_words_of_oauth(
    coachview: Coachview, change: dict[str, str], error: str
) -> None:
    answer = coachview.http.post("/auth/connect/token", data=FORM | change)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_the_token_request_must_be_a_form_and_may_use_basic(coachview: Coachview) -> None:
    assert coachview.http.post("/auth/connect/token", json=FORM).json() == {"error": "invalid_request"}
    basic = coachview.http.post(
        "/auth/connect/token", data={"grant_type": "client_credentials"}, auth=("cv-client", "cv-secret")
    )
    assert basic.status_code == 200


def test_a_parameter_twice_and_a_basic_header_that_is_none_are_refused(coachview: Coachview) -> None:
    twice = coachview.http.post("/auth/connect/token", data={**FORM, "client_id": ["cv-client", "cv-client"]})
    assert (twice.status_code, twice.json()) == (400, {"error": "invalid_request"})
    header = {"Authorization": "Basic geen-base64"}
    odd = coachview.http.post("/auth/connect/token", data={"grant_type": "client_credentials"}, headers=header)
    assert (odd.status_code, odd.json()) == (400, {"error": "invalid_client"})


def test_entities_may_be_joined_in_one_scope_with_underscores(coachview: Coachview) -> None:
    coachview.login("api Facturen_Debiteuren_Factuurregels.Lezen")
    invoice = coachview.invoice("20260018")
    assert invoice["debiteur"]["id"] == invoice["debiteurId"]
    assert coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", json={"betaald": True}).status_code == 403


def test_a_missing_scope_can_be_a_403_as_well(coachview: Coachview) -> None:
    coachview.control("switches", {"missing_scope": "refuse"})
    coachview.login("api Facturen.Lezen Debiteuren.Lezen")
    assert coachview.get("Facturen").status_code == 200
    answer = coachview.get("Facturen", **RELATIONS)
    assert (answer.status_code, answer.json()["title"]) == (403, "scope factuurregels.Lezen is missing")
    coachview.login("api Factuurregels.Lezen")
    assert [coachview.get(name).status_code for name in ("Facturen", "Debiteuren")] == [403, 403]


def test_tokens_live_as_long_as_was_chosen(coachview: Coachview) -> None:
    coachview.control("switches", {"token_seconds": 900})
    assert coachview.login()["expires_in"] == 900
    coachview.control("clock", {"advance_seconds": 899})
    assert coachview.get("Facturen", take="1").status_code == 200
    coachview.control("clock", {"advance_seconds": 1})
    assert coachview.get("Facturen", take="1").status_code == 401


def test_a_wrong_or_old_token_is_a_401(coachview: Coachview) -> None:
    good = coachview.http.headers["Authorization"]
    coachview.http.headers["Authorization"] = "Bearer onzin"
    assert coachview.get("Facturen").status_code == 401
    coachview.http.headers["Authorization"] = good
    assert coachview.get("Facturen").status_code == 200
    coachview.control("clock", {"advance_seconds": 3601})
    answer = coachview.get("Facturen")
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


def test_without_the_scope_of_an_entity_rows_are_examples_with_equal_ids(coachview: Coachview) -> None:
    coachview.login("api Debiteuren.Lezen Factuurregels.Lezen")
    rows = coachview.invoices()
    assert len(rows) == 60
    assert len({row["id"] for row in rows}) == 1
    assert {row["factuurnummer"] for row in rows} == {"string"}
    one = coachview.get("Debiteuren", where="debiteurnummer=00101").json()
    assert one[0]["debiteurnummer"] == "00101"


def test_without_the_scope_of_a_relation_only_the_relation_is_an_example(coachview: Coachview) -> None:
    coachview.login("api Facturen.Lezen")
    invoice = coachview.invoice("20260018")
    assert invoice["factuurnummer"] == "20260018"
    assert len({line["id"] for line in invoice["factuurregels"]}) == 1
    assert invoice["debiteur"]["id"] != invoice["debiteurId"]


def test_withheld_scopes_are_silently_left_out_of_new_tokens(coachview: Coachview) -> None:
    coachview.control("switches", {"withheld_scopes": "Facturen.Lezen"})
    coachview.login()
    assert len({row["id"] for row in coachview.invoices()}) == 1
    coachview.control("switches", {"withheld_scopes": ""})
    coachview.login()
    assert len({row["id"] for row in coachview.invoices()}) == 60


def test_without_the_scope_api_or_that_for_writing_there_is_a_403(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260018")
    coachview.login("Facturen.Lezen")
    assert coachview.get("Facturen").status_code == 403
    coachview.login("api Debiteuren.Lezen")
    assert coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", json={"betaald": True}).status_code == 403
    assert coachview.get(f"Facturen/{invoice['id']}/Pdf").status_code == 403


def test_every_answer_says_how_many_of_the_5000_calls_remain(coachview: Coachview) -> None:
    before = time.time()
    first, second = coachview.get("Facturen", take="1"), coachview.get("Debiteuren", take="1")
    assert first.headers["X-Rate-Limit-Limit"] == "5000"
    remaining = [int(answer.headers["X-Rate-Limit-Remaining"]) for answer in (first, second)]
    assert remaining[0] - remaining[1] == 1
    assert before < int(first.headers["X-Rate-Limit-Reset"]) <= before + 86_401


def test_above_the_limit_there_is_a_429_that_names_the_reset(coachview: Coachview) -> None:
    coachview.control("limits", {"day": 2, "day_window_seconds": 3600})
    statuses = [coachview.get("Facturen", take="1").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = coachview.get("Facturen")
    assert answer.headers["X-Rate-Limit-Remaining"] == "0"
    assert int(answer.headers["X-Rate-Limit-Reset"]) <= time.time() + 3601


def test_a_limit_per_minute_can_be_set_as_well(coachview: Coachview) -> None:
    coachview.control("limits", {"minute": 1, "minute_window_seconds": 3600})
    assert [coachview.get("Facturen", take="1").status_code for _ in range(2)] == [200, 429]


def test_faults_hit_the_calls_that_they_name(coachview: Coachview) -> None:
    coachview.control("faults", [{"path": "/api/v1/Facturen", "kind": "garbage", "at": 1}])
    broken = coachview.get("Facturen")
    assert broken.status_code == 200
    with pytest.raises(ValueError):
        broken.json()
    coachview.control("faults", [{"path": "/auth", "kind": "refuse_refresh", "count": 1}])
    assert coachview.http.post("/auth/connect/token", data=FORM).status_code == 400
    coachview.control("faults", [{"path": "/api", "kind": "status_429", "count": 1}])
    answer = coachview.get("Facturen")
    assert answer.status_code == 429
    assert answer.headers["X-Rate-Limit-Reset"]
    assert coachview.get("Facturen").status_code == 200


def test_the_journal_lists_the_calls_but_not_the_control_calls(coachview: Coachview) -> None:
    coachview.get("Facturen", take="1")
    calls = coachview.http.get("/_sim/calls").json()
    assert {call["path"] for call in calls} == {"/auth/connect/token", "/api/v1/Facturen"}
    assert set(calls[-1]) == {"at", "method", "path", "status"}


def test_the_description_names_everything_that_is_served(coachview: Coachview) -> None:
    del coachview.http.headers["Authorization"]
    described = coachview.http.get("/swagger/v1/swagger.json").json()
    coachview.login()
    row, schemas = coachview.invoice("20260018"), described["components"]["schemas"]
    assert set(row) == set(schemas["Factuur"]["properties"])
    assert set(row["debiteur"]) == set(schemas["Debiteur"]["properties"])
    assert set(row["factuurregels"][0]) == set(schemas["Factuurregel"]["properties"])
    assert set(row["factuurregels"][0]["opleiding"]) == set(
        schemas["Factuurregel"]["properties"]["opleiding"]["properties"]
    )
    assert "/api/v1/Facturen/{id}/Pdf" in described["paths"]
    names = {parameter["name"] for parameter in described["paths"]["/api/v1/Facturen"]["get"]["parameters"]}
    assert set(RELATIONS) <= names


def test_an_unknown_scenario_is_refused_and_the_old_one_stays() -> None:
    with practice_coachview() as coachview:
        answer = coachview.http.post("/_sim/scenario", json={"name": "bestaat-niet"})
        assert answer.status_code == 400
        assert "demo" in answer.json()["error"]
        assert len(coachview.invoices()) == 60
