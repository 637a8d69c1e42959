"""Two people at one koppeling: nothing is overwritten, the second sees what the first saved and his own input on it."""

from http import HTTPStatus

import pytest
from tests.web import making
from tests.web.configuring import Desk, desk, inputs_of
from tests.web.reading_pages import text_of


@pytest.fixture
def els(noord: making.Institute) -> Desk:
    """One administrator."""
    return desk(noord, "els@noord.example")


@pytest.fixture
def jan(noord: making.Institute) -> Desk:
    """Another administrator of the same institute."""
    return desk(noord, "jan@noord.example")


def told(answer: object) -> str:
    """What the second one reads on top of the form."""
    page = answer.content.decode()  # type: ignore[attr-defined]
    return text_of(page.partition('id="intussen"')[2].partition("</div></div>")[0])


def test_the_second_overwrites_nothing_and_reads_who_saved_what_when(els: Desk, jan: Desk) -> None:
    form = jan.inputs()
    els.save({"entry_date": "exportdatum", "debtor_prefix": "7"})
    answer = jan.save({"entry_date": "order_einddatum", "send_pdf": None}, form=form)
    assert answer.status_code == HTTPStatus.OK
    assert [version.saved_by for version in jan.versions()][-1] == "els@noord.example"
    words = told(answer)
    assert "els@noord.example, " in words
    assert "Boekdatum: van Factuurdatum naar Exportdatum" in words
    assert "Prefix debiteurnummer: van 9 naar 7" in words
    assert "U vulde daar in: Boekdatum: Einddatum order" in words
    assert "PDF" not in words


def test_what_only_the_first_changed_stands_and_what_the_second_typed_is_on_top(els: Desk, jan: Desk) -> None:
    form = jan.inputs()
    els.save({"entry_date": "exportdatum", "debtor_prefix": "7"})
    shown = inputs_of(jan.save({"entry_date": "order_einddatum", "send_pdf": None}, form=form))
    assert shown["version"] == ["3"]
    assert (shown["debtor_prefix"], shown["entry_date"]) == (["7"], ["order_einddatum"])
    assert "send_pdf" not in shown


def test_saving_again_puts_it_on_top(els: Desk, jan: Desk) -> None:
    form = jan.inputs()
    els.save({"entry_date": "exportdatum", "debtor_prefix": "7"})
    shown = inputs_of(jan.save({"entry_date": "order_einddatum"}, form=form))
    assert jan.save(form=shown).status_code == HTTPStatus.FOUND
    stored = jan.stored()
    assert (stored["entry_date"], stored["debtor_prefix"]) == ("order_einddatum", "7")
    assert jan.versions()[-1].changes.keys() == {"entry_date"}


def test_a_third_save_meanwhile_is_told_too(els: Desk, jan: Desk) -> None:
    form = jan.inputs()
    els.save({"debtor_prefix": "7"})
    shown = inputs_of(jan.save({"send_pdf": None}, form=form))
    els.save({"debtor_prefix": "8"})
    again = jan.save(form=shown)
    assert "Prefix debiteurnummer: van 7 naar 8" in told(again)
    assert jan.stored()["send_pdf"] is True


def test_coachview_is_guarded_as_well_and_its_secret_stays_unseen(els: Desk, jan: Desk) -> None:
    form = jan.inputs()
    els.save({"coachview_client_id": "els-client", "coachview_client_secret": "s3cret-of-els"})
    answer = jan.save({"coachview_client_id": "jan-client", "coachview_client_secret": "s3cret-of-jan"}, form=form)
    words = told(answer)
    assert "Client-id: van geen naar els-client" in words
    assert "Secret: ingevuld" in words
    assert "Client-id: jan-client" in words
    assert b"s3cret" not in answer.content
    assert inputs_of(answer)["coachview_client_id"] == ["jan-client"]


def test_coachview_saved_meanwhile_does_not_stop_who_changes_something_else(els: Desk, jan: Desk) -> None:
    form = jan.inputs()
    els.save({"coachview_client_id": "els-client"})
    assert jan.save({"debtor_prefix": "7"}, form=form).status_code == HTTPStatus.FOUND
    assert jan.inputs()["coachview_client_id"] == ["els-client"]


@pytest.mark.parametrize("version", ["", "abc", "99", "-1", "9" * 30])
def test_a_form_that_names_no_version_overwrites_nothing(version: str, jan: Desk) -> None:
    before = jan.versions()
    answer = jan.save({"version": version, "debtor_prefix": "7"})
    assert answer.status_code == HTTPStatus.OK
    assert jan.versions() == before
