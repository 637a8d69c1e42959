"""Courses, lessons, companies, persons, requests, sales lines of the Coachview simulator, by coachview.md 4.3, 4.4."""

from typing import Any

import pytest
from tests.sim.coachview.practice_coachview import RELATIONS, Coachview, practice_coachview

from boekbrug_sim.coachview.catalogue import SHELVES

PATHS = [shelf.path for shelf in SHELVES.values()]


def rows(coachview: Coachview, path: str, **parameters: str) -> list[dict[str, Any]]:
    """A list with relations."""
    answer = coachview.get(path, **{**RELATIONS, **parameters})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def leaves(row: dict[str, Any], before: str = "") -> set[str]:
    """The dotted names of the plain fields."""
    found: set[str] = set()
    for key, value in row.items():
        found |= leaves(value, f"{before}{key}.") if isinstance(value, dict) else {before + key}
    return found


@pytest.mark.parametrize("path", PATHS)
def test_every_entity_is_listed_counted_paged_found_and_described(coachview: Coachview, path: str) -> None:
    first = coachview.get(path, Count="true", take="5", **RELATIONS)
    total = int(first.headers["RowCount"])
    assert total > 0
    some = rows(coachview, path, take="100")
    assert len({row["id"] for row in some}) == len(some) == min(total, 100)
    one = coachview.get(f"{path}/{some[-1]['id']}", **RELATIONS).json()
    assert one == some[-1] == rows(coachview, path, where=f"id={one['id']}")[0]
    shelf = SHELVES[path.lower()]
    assert leaves(one) == {*shelf.fields, "audittrail.gewijzigdDatumTijd"}
    schema = coachview.http.get("/swagger/v1/swagger.json").json()["components"]["schemas"][path]
    assert set(schema["properties"]) == set(one)


@pytest.mark.parametrize("path", PATHS)
def test_every_entity_needs_its_own_scope(coachview: Coachview, path: str) -> None:
    coachview.login("api Facturen.Lezen")
    assert len({row["id"] for row in rows(coachview, path)}) == 1
    coachview.login(f"api {path}.Lezen")
    assert len(rows(coachview, path)) >= 2


def test_what_third_parties_ask_is_answered_as_they_expect(coachview: Coachview) -> None:
    kinds = {row["code"]: row["id"] for row in rows(coachview, "Opleidingssoorten")}
    courses = rows(coachview, "Opleidingen", where="startDatum>=01-11-2026;opleidingStatusId=TeStarten,Definitief")
    assert courses
    assert all(row["startDatum"] >= "2026-11-01T00:00:00" for row in courses)
    own = rows(coachview, "Opleidingen", OpleidingssoortId=kinds["VCA"])
    assert {row["opleidingssoort"]["code"] for row in own} == {"VCA"}
    ids = ",".join(row["id"] for row in courses[:3])
    lessons = rows(coachview, "Opleidingsonderdelen", where=f"opleidingId={ids}", orderby="datumTijdVan asc")
    assert {row["opleidingId"] for row in lessons} == {row["id"] for row in courses[:3]}
    assert [row["datumTijdVan"] for row in lessons] == sorted(row["datumTijdVan"] for row in lessons)
    assert lessons[0]["tijdVan"] == "09:00:00"
    assert not coachview.get("Opleidingen", where="startDatum<=01-01-2026").json()


@pytest.mark.parametrize("scenario", ["demo", "load"])
def test_the_course_and_request_of_an_invoice_line_are_there(scenario: str) -> None:
    with practice_coachview(scenario=scenario, invoices=60) as coachview:
        courses = [row for skip in ("0", "100", "200") for row in rows(coachview, "Opleidingen", skip=skip)]
        by_code = {(row["code"], row["startDatum"], row["eindDatum"]) for row in courses}
        requests = {row["aanvraagnummer"]: row["id"] for row in rows(coachview, "Aanvragen")}
        debtors = {row["id"] for row in rows(coachview, "Debiteuren")}
        lines = [line for invoice in coachview.invoices() for line in invoice["factuurregels"]]
        assert debtors
        for line in lines:
            course, request = line["opleiding"], line["aanvraag"]
            if course and course["startDatum"]:
                days = (f"{course['startDatum'][:10]}T00:00:00", f"{course['eindDatum'][:10]}T00:00:00")
                assert (course["code"], *days) in by_code
            if request and request["aanvraagnummer"]:
                assert request["aanvraagnummer"] in requests
        (number, key) = next(iter(requests.items()))
        sold = rows(coachview, "Orderverkoopregels", where=f"aanvraagid={key}")
        assert {line["omschrijving"] for line in sold} <= {line["omschrijving"] for line in lines}
        assert sold, number


def test_free_fields_come_by_record_or_with_the_rows(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260018")
    (field,) = coachview.get("Facturen/Vrijevelden", where=f"recordId={invoice['id']}").json()
    assert field["data"] == invoice["referentienummer"] == "Raamcontract 9"
    assert set(field["vrijveldDefinitie"]) == {
        *("volgorde", "code", "label", "vrijveldTypeId", "expressie", "inactief", "vertrouwelijk"),
    }
    (row,) = coachview.get("Facturen", where="factuurnummer=20260018", InclusiefVrijevelden="true").json()
    assert row["vrijevelden"] == [field]
    assert coachview.get("Facturen/Vrijevelden").status_code == 400
    assert coachview.get("Docenten/Vrijevelden", where="recordId=x").json() == []
    coachview.login("api Debiteuren.Lezen")
    assert coachview.get("Facturen/Vrijevelden", where="recordId=x").status_code == 403


def test_a_course_can_be_changed_by_a_control_call(coachview: Coachview) -> None:
    (course,) = rows(coachview, "Opleidingen", take="1")
    change = {"entity": "Opleidingen", "id": course["id"], "values": {"opleidingStatusId": "Geannuleerd"}}
    coachview.control("records", change)
    assert [row["id"] for row in rows(coachview, "Opleidingen", where="opleidingStatusId=Geannuleerd")] == [
        course["id"]
    ]
    changed = rows(coachview, "Opleidingen", where="audittrail.gewijzigddatumtijd>=24-11-2026 12:00:00")
    assert [row["id"] for row in changed] == [course["id"]]
