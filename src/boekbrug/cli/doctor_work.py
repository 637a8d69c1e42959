"""What `doctor` sees of the work: workers, what is overdue, koppelingen that cannot go on, secrets that stay shut."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from boekbrug.cli.answers import PARTIES
from boekbrug.cli.finding import Finding, State
from boekbrug.cli.language import _, spoken
from boekbrug.sentences import connection

LATE = timedelta(minutes=15)
"""A step that nobody tried for so long: no worker keeps up."""


def work(now: datetime) -> Iterator[Finding]:
    """Everything that needs the tables of this release."""
    yield from _workers()
    yield from _overdue(now)
    yield from _koppelingen()
    yield from _secrets()


def _workers() -> Iterator[Finding]:
    from boekbrug.queue.engine import ProcrastinateQueue

    health = ProcrastinateQueue().health()
    text = _("{workers} alive; jobs waiting {waiting}, running {running}, failed {failed}", **asdict(health))
    yield Finding(subject="workers", state="ok" if health.workers else "warning", text=text)


def _overdue(now: datetime) -> Iterator[Finding]:
    from boekbrug.store.reading import health as reading

    oldest = reading.oldest_due(now)
    if oldest is None:
        yield Finding(subject="due", state="ok", text=_("nothing is overdue"))
        return
    minutes = int((now - oldest.due_at).total_seconds() // 60)
    state: State = "warning" if now - oldest.due_at > LATE else "ok"
    text = _(
        "the oldest step ({step} of administration {id}) is due for {minutes} minutes, tried {failures} times",
        step=oldest.step,
        id=oldest.administration_id,
        minutes=minutes,
        failures=oldest.failures,
    )
    yield Finding(subject="due", state=state, text=text)


def _koppelingen() -> Iterator[Finding]:
    from boekbrug.store.reading import health as reading

    found = reading.troubles()
    if not found:
        yield Finding(subject="koppelingen", state="ok", text=_("none is red"))
    for trouble in found:
        who = f"{trouble.name} ({trouble.integration_id})"
        if trouble.state == "review":
            text = _("{name} is in review after a restore", name=who)
            yield Finding(subject="koppelingen", state="warning", text=text)
        elif not trouble.party:
            text = _("{name} was stopped because of a problem; its page says which", name=who)
            yield Finding(subject="koppelingen", state="wrong", text=text)
        else:
            told = connection(trouble.party, trouble.reason, spoken(), detail=trouble.detail)
            text = f"{who}, {PARTIES[trouble.party]}: {told}"
            yield Finding(subject="koppelingen", state="wrong", text=text)


def _secrets() -> Iterator[Finding]:
    from boekbrug.store.secrets import unreadable

    closed = unreadable()
    if closed:
        text = _("none of the keys opens the secrets of {rows}", rows=", ".join(closed))
        yield Finding(subject="secrets", state="wrong", text=text)
    else:
        yield Finding(subject="secrets", state="ok", text=_("every secret opens"))
