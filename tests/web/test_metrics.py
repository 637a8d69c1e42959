"""`/metrics`: numbers of the whole installation, right whoever counted, and nothing of any institute."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.web import making

from boekbrug import watching
from boekbrug.queue.engine import ProcrastinateQueue
from boekbrug.store import models, steps
from boekbrug.store.tallies import Tallies, tallies
from boekbrug.sync.ports import Step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_was_counted_here() -> None:
    """A scrape keeps what this process counted so far, and other tests made it count."""
    tallies.cache_clear()


def scraped() -> dict[str, float]:
    """Every value of a new scrape, by its name with its labels."""
    text, _ = watching.Scrape(watching.Everything()).text("")
    samples = (one for family in text_string_to_metric_families(text.decode()) for one in family.samples)
    return {_named(one.name, one.labels): one.value for one in samples}


def _named(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name


def test_the_address_answers_as_prometheus_reads_it_without_a_login() -> None:
    answer = Client().get("/metrics")
    assert answer.status_code == HTTPStatus.OK
    assert answer["Content-Type"].startswith("text/plain")
    assert list(text_string_to_metric_families(answer.content.decode()))
    assert Client().post("/metrics").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_bookings_are_counted_by_state(noord: making.Institute) -> None:
    found = scraped()
    for state in ("received", "ready", "held", "booked", "proven"):
        assert found[f"boekbrug_bookings{{state={state}}}"] == models.Booking.objects.filter(state=state).count()
    assert found["boekbrug_koppelingen{state=active}"] == 1


def test_calls_of_several_processes_are_one_number() -> None:
    web, worker = Tallies(), Tallies()
    for process in (web, worker, worker):
        process.call("exact", "ok")
    worker.call("coachview", "not-allowed")
    worker.keep()
    assert scraped()["boekbrug_calls_total{party=exact,result=ok}"] == 2
    web.keep()
    web.keep()
    found = scraped()
    assert found["boekbrug_calls_total{party=exact,result=ok}"] == 3
    assert found["boekbrug_calls_total{party=coachview,result=not-allowed}"] == 1


def test_wake_up_delays_are_a_histogram() -> None:
    worker = Tallies()
    for seconds in (0.05, 0.3, 4.0, 5000.0):
        worker.delay(seconds)
    worker.keep()
    found = scraped()
    ends = {"0.1": 1, "0.25": 1, "0.5": 2, "5.0": 3, "900.0": 3, "+Inf": 4}
    assert {end: found[f"boekbrug_wake_up_delay_seconds_bucket{{le={end}}}"] for end in ends} == ends
    assert found["boekbrug_wake_up_delay_seconds_count"] == 4
    assert found["boekbrug_wake_up_delay_seconds_sum"] == pytest.approx(5004.35)


def test_the_budget_is_that_of_the_windows_as_they_are_now(noord: making.Institute) -> None:
    now = datetime.now(UTC)
    row = models.Administration.objects.filter(integrations=noord.integration)
    row.update(
        minute_used=45,
        minute_resets_at=now + timedelta(seconds=30),
        day_used=4600,
        day_resets_at=now + timedelta(hours=1),
    )
    found = scraped()
    assert found["boekbrug_budget_left_calls{party=exact,window=minute}"] == 15
    assert found["boekbrug_budget_left_lowest_ratio{party=exact,window=minute}"] == 0.25
    assert found["boekbrug_budget_left_calls{party=exact,window=day}"] == 400
    assert found["boekbrug_budgets_used_up{party=exact,window=day}"] == 1, "a tenth is kept for realtime"
    row.update(minute_resets_at=now - timedelta(seconds=1))
    assert scraped()["boekbrug_budget_left_calls{party=exact,window=minute}"] == 60
    assert found["boekbrug_budget_left_lowest_ratio{party=coachview,window=day}"] == 1


def test_the_age_of_the_queue_is_that_of_work_that_can_be_done(noord: making.Institute) -> None:
    administration_id = noord.integration.administration_id
    assert administration_id is not None
    models.DueStep.objects.all().delete()
    assert scraped()["boekbrug_queue_age_seconds"] == 0
    steps.make_due(administration_id, Step.CHECK, datetime.now(UTC) - timedelta(minutes=10))
    models.Login.objects.update(refresh_mark="there")
    found = scraped()
    assert 600 <= found["boekbrug_queue_age_seconds"] < 700
    assert found["boekbrug_steps_due{step=check}"] == 1
    models.DueStep.objects.update(failures=3)
    found = scraped()
    assert found["boekbrug_queue_age_seconds"] == 0, "what fails is no backlog"
    assert found["boekbrug_steps_failing{step=check}"] == 1
    models.Integration.objects.filter(id=noord.integration.pk).update(state="paused")
    assert "boekbrug_steps_failing{step=check}" not in scraped(), "nor is what is paused"


def test_a_call_without_an_answer_is_an_unknown_outcome_once_it_can_not_be_sent_any_more(
    noord: making.Institute,
) -> None:
    now = datetime.now(UTC)
    intent = models.Intent.objects.create(
        administration=models.Administration.objects.get(integrations=noord.integration),
        kind="customer",
        natural_key="1",
        body={},
        lease_number=1,
        created_at=now - timedelta(seconds=5),
        send_by=now + timedelta(seconds=5),
    )
    assert scraped()["boekbrug_unknown_outcomes"] == 0
    models.Intent.objects.filter(id=intent.pk).update(
        send_by=now - timedelta(seconds=50), created_at=now - timedelta(seconds=60)
    )
    found = scraped()
    assert found["boekbrug_unknown_outcomes"] == 1
    assert 60 <= found["boekbrug_unknown_outcome_age_seconds"] < 120


def test_workers_and_jobs_are_those_of_the_engine(noord: making.Institute) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    found, health = scraped(), ProcrastinateQueue().health()
    assert found["boekbrug_workers"] == health.workers >= 1
    assert found["boekbrug_jobs{state=waiting}"] == health.waiting


def test_nothing_of_an_institute_and_no_secret_is_shown(noord: making.Institute) -> None:
    text = watching.Scrape(watching.Everything()).text("")[0].decode()
    names = {noord.organisation.name, noord.integration.name, *models.Invoice.objects.values_list("number", flat=True)}
    names |= set(models.Invoice.objects.values_list("debtor_name", flat=True))
    assert [name for name in names if name and name in text] == []
    allowed = {"state", "party", "result", "window", "step", "le", "version"}
    assert set(re.findall(r'[{,](\w+)="', text)) <= allowed


def test_who_asks_again_at_once_gets_the_same_text(noord: making.Institute) -> None:
    seconds = 100.0
    scrape = watching.Scrape(watching.Everything(), lambda: seconds)
    first = scrape.text("")
    models.Integration.objects.filter(id=noord.integration.pk).update(state="paused")
    seconds += watching.KEEP_SECONDS - 0.1
    assert scrape.text("") == first
    seconds += 0.2
    assert scrape.text("") != first
