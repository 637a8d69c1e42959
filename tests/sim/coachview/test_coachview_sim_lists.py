"""Lists of the Coachview simulator, by coachview.md 4.3."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.coachview.practice_coachview import Coachview, practice_coachview

from boekbrug_sim.coachview.lists import read_page, read_query
from boekbrug_sim.coachview.profile import profile
from boekbrug_sim.coachview.records import Loaded, Records
from boekbrug_sim.coachview.where import BadCondition, conditions, span_of, stored_moment, value_at

CHANGED = "audittrail.gewijzigdDatumTijd"


def numbers(rows: list[dict[str, object]]) -> list[str]:
    return [str(row["factuurnummer"]) for row in rows]


def test_a_list_is_an_array_of_invoices_with_dutch_keys(coachview: Coachview) -> None:
    rows = coachview.invoices()
    assert len(rows) == 60
    invoice = coachview.invoice("20260004")
    assert invoice["factuurStatusId"] == "Definitief"
    assert invoice["debiteur"]["naam"] == "Gemeente Lageveld"
    assert invoice["factuurregels"][0]["btw"] == {"code": "2", "percentage": 0.09}
    assert invoice["factuurregels"][0]["kostenplaats"] == {"code": "Intern"}
    assert invoice["btwSpecificatie"] == [{"btwCode": "2", "grondslag": 329.76, "btwBedrag": 29.68}]
    assert invoice["audittrail"]["gewijzigdDatumTijd"] == "2026-10-06T09:00:03"


def test_relations_come_only_when_asked_for(coachview: Coachview) -> None:
    (row,) = coachview.get("Facturen", where="factuurnummer=20260004").json()
    assert {"debiteur", "factuurregels", "btwSpecificatie", "betaalwijze"}.isdisjoint(row)
    assert row["debiteurId"]
    assert row["audittrail"]


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("factuurnummer=20260004", 1),
        ("FACTUURNUMMER=20260004,20260005,99999999", 2),
        ("factuurStatusId=concept", 1),
        ("totaalInclBtw<0", 3),
        ("totaalInclBtw>=0;factuurStatusId=Definitief", 56),
        ("debiteur.debiteurnummer=00101;totaalInclBtw>0", 3),
        ("betaald=true", 1),
        ("factuurdatum=22-11-2026,24-11-2026", 3),
        ("factuurdatum>20-11-2026", 3),
        ("factuurdatum<2026-09-01", 3),
        ("factuurdatum<=31-12-9999;factuurdatum>01-01-0001", 59),
        ("factuurdatum>31-12-9999", 0),
        ("totaalInclBtw=359.44,185.13", 1),
        ("factuurStatusId=Concept,Definitief", 60),
        ("debiteur.particulier=true", 6),
        ("valutaCode=USD", 1),
        (" ; ", 60),
    ],
)
def test_where_filters(coachview: Coachview, where: str, count: int) -> None:
    assert len(coachview.invoices(where=where)) == count


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (f"{CHANGED}>06.10.2026 09:00:03", 0),
        (f"{CHANGED}>=06-10-2026 09:00:03", 1),
        (f"{CHANGED}=06-10-2026 09:00:03,06-10-2026 09:00:03", 1),
        (f"{CHANGED}=06-10-2026,06-10-2026", 1),
        (f"{CHANGED}=06-10-2026", 1),
        (f"{CHANGED.lower()}<=2026-10-06T09:00:03", 1),
        (f"{CHANGED}<06-10-2026 09:00:03", 0),
    ],
)
def test_changed_at_is_filtered_to_the_second(coachview: Coachview, condition: str, count: int) -> None:
    assert len(coachview.invoices(where=f"{condition};factuurnummer=20260004", Count="true")) == count


def test_skip_and_take_page_through_everything_once(coachview: Coachview) -> None:
    pages = [numbers(coachview.invoices(skip=str(skip), take="25", orderby=f"{CHANGED} asc")) for skip in (0, 25, 50)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({number for page in pages for number in page}) == 60


def test_take_is_never_more_than_a_hundred() -> None:
    with practice_coachview(scenario="load", invoices=250) as coachview:
        assert len(coachview.invoices(take="1000")) == 100
        assert len(coachview.invoices()) == 100


@pytest.mark.parametrize("where", ["", "totaalInclBtw<0", f"{CHANGED}>01-11-2026", "factuurnummer=20260004"])
def test_count_gives_all_rows_in_a_header(coachview: Coachview, where: str) -> None:
    answer = coachview.get("Facturen", where=where, Count="true", take="2", skip="1")
    everything = coachview.get("Facturen", where=where).json()
    assert answer.headers["RowCount"] == str(len(everything))
    assert "RowCount" not in coachview.get("Facturen").headers


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ("totaalInclBtw asc", "totaalInclBtw"),
        ("totaalInclBtw desc", "totaalInclBtw"),
        ("factuurnummer", "factuurnummer"),
    ],
)
def test_orderby_sorts(coachview: Coachview, order: str, field: str) -> None:
    values = [row[field] for row in coachview.invoices(orderby=order)]
    assert values == sorted(values, reverse=order.endswith("desc"))


def test_a_changed_record_takes_its_place_in_the_order_of_changes(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    coachview.control("clock", {"freeze": "2026-11-24T11:50:00+00:00"})
    coachview.control("records", {"entity": "Facturen", "id": invoice["id"], "values": {"opmerking": "later"}})
    assert numbers(coachview.invoices(orderby=f"{CHANGED} asc"))[-1] == "20260004"
    assert numbers(coachview.invoices(orderby=f"{CHANGED} desc"))[0] == "20260004"
    assert numbers(coachview.invoices(where=f"{CHANGED}>24-11-2026 12:49:59")) == ["20260004"]
    assert len(coachview.invoices()) == 60


def test_too_high_a_skip_times_out_as_500(coachview: Coachview) -> None:
    assert coachview.get("Facturen", skip="10000").status_code == 200
    answer = coachview.get("Facturen", skip="10001")
    assert answer.status_code == 500
    assert "Timeout" in answer.json()["title"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"where": "factuurnummer~1"},
        {"where": "nietsvandit=1"},
        {"where": f"{CHANGED}>gisteren"},
        {"where": f"{CHANGED}=01-01-2026,02-01-2026,03-01-2026"},
        {"where": f"{CHANGED}>31-02-2026"},
        {"where": "debiteur.nietsvandit=1"},
        {"where": "debiteur=x"},
        {"where": "totaalInclBtw>veel"},
        {"where": "totaalInclBtw>1,2"},
        {"where": "betaald=misschien"},
        {"where": "betaald>true"},
        {"where": "factuurdatum=31-02-2026"},
        {"where": "factuurdatum>gisteren"},
        {"orderby": "factuurnummer up"},
        {"orderby": "nietsvandit"},
        {"Count": "ja"},
        {"InclusiefDirecteRelaties": "1"},
        {"where": "betaald=true", "Where": "betaald=false"},
        {"betaald": "misschien"},
        {"skip": "٣"},
        {"take": "-1"},
        {"skip": "x"},
    ],
)
def test_what_cannot_be_read_is_a_400(coachview: Coachview, parameters: dict[str, str]) -> None:
    assert coachview.get("Facturen", **parameters).status_code == 400


def test_a_field_may_be_a_parameter_of_its_own(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    assert len(coachview.invoices(DebiteurId=invoice["debiteurId"])) == 4


def test_records_are_found_by_id_in_the_order_asked_for() -> None:
    with practice_coachview(scenario="load", invoices=500) as coachview:
        ids = [row["id"] for row in coachview.invoices(take="7")]
        asked = coachview.invoices(where=f"id={','.join(reversed(ids))}", orderby=f"{CHANGED} desc", Count="true")
        assert [row["id"] for row in asked] == list(reversed(ids))


def test_a_number_is_found_among_a_million_without_looking_at_all_of_them() -> None:
    with practice_coachview(scenario="load", invoices=1_000_000) as coachview:
        (row,) = coachview.invoices(where="factuurnummer=30700001", Count="true")
        assert row["factuurnummer"] == "30700001"
        change = {"entity": "Facturen", "id": row["id"], "values": {"factuurnummer": "X-1"}}
        coachview.control("records", change)
        assert coachview.invoices(where="factuurnummer=30700001") == []
        found = coachview.invoices(where="factuurnummer=X-1,30000001,31000001", orderby="factuurnummer desc")
        assert numbers(found) == ["X-1", "30000001"]


def test_a_search_that_takes_too_long_times_out() -> None:
    with practice_coachview(scenario="load", invoices=1_000_000) as coachview:
        coachview.control("switches", {"search_seconds": 0})
        answer = coachview.get("Facturen", where="totaalInclBtw<-1000000", Count="true")
        assert answer.status_code == 500
        assert "Timeout" in answer.json()["title"]


def test_others_are_served_while_somebody_searches_long() -> None:
    with practice_coachview(scenario="load", invoices=1_000_000) as coachview, ThreadPoolExecutor() as pool:
        coachview.control("switches", {"search_seconds": 3})
        slow = pool.submit(coachview.get, "Facturen", where="totaalInclBtw<-1000000", Count="true")
        assert coachview.get("Debiteuren", take="1").status_code == 200
        assert slow.result().status_code == 500


def test_debtors_are_listed_and_read(coachview: Coachview) -> None:
    rows = coachview.get("debiteuren", where="debiteurnummer=00101").json()
    assert [row["naam"] for row in rows] == ["Zorggroep Waterland"]
    whole = coachview.get(f"Debiteuren/{rows[0]['id']}", InclusiefDirecteRelaties="true").json()
    assert whole["bedrijf"]["externeIds"] == [{"externId": "101", "externSource": "Exact"}]
    assert whole["persoon"] is None


def test_an_unknown_entity_or_id_is_a_404(coachview: Coachview) -> None:
    assert coachview.get("Grootboek").status_code == 404
    assert coachview.get("Facturen/3fa85f64-0000-4562-b3fc-2c963f66afa6").status_code == 404
    assert coachview.get("Facturen/geen-id").status_code == 404


def test_what_the_clock_has_not_reached_is_not_there_yet(coachview: Coachview) -> None:
    late = coachview.invoice("20260028")
    coachview.control("clock", {"freeze": "2026-11-01T12:00:00+00:00"})
    coachview.login()
    assert "20260028" not in numbers(coachview.invoices())
    assert coachview.get(f"Facturen/{late['id']}").status_code == 404


MOMENT = st.datetimes(
    min_value=datetime(2026, 9, 1),  # noqa: DTZ001 - local times have no zone
    max_value=datetime(2026, 11, 24),  # noqa: DTZ001 - idem
).map(lambda moment: moment.replace(microsecond=0))
NOW = datetime(2026, 11, 24, 12, 0, 0)  # noqa: DTZ001 - idem


def _stamp(value: object) -> datetime:
    moment = stored_moment(value)
    assert moment is not None
    return moment


@settings(max_examples=40, deadline=None)
@given(
    moments=st.lists(MOMENT, min_size=1, max_size=2),
    operator=st.sampled_from(["=", ">", ">=", "<", "<="]),
    touched=st.lists(st.tuples(st.integers(0, 59), MOMENT), max_size=6),
    order=st.sampled_from(["", f"{CHANGED} asc", f"{CHANGED} desc"]),
)
def test_a_window_on_changed_at_gives_what_plain_python_gives(
    moments: list[datetime], operator: str, touched: list[tuple[int, datetime]], order: str
) -> None:
    names, records = profile(), Records(profile(), None)
    records.load(Loaded(name="demo", seed=1, invoices=None, today=NOW.date()))
    for place, moment in touched:
        records.change("invoices", place, {"opmerking": "aangeraakt"}, moment)
    values = moments if operator == "=" else moments[:1]
    where = f"{CHANGED}{operator}{','.join(f'{moment:%d-%m-%Y %H:%M:%S}' for moment in values)}"
    parameters = {"where": where, "orderby": order, "Count": "true"}
    query = read_query(parameters.items(), names, records.fields("invoices"))
    page = asyncio.run(read_page(query, "invoices", records, NOW))
    (condition,) = conditions(where, separator=";", value_separator=",")
    span, path = span_of(condition), tuple(CHANGED.lower().split("."))
    every = [records.read("invoices", place) for place in range(60)]
    expected = [row for row in every if span.holds(_stamp(value_at(row, path)))]
    if order:
        expected.sort(key=lambda row: str(value_at(row, path)), reverse=order.endswith("desc"))
        assert [value_at(row, path) for row in page.rows] == [value_at(row, path) for row in expected]
    else:
        assert list(page.rows) == expected
    assert {row["id"] for row in page.rows} == {row["id"] for row in expected}
    assert page.total == len(expected)
    records.close()


@given(text=st.text(max_size=60))
def test_no_text_of_a_where_breaks_the_reader(text: str) -> None:
    try:
        found = conditions(text, separator=";", value_separator=",")
    except BadCondition:
        return
    assert all(condition.operator in {"=", ">", ">=", "<", "<="} for condition in found)
