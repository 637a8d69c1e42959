"""One decision: which class of failure an answer or a network error of Coachview is (coachview.md 4.2).

A call that only reads is never in doubt: what fails can be asked again. A call that writes is in doubt as soon
as it may have reached Coachview; only what certainly was not sent, or was certainly refused, is something else.
A 401 comes here after one retry with a fresh token.
"""

import httpx2

from boekbrug.sync.failures import Broken, NotAllowed, OutcomeUnknown, OutsideFailure, Throttled, Unreachable

DONE = frozenset({200, 201, 202, 204})
READ = frozenset({200})
# The request cannot have left this machine: no connection, or none free.
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
# The address that we made is no address.
OUR_ADDRESS = (httpx2.UnsupportedProtocol, httpx2.InvalidURL)
# What we asked, or how much of it, is wrong; asking again gives the same.
OUR_QUESTION = (httpx2.LocalProtocolError, httpx2.TooManyRedirects)
OUR_FAULT_STATUSES = frozenset({400, 404, 405, 413, 415, *range(300, 400)})


def failure_of(outcome: int | Exception, *, writes: bool) -> type[OutsideFailure] | None:
    """The class of `outcome`, a status or an error, for a call that reads or writes; None when it went well."""
    if isinstance(outcome, httpx2.HTTPStatusError):
        outcome = outcome.response.status_code
    if isinstance(outcome, int):
        return _of_status(outcome, writes=writes)
    if isinstance(outcome, NEVER_SENT):
        return Unreachable
    if isinstance(outcome, OUR_ADDRESS):
        return Broken
    if writes:
        return OutcomeUnknown
    return Broken if isinstance(outcome, OUR_QUESTION) else Unreachable


def _of_status(status: int, *, writes: bool) -> type[OutsideFailure] | None:
    if status in (DONE if writes else READ):
        return None
    if status in {401, 403}:
        return NotAllowed
    if status == 429:
        return Throttled
    if status in OUR_FAULT_STATUSES:
        return Broken
    return OutcomeUnknown if writes else Unreachable
