"""The six classes of failure of an outside party, as the verbs see them (exactly-once.md, "Failures").

    OutsideFailure
     |- Refused         a broken rule: problems, held, not retried by itself
     |- NotAllowed      login or right is missing: the integration shows red, everything waits
     |- Throttled       the limit is used up: wake up at `until`, never before
     |- Unreachable     nothing was sent: retry with back-off, without end
     |- OutcomeUnknown  a POST may have been carried out: look it up before any new one
     |- Broken          our own mistake: stop this endpoint, tell the operator

Only OutcomeUnknown leaves open whether something happened at the other side. Each party decides the class in one
function (`exact.failures`, `coachview.failures`) and raises these; the verbs catch them in one place.
"""

from datetime import datetime

from boekbrug.domain.problem import Problem


class OutsideFailure(Exception):
    """Something that the other party, or the way to it, did.

    `detail` is for the log and the folded-away part of a page; `party` is set by the verb that called.
    """

    party = "exact"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Refused(OutsideFailure):
    """The other party named broken rules; each is a problem that holds."""

    def __init__(self, problems: tuple[Problem, ...], detail: str = "") -> None:
        super().__init__(detail)
        self.problems = problems


class NotAllowed(OutsideFailure):
    """A login, a right, a scope or a division is missing.

    `reason` is a key of the connection sentences (`connection.<reason>`), such as `not-connected`,
    `invalid-grant`, `rights-missing`, `scope-missing`, `division-blocked`, `BlockedUser`. `until` is when asking
    again may help without anybody doing something, such as when a refused token may be refreshed.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.until: datetime | None = None


class Throttled(OutsideFailure):
    """No call is allowed before `until`; nothing was carried out."""

    def __init__(self, until: datetime, detail: str = "") -> None:
        super().__init__(detail)
        self.until = until


class Unreachable(OutsideFailure):
    """The other party could not be reached, or could not answer a question; nothing was carried out."""


class OutcomeUnknown(OutsideFailure):
    """A POST was (perhaps) sent and its outcome is not known."""


class Broken(OutsideFailure):
    """We asked wrongly (400, a fixed path that is not there): `endpoint` is stopped and the operator told."""

    def __init__(self, endpoint: str, detail: str = "") -> None:
        super().__init__(detail)
        self.endpoint = endpoint


def reason_of(failure: OutsideFailure) -> str:
    """The key of the connection sentence that tells this failure."""
    if isinstance(failure, NotAllowed):
        return failure.reason
    if isinstance(failure, Throttled):
        return "throttled"
    return "broken" if isinstance(failure, Broken) else "unreachable"


_RESULTS: tuple[tuple[type[OutsideFailure], str], ...] = (
    (Refused, "refused"),
    (NotAllowed, "not-allowed"),
    (Throttled, "throttled"),
    (Unreachable, "unreachable"),
    (OutcomeUnknown, "unknown"),
    (Broken, "broken"),
)
OK = "ok"
RESULTS: tuple[str, ...] = (OK, *(name for _, name in _RESULTS))
"""How a call can end, in the words of the metrics."""


def result_of(failure: type[OutsideFailure]) -> str:
    """How a call ended that failed in this way, in the words of the metrics."""
    return next(name for kind, name in _RESULTS if issubclass(failure, kind))


class IntentKeyTaken(Exception):
    """An intent with this key, or an entry of this booking, is open or done already; nothing was committed."""


class LeaseLost(Exception):
    """This worker no longer owns the administration, or the integration was paused or deleted: stop, silently."""
