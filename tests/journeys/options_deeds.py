"""Options whose effect is more than one invoice in Exact: those that are seen on pages, by the hour, or refused."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import httpx2
from tests.journeys.clicks import Answer
from tests.journeys.form_house import FIRST_OF_LAST_MONTH, TODAY, ZONE, Bill, FormHouse
from tests.journeys.options_table import THIS_MONTH, period

from boekbrug.cli.practice import COACHVIEW_CLIENT, DIVISION_BE, DIVISION_NL

SECRET = "geheim-van-de-webhook"
Deed = Callable[[FormHouse], None]


def the_name_stands_in_the_list_and_is_the_only_one(house: FormHouse) -> None:
    before = house.save({"name": "Exact hoofdkantoor"})
    assert "Exact hoofdkantoor" in house.els.open("/service-center/integraties")
    assert period(house, booked(house)) == THIS_MONTH
    house.refused({"name": "Exact BE"})
    house.save(before)


def the_site_stays_while_somebody_is_logged_in(house: FormHouse) -> None:
    house.refused({"site": "NL"})
    assert house.ledger(booked(house))[0]["division"] == DIVISION_NL


def the_division_stays_once_something_is_booked(house: FormHouse) -> None:
    booked(house)
    house.refused({"division": str(DIVISION_BE), "country": "BE"})


def the_country_is_that_of_the_administration(house: FormHouse) -> None:
    house.refused({"country": "BE"})
    house.refused({"country": "NL"}, division=DIVISION_BE)


def a_filter_that_may_overlap_is_refused(house: FormHouse) -> None:
    house.refused({"invoice_filter_numbers": "30000000-40000000"})


def what_cannot_be_is_refused_and_changes_nothing(house: FormHouse) -> None:
    """A refused form saves nothing, so what follows is booked as before."""
    for answers in IMPOSSIBLE:
        house.refused(answers)
    assert house.ledger(booked(house))[0]["journal"] == "70"


IMPOSSIBLE: tuple[Mapping[str, Answer], ...] = (
    {"debtor_number_2": "debiteurnummer"},
    {"debtor_number_3": "debiteurnummer_extern"},
    {"debtor_number_2": "bedrijf_persoon_extern_id"},
    {"debtor_prefix": "12345678901"},
    {"journal": "72"},
    {"journal": "20"},
    {"receivables_account": "1310"},
    {"export_mode": "bulk", "bulk_repeat": "week"},
    {"export_mode": "bulk", "bulk_repeat": "month", "bulk_day": "monday"},
    {"bulk_time": "25:00"},
    {"invoice_prefix": "A"},
    {"invoice_prefix": "999"},
    {"vat_rounding": "0,06"},
    {"project_source": "opleidingscode", "project_missing": "create"},
    {"book_from": "31-31-2026"},
    {"payments_from": "gisteren"},
    {"coachview_url": "https://ergens.anders.example"},
    {"profile": "onbekend"},
)


def by_day(house: FormHouse) -> None:
    at = in_a_while()
    round_at = waits_for(house, {"bulk_repeat": "day", "bulk_time": f"{at:%H:%M}"})
    assert (round_at, round_at - datetime.now(ZONE) < timedelta(days=1)) == (at, True)


def by_week(house: FormHouse) -> None:
    at = in_a_while() + timedelta(days=3)
    answers = {"bulk_repeat": "week", "bulk_time": f"{at:%H:%M}", "bulk_day": f"{at:%A}".lower()}
    assert waits_for(house, answers) == at


def by_month(house: FormHouse) -> None:
    round_at = waits_for(house, {"bulk_repeat": "month", "bulk_time": "02:30", "bulk_day": "17"})
    assert (round_at.day, f"{round_at:%H:%M}") == (17, "02:30")
    assert timedelta(0) < round_at - datetime.now(ZONE) <= timedelta(days=31)


def in_a_while() -> datetime:
    """About half a day from now, to the minute, and never in the hour in which the clock may change."""
    at = (datetime.now(ZONE) + timedelta(hours=12)).replace(second=0, microsecond=0)
    return at.replace(hour=4) if at.hour in {2, 3} else at


def waits_for(house: FormHouse, answers: Mapping[str, Answer]) -> datetime:
    """Until when an invoice waits with these options; as soon as the koppeling is realtime it is booked."""
    before = house.save({"export_mode": "bulk", **answers})
    number = booked(house)
    assert (house.booking(number).state, house.ledger(number)) == ("ready", [])
    round_at = house.koppeling().round_at
    assert round_at is not None
    house.save(before)
    house.work()
    assert period(house, number) == THIS_MONTH
    return round_at.astimezone(ZONE)


def schaduw_is_kept(house: FormHouse) -> None:
    kept(house, {"purpose": "schaduw"})


def payment_registration_freezes_the_length_of_the_prefix(house: FormHouse) -> None:
    booked(house)
    before = house.save({"payment_registration": True, "payments_from": FIRST_OF_LAST_MONTH.isoformat()})
    house.refused({"invoice_prefix": "9"})
    house.save(before)
    kept(house, {"payments_from": TODAY.isoformat()})


def kept(house: FormHouse, answers: Mapping[str, Answer]) -> None:
    """What is saved stands there again."""
    before = house.save(answers)
    assert house.save(before) == answers


def nothing_comes_of_a_wrong_coachview(house: FormHouse) -> None:
    """Address, client-id and secret each decide whether anything is fetched."""
    right: Mapping[str, Answer] = {
        "coachview_url": house.book.coachview.address,
        "coachview_client_id": COACHVIEW_CLIENT[0],
        "coachview_client_secret": COACHVIEW_CLIENT[1],
    }
    wrong = {
        "coachview_url": "http://127.0.0.1:9",
        "coachview_client_id": "onbekend",
        "coachview_client_secret": "fout",
    }
    for name, value in wrong.items():
        house.save({name: value})
        number = house.bill(Bill())
        house.work()
        assert not house.is_known(number), name
        house.save({name: right[name]})
        house.work()
        assert period(house, number) == THIS_MONTH, name


def the_profile_names_what_is_read(house: FormHouse) -> None:
    before = house.save({"profile": "coachview"})
    assert before == {"profile": "coachview"}
    assert period(house, booked(house)) == THIS_MONTH


def a_webhook_with_a_secret_is_signed(house: FormHouse) -> None:
    """Only a signed call counts, until the secret is given up."""
    house.els.open(house.pages[DIVISION_NL])
    (hook,) = house.els.page.xpath("//input[@id='webhookadres']/@value")
    house.save({"webhook_secret": SECRET})
    body = b'{"entity": "Facturen"}'
    signature = hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()
    signed = {"X-WebHook-Signature": signature}
    assert [_call(house, hook, body, headers) for headers in ({}, signed)] == [403, 200]
    house.save({"webhook_unsigned": True})
    assert _call(house, hook, body, {}) == 200
    assert period(house, booked(house)) == THIS_MONTH


def _call(house: FormHouse, hook: str, body: bytes, headers: Mapping[str, str]) -> int:
    answer: httpx2.Response = house.els.http.post(hook, content=body, headers=dict(headers))
    return answer.status_code


def booked(house: FormHouse) -> str:
    """The number of an invoice that was made and worked on."""
    number = house.bill(Bill())
    house.work()
    return number


DEEDS: Mapping[Deed, tuple[str, ...]] = {
    the_name_stands_in_the_list_and_is_the_only_one: ("name",),
    the_site_stays_while_somebody_is_logged_in: ("site",),
    the_division_stays_once_something_is_booked: ("division",),
    the_country_is_that_of_the_administration: ("country",),
    a_filter_that_may_overlap_is_refused: ("invoice_filter_numbers",),
    what_cannot_be_is_refused_and_changes_nothing: (),
    by_day: ("export_mode", "bulk_repeat", "bulk_time"),
    by_week: ("bulk_repeat", "bulk_day"),
    by_month: ("bulk_repeat", "bulk_day"),
    schaduw_is_kept: ("purpose",),
    payment_registration_freezes_the_length_of_the_prefix: ("payment_registration", "payments_from"),
    nothing_comes_of_a_wrong_coachview: ("coachview_url", "coachview_client_id", "coachview_client_secret"),
    the_profile_names_what_is_read: ("profile",),
    a_webhook_with_a_secret_is_signed: ("webhook_secret", "webhook_unsigned"),
}
"""What is done, and the inputs that it shows the effect of."""
