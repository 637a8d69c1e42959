"""Coachview's webhook is a wake-up and nothing more: whatever it holds, however often it comes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web import making

from boekbrug import log, wiring
from boekbrug.coachview.webhook import LARGEST_BODY_BYTES, SIGNATURE_HEADER, signature_of
from boekbrug.queue.port import Job
from boekbrug.store import models, webhooks

SECRET = "een-gedeeld-geheim"
EVENT = b'{"event": "Facturen.Gewijzigd", "id": "1"}'


@pytest.fixture
def noord(transactional_db: None) -> Iterator[making.Institute]:
    """An institute that was read long ago; its wake-ups are really committed."""
    made = making.institute()
    yield made
    wiring.queue().cancel(made.administration.pk)


def address(institute: making.Institute) -> str:
    secret = webhooks.webhook_of(institute.organisation.pk).address_secret
    return reverse("coachview_hook", args=[secret])


def knock(where: str, body: bytes = EVENT, signature: str | None = None) -> int:
    """The status of one call, made as Coachview makes it: without a cookie or a token."""
    client = Client(enforce_csrf_checks=True)
    headers = {} if signature is None else {SIGNATURE_HEADER: signature}
    return client.post(where, data=body, content_type="application/json", headers=headers).status_code


def woken(institute: making.Institute) -> list[Job]:
    return [job for job in wiring.queue().jobs() if job.administration_id == institute.administration.pk]


def fetch_due(institute: making.Institute) -> bool:
    rows = models.DueStep.objects.filter(administration=institute.administration, step="fetch")
    return rows.filter(due_at__lte=timezone.now()).exists()


@pytest.mark.parametrize(
    "body", [EVENT, b"", b"{", b"\xff\x00 garbage", b"<html>", b'{"a":' * 5000, b"x" * LARGEST_BODY_BYTES]
)
def test_whatever_it_says_it_makes_the_fetch_due_and_wakes_the_queue(noord: making.Institute, body: bytes) -> None:
    assert knock(address(noord), body) == HTTPStatus.OK
    assert fetch_due(noord)
    assert [job.lane for job in woken(noord)] == ["rt"]


def test_a_bulk_koppeling_is_woken_in_its_own_lane(noord: making.Institute) -> None:
    latest = models.OptionVersion.objects.filter(integration=noord.integration).order_by("-number")[0]
    models.OptionVersion.objects.filter(pk=latest.pk).update(values=latest.values | {"export_mode": "bulk"})
    assert knock(address(noord)) == HTTPStatus.OK
    assert [job.lane for job in woken(noord)] == ["bulk"]


def nothing_happened(institute: making.Institute) -> bool:
    return not fetch_due(institute) and woken(institute) == []


@pytest.mark.parametrize("secret", ["0" * 32, "x", "ünïcode", "a" * 5000])
def test_a_wrong_secret_is_not_found(noord: making.Institute, secret: str) -> None:
    address(noord)
    assert knock(reverse("coachview_hook", args=[secret])) == HTTPStatus.NOT_FOUND
    assert nothing_happened(noord)


def test_the_address_holds_128_bits_and_is_shown_again(noord: making.Institute) -> None:
    first = webhooks.webhook_of(noord.organisation.pk)
    assert len(bytes.fromhex(first.address_secret)) == 16
    assert webhooks.webhook_of(noord.organisation.pk) == first


def test_a_renewed_address_stops_the_old_one_at_once(noord: making.Institute) -> None:
    old = address(noord)
    webhooks.renew_webhook(noord.organisation.pk)
    assert knock(old) == HTTPStatus.NOT_FOUND
    assert nothing_happened(noord)
    assert knock(address(noord)) == HTTPStatus.OK


def test_with_a_shared_secret_only_a_signed_body_counts(noord: making.Institute) -> None:
    webhooks.set_webhook_secret(noord.organisation.pk, SECRET)
    where = address(noord)
    for wrong in (None, "", "garbage", signature_of(EVENT, "another"), signature_of(b"another body", SECRET)):
        assert knock(where, EVENT, wrong) == HTTPStatus.FORBIDDEN
    assert nothing_happened(noord)
    assert knock(where, EVENT, signature_of(EVENT, SECRET)) == HTTPStatus.OK
    assert fetch_due(noord)


def test_the_shared_secret_can_be_taken_off_again(noord: making.Institute) -> None:
    webhooks.set_webhook_secret(noord.organisation.pk, SECRET)
    assert webhooks.webhook_of(noord.organisation.pk).signed
    webhooks.set_webhook_secret(noord.organisation.pk, "")
    assert not webhooks.webhook_of(noord.organisation.pk).signed
    assert knock(address(noord)) == HTTPStatus.OK


def test_a_body_that_is_too_large_is_refused(noord: making.Institute) -> None:
    assert knock(address(noord), b"x" * (LARGEST_BODY_BYTES + 1)) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert nothing_happened(noord)


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_only_a_post_wakes(noord: making.Institute, method: str) -> None:
    answer: Any = getattr(Client(), method)(address(noord))
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert nothing_happened(noord)


def test_a_flood_collapses_into_one_job(noord: making.Institute) -> None:
    where = address(noord)

    def many(times: int) -> set[int]:
        try:
            return {knock(where) for _ in range(times)}
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        statuses = set().union(*pool.map(many, [50] * 4))
    assert statuses == {HTTPStatus.OK}
    assert len(woken(noord)) == 1


def fetched_just_now(noord: making.Institute, *, used: int) -> datetime:
    """An institute that was read just now, with so many of the day's 5,000 calls used; the moment."""
    now = timezone.now()
    models.Organisation.objects.filter(pk=noord.organisation.pk).update(
        fetched_until=now, coachview_calls_used=used, coachview_calls_resets_at=now + timedelta(hours=3)
    )
    return now


def test_a_wake_up_shortly_after_a_fetch_counts_at_once_while_calls_are_plenty(noord: making.Institute) -> None:
    fetched_just_now(noord, used=499)
    assert knock(address(noord)) == HTTPStatus.OK
    assert len(woken(noord)) == 1


def test_calls_of_yesterday_do_not_make_them_scarce(noord: making.Institute) -> None:
    now = fetched_just_now(noord, used=4000)
    models.Organisation.objects.filter(pk=noord.organisation.pk).update(
        coachview_calls_resets_at=now - timedelta(seconds=1)
    )
    assert knock(address(noord)) == HTTPStatus.OK
    assert len(woken(noord)) == 1


def test_once_a_tenth_of_the_calls_is_used_it_is_left_to_the_clock(noord: making.Institute) -> None:
    fetched = fetched_just_now(noord, used=500)
    assert knock(address(noord)) == HTTPStatus.OK
    assert woken(noord) == []
    due = models.DueStep.objects.get(administration=noord.administration, step="fetch").due_at
    assert due == fetched + webhooks.SOON


def test_when_half_of_the_days_calls_are_used_webhooks_cost_no_more_than_polling(noord: making.Institute) -> None:
    now = fetched_just_now(noord, used=2500)
    assert knock(address(noord)) == HTTPStatus.OK
    due = models.DueStep.objects.get(administration=noord.administration, step="fetch").due_at
    assert due == now + webhooks.LATER


@pytest.mark.parametrize("state", ["draft", "enabled", "paused", "deleted"])
def test_a_koppeling_that_does_not_run_is_not_woken(noord: making.Institute, state: str) -> None:
    models.Integration.objects.filter(pk=noord.integration.pk).update(state=state)
    assert knock(address(noord)) == HTTPStatus.OK
    assert nothing_happened(noord)


def test_the_address_is_stored_sealed_and_hashed_only(noord: making.Institute) -> None:
    secret = webhooks.webhook_of(noord.organisation.pk).address_secret
    row = models.Organisation.objects.get(pk=noord.organisation.pk)
    assert secret not in {row.hook_sealed, row.hook_hash}
    assert secret not in repr(webhooks.webhook_of(noord.organisation.pk))


def test_a_refused_call_leaves_no_address_in_the_log(noord: making.Institute) -> None:
    line = log.without_secrets(f"Request Entity Too Large: {address(noord)}")
    assert line == "Request Entity Too Large: /hooks/coachview/***"


def test_a_profile_that_does_not_exist_still_wakes(noord: making.Institute) -> None:
    models.Organisation.objects.filter(pk=noord.organisation.pk).update(profile="elders")
    assert knock(address(noord)) == HTTPStatus.OK
    assert fetch_due(noord)
