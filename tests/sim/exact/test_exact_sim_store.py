"""The state: what is remembered of it is never older than what is written."""

import contextlib
from collections.abc import Iterator

import pytest
from tests.sim.exact.practice_office import NL

from boekbrug_sim.control import Clock
from boekbrug_sim.exact.desk import Desk
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.switches import switches


@pytest.fixture
def desk() -> Iterator[Desk]:
    store = Store(None, Clock(), seed=1)
    yield Desk(store=store, switches=switches(), division=NL)
    store.close()


def journal(key: str, **more: object) -> dict[str, object]:
    return {"ID": key, "Code": "70", "Division": NL, "Description": "Verkoop"} | more


def test_a_row_that_is_written_is_seen_at_once(desk: Desk) -> None:
    assert desk.by_code("Journals", "70") is None
    with desk.store.transaction():
        desk.store.insert("Journals", journal("a"))
    assert (desk.by_code("Journals", "70") or {})["ID"] == "a"
    with desk.store.transaction():
        desk.store.update("Journals", NL, "a", {"Description": "Ander"})
    assert [row["Description"] for row in desk.rows("Journals", Code="70")] == ["Ander"]
    with desk.store.transaction():
        desk.store.delete("Journals", NL, ID="a")
    assert desk.by_code("Journals", "70") is None


def test_what_was_rolled_back_is_forgotten(desk: Desk) -> None:
    with contextlib.suppress(ZeroDivisionError), desk.store.transaction():
        desk.store.insert("Journals", journal("a"))
        assert desk.by_code("Journals", "70") is not None
        raise ZeroDivisionError
    assert desk.by_code("Journals", "70") is None


def test_guids_never_come_twice_and_are_of_version_4(desk: Desk) -> None:
    made = {desk.store.new_guid() for _ in range(1000)}
    assert len(made) == 1000
    assert {(key[14], key[19]) for key in made} == {("4", "a")}
