"""A profile beside the description of a real environment: what it lacks and what looks like it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.coachview.answers_of_coachview import PROFILE

from boekbrug.coachview import swagger
from boekbrug.coachview.profile import FieldPaths, Profile
from boekbrug.coachview.swagger import DescriptionError, Lack, lacks, read_description


def schema_of(fields: FieldPaths) -> dict[str, Any]:
    """A schema that has exactly these field paths; what ends a path is text."""
    properties: dict[str, Any] = {}
    for path in fields.values():
        place = properties
        for part in path[:-1]:
            place = place.setdefault(part, {"type": "object", "properties": {}})["properties"]
        if path:
            place.setdefault(path[-1], {"type": "string"})
    return {"type": "object", "properties": properties}


def schemas(profile: Profile = PROFILE) -> dict[str, Any]:
    """Invoice, line, VAT, debtor, external id and write-back, each by reference."""
    invoice, debtor = schema_of(profile.invoices.fields), schema_of(profile.debtors.fields)
    invoice["properties"]["factuurregels"] = {"type": "array", "items": {"$ref": "#/components/schemas/Regel"}}
    invoice["properties"]["btwSpecificatie"] = {"type": "array", "items": {"$ref": "#/components/schemas/Btw"}}
    invoice["properties"]["debiteur"] = {"oneOf": [{"$ref": "#/components/schemas/Debiteur"}]}
    for owner in ("bedrijf", "persoon"):
        place = debtor["properties"][owner]["properties"]
        place["externeIds"] = {"type": "array", "items": {"$ref": "#/components/schemas/ExternId"}}
    names = {key: (name,) for key, name in profile.write_back.fields.items()}
    return {
        "Factuur": {"allOf": [invoice]},
        "Regel": schema_of(profile.invoices.line_fields),
        "Btw": schema_of(profile.invoices.vat_fields),
        "Debiteur": debtor,
        "ExternId": schema_of(profile.debtors.external_fields),
        "Terug": schema_of(names),
    }


def a_list(name: str) -> dict[str, Any]:
    parameters = ["Where", "Skip", "Take", "OrderBy", "InclusiefDirecteRelaties", "InclusiefExtraVelden"]
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    return {
        "parameters": [{"name": one, "in": "query"} for one in parameters],
        "responses": {"200": {"content": {"application/json": {"schema": rows}}}},
    }


def description() -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Terug"}}}}
    return {
        "openapi": "3.0.1",
        "paths": {
            "/api/v1/Facturen": {"get": a_list("Factuur")},
            "/api/v1/Facturen/{factuurId}": {"get": {}, "put": {"requestBody": body}},
            "/api/v1/Facturen/{factuurId}/Pdf": {"get": {}},
            "/api/v1/Debiteuren": {"get": a_list("Debiteur")},
        },
        "components": {"schemas": schemas()},
    }


def old_form(new: dict[str, Any]) -> dict[str, Any]:
    """The same in Swagger 2."""
    old: dict[str, Any] = json.loads(json.dumps(new).replace("#/components/schemas/", "#/definitions/"))
    old["definitions"] = old.pop("components")["schemas"]
    for path in old["paths"].values():
        for answer in path.get("get", {}).get("responses", {}).values():
            answer["schema"] = answer.pop("content")["application/json"]["schema"]
        if body := path.get("put", {}).pop("requestBody", None):
            schema = body["content"]["application/json"]["schema"]
            path["put"]["parameters"] = [{"name": "id", "in": "path"}, {"in": "body", "schema": schema}]
    return old


@pytest.mark.parametrize("form", [lambda new: new, old_form], ids=["OpenAPI 3", "Swagger 2"])
def test_a_description_that_has_every_name_lacks_nothing(form: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    assert lacks(form(description()), PROFILE) == []


@pytest.mark.parametrize("form", [lambda new: new, old_form], ids=["OpenAPI 3", "Swagger 2"])
def test_a_name_that_is_lacking_comes_with_what_looks_like_it(
    form: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    found = description()
    line = found["components"]["schemas"]["Regel"]["properties"]
    line["bedragExclusiefBtw"] = line.pop("bedragExclBtw")
    back = found["components"]["schemas"]["Terug"]["properties"]
    back["isBevestigd"] = back.pop("bevestigd")
    assert lacks(form(found), PROFILE) == [
        Lack(
            key="invoices.line_fields.amount",
            name="bedragExclBtw",
            place="Facturen, lines",
            looks_like=("bedragExclusiefBtw",),
        ),
        Lack(
            key="write_back.confirmed",
            name="bevestigd",
            place="Facturen/{id}",
            looks_like=("isBevestigd", "bevestigdOmschrijving"),
        ),
    ]


def test_a_lacking_path_is_named_and_its_fields_are_said_not_to_be_described() -> None:
    found = description()
    found["paths"]["/api/v1/VerkoopFacturen"] = found["paths"].pop("/api/v1/Facturen")
    first, *others = lacks(found, PROFILE)
    assert (first.key, first.name, first.looks_like) == ("invoices.path", "Facturen", ("VerkoopFacturen",))
    assert {lack.key for lack in others} == {"invoices.fields", "invoices.line_fields", "invoices.vat_fields"}
    assert {lack.name for lack in others} == {""}


def test_a_lacking_parameter_of_a_list_is_named() -> None:
    found = description()
    parameters = found["paths"]["/api/v1/Debiteuren"]["get"]["parameters"]
    parameters[3]["name"] = "Sortering"
    assert [(lack.key, lack.name) for lack in lacks(found, PROFILE)] == [("list.order_by", "orderby")]


def test_a_field_inside_another_is_named_by_its_whole_path() -> None:
    found = description()
    del found["components"]["schemas"]["Debiteur"]["properties"]["factuurAdres"]["properties"]["landCode"]
    assert [(lack.key, lack.name) for lack in lacks(found, PROFILE)] == [
        ("debtors.fields.country", "factuurAdres.landCode")
    ]


@pytest.mark.parametrize("schema", [{"$ref": "#/components/schemas/Factuur"}, {"$ref": "#/nergens"}, {"items": 5}, 7])
def test_a_description_that_turns_in_circles_or_leads_nowhere_ends(schema: Any) -> None:
    found = description()
    found["components"]["schemas"]["Factuur"] = schema
    assert "invoices.fields" in {lack.key for lack in lacks(found, PROFILE)}


def test_a_description_is_read_from_a_file_or_an_address(tmp_path: Path) -> None:
    file = tmp_path / "swagger.json"
    file.write_text(json.dumps(description()), encoding="utf-8")
    assert read_description(str(file)) == description()
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=description()))
    assert read_description("https://training.coachview.net/swagger.json", transport=transport) == description()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx2.Response(404), "status 404"),
        (httpx2.Response(200, content=b"<html>"), "no JSON"),
        (httpx2.Response(200, json={"a": 1}), "no paths"),
        (httpx2.Response(200, json=[]), "no paths"),
        (httpx2.Response(200, content=bytes(swagger.LARGEST_DESCRIPTION_BYTES + 1)), "larger"),
    ],
)
def test_what_is_no_description_says_why(answer: httpx2.Response, words: str) -> None:
    with pytest.raises(DescriptionError, match=words):
        read_description("https://x.example/", transport=httpx2.MockTransport(lambda _: answer))


def test_an_address_that_does_not_answer_says_so() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("geweigerd", request=request)

    with pytest.raises(DescriptionError, match="geweigerd"):
        read_description("https://x.example/", transport=httpx2.MockTransport(refuse))


def test_a_file_that_is_not_there_or_too_large_says_so(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="cannot be read"):
        read_description(str(tmp_path / "weg.json"))
    large = tmp_path / "groot.json"
    with large.open("wb") as file:
        file.truncate(swagger.LARGEST_DESCRIPTION_BYTES + 1)
    with pytest.raises(DescriptionError, match="larger"):
        read_description(str(large))
