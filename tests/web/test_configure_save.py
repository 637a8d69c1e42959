"""Every option is saved through the form, stored in a version, and shown again."""

from typing import Any

import pytest
from tests.web import making
from tests.web.configuring import Desk, desk, faults
from tests.web.reading_pages import text_of

from boekbrug.domain.option_values import ORGANISATION_KEYS, READERS
from boekbrug.store import models
from boekbrug.store.integrations import create_integration

TICKED, NOT = "on", None

# What is typed besides, so that the option alone is not refused.
BESIDE: dict[str, dict[str, Any]] = {
    "debtor_number_1": {},
    "debtor_number_3": {"debtor_number_2": "debiteurnummer_extern", "external_source": "AFAS"},
    "bulk_repeat": {"bulk_day": "monday"},
    "site": {"country": "BE"},
    "country": {"site": "BE"},
}
TYPED: dict[str, tuple[Any, Any]] = {
    "name": ("Exact Noord", "Exact Noord"),
    "site": ("BE", "BE"),
    "division": ("100001", 100001),
    "country": ("BE", "BE"),
    "book_from": ("2026-07-01", "2026-07-01"),
    "purpose": ("proef", "proef"),
    "overwrite_customer": (TICKED, True),
    "debtor_number_1": ("debiteurnummer_extern", "debiteurnummer_extern"),
    "debtor_number_2": ("debiteurnummer_extern", "debiteurnummer_extern"),
    "debtor_number_3": ("bedrijf_persoon_extern_id", "bedrijf_persoon_extern_id"),
    "external_source": ("AFAS", "AFAS"),
    "debtor_prefix": ("9", "9"),
    "protected_fields": (["iban", "email"], ["iban", "email"]),
    "deferred_revenue": (TICKED, True),
    "period_date_1": ("order_startdatum", "order_startdatum"),
    "period_date_2": ("exportdatum", "exportdatum"),
    "entry_date": ("order_einddatum", "order_einddatum"),
    "credit_notes": (TICKED, True),
    "journal": ("71", "71"),
    "receivables_account": ("1310", "1310"),
    "send_pdf": (NOT, False),
    "export_mode": ("bulk", "bulk"),
    "bulk_time": ("02:30", "02:30"),
    "bulk_repeat": ("week", "week"),
    "bulk_day": ("28", "28"),
    "send_cost_centre": (NOT, False),
    "cost_centre_none": ("Geen", "Geen"),
    "invoice_prefix": ("2", "2"),
    "payment_registration": (TICKED, True),
    "payments_from": ("2025-01-01", "2025-01-01"),
    "closed_period": ("first_open", "first_open"),
    "vat_rounding": ("0,05", "0.05"),
    "project_source": ("aanvraagnummer", "aanvraagnummer"),
    "project_missing": ("create", "create"),
}


@pytest.fixture
def fresh(db: None) -> Desk:
    """An administrator at a koppeling that has the defaults and no connection yet."""
    institute = making.institute()
    made = create_integration(institute.organisation.pk, {"name": "Nieuw"}, who="f", now=making.NIGHT)
    return Desk(client=desk(institute).client, integration_id=made)


def test_the_table_has_every_option_of_the_koppeling() -> None:
    assert set(TYPED) | {"invoice_filter"} == set(READERS) - ORGANISATION_KEYS


@pytest.mark.parametrize("key", sorted(TYPED))
def test_an_option_is_saved_stored_and_shown_again(key: str, fresh: Desk) -> None:
    typed, stored = TYPED[key]
    assert fresh.stored()[key] != stored
    answer = fresh.save({**BESIDE.get(key, {}), key: typed})
    assert answer.status_code == 302, faults(answer)
    assert answer["Location"] == fresh.address
    assert fresh.stored()[key] == stored
    assert fresh.versions()[-1].changes[key]["new"] == stored
    assert fresh.inputs().get(key) == (None if typed is None else typed if isinstance(typed, list) else [typed])


def test_the_three_parts_of_the_filter_are_one_option(fresh: Desk) -> None:
    parts = {
        "invoice_filter_numbers": "20260001-20269999, 7",
        "invoice_filter_cost_centres": "UTR, AMS",
        "invoice_filter_course_kinds": "BHV",
    }
    fresh.save(parts)
    numbers = [["20260001", "20269999"], ["7", "7"]]
    assert fresh.stored()["invoice_filter"] == {
        "numbers": numbers,
        "cost_centres": ["UTR", "AMS"],
        "course_kinds": ["BHV"],
    }
    assert {name: fresh.inputs()[name] for name in parts} == {name: [value] for name, value in parts.items()}


def test_what_is_shown_and_sent_back_changes_nothing(fresh: Desk) -> None:
    before = fresh.versions()
    answer = fresh.client.post(fresh.address, fresh.inputs(), follow=True)
    assert "Er is niets gewijzigd: versie 1 blijft gelden." in text_of(answer.content.decode())
    assert fresh.versions() == before


def test_saving_says_which_version_holds_now_and_who_saved_it(fresh: Desk) -> None:
    fresh.save({"debtor_prefix": "9"})
    page = fresh.client.get(fresh.address).content.decode()
    assert "Opgeslagen als versie 2." in text_of(page.partition('role="status"')[2])
    assert "Versie 2 · beheer@noord.example" in text_of(page)
    assert "Opgeslagen als versie" not in fresh.client.get(fresh.address).content.decode()


def test_many_changes_are_one_version(fresh: Desk) -> None:
    fresh.save({"debtor_prefix": "9", "entry_date": "exportdatum", "send_pdf": NOT, "project_source": "opleidingscode"})
    newest = fresh.versions()[-1]
    assert newest.number == 2
    assert set(newest.changes) == {"debtor_prefix", "entry_date", "send_pdf", "project_source"}


def test_options_that_were_not_there_when_it_was_saved_have_their_defaults(fresh: Desk) -> None:
    version = fresh.versions()[0]
    values = {key: value for key, value in version.values.items() if key != "closed_period"}
    models.OptionVersion.objects.filter(pk=version.pk).update(values=values)
    assert fresh.inputs()["closed_period"] == ["hold"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_is_there_in_both_languages(language: str, fresh: Desk) -> None:
    fresh.client.cookies["django_language"] = language
    assert fresh.inputs()["vat_rounding"] == ["0,02" if language == "nl" else "0.02"]
    assert fresh.save().status_code == 302
    assert len(fresh.versions()) == 1
