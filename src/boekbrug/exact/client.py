"""Calls to one administration: with a good token, within the budget, to our own site only, lists page by page.

Every call reserves its budget before it is sent, and teaches the budget what the answer's headers say. A GET that
did not get through is tried once more at once; a POST is sent once and never again (exactly-once.md).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import httpx2
import stamina

from boekbrug.exact.exchange import NETWORK_ERRORS, Answer, AnswerTooLarge, SendTooLate, Time, exchange
from boekbrug.exact.failures import Call, UnreadableAnswer, failure_of_answer, failure_of_error
from boekbrug.exact.limits import COUNTED_ERRORS, CallBudget, Priority, read_windows
from boekbrug.exact.line import Line, when_waited_for
from boekbrug.exact.oauth import Login
from boekbrug.exact.sites import ExactSite
from boekbrug.exact.wire.values import encode
from boekbrug.sync.failures import OK, Broken, NotAllowed, OutsideFailure, Unreachable, result_of
from boekbrug.sync.ledger_port import Posting

Row = Mapping[str, Any]
T = TypeVar("T")
# No list that we ask for has more pages; a server that always names one more does not hold us for ever.
MOST_PAGES = 2_000
LONGEST_INTEGER = 30
RETRY_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What of a list is asked for; the fields are always named, so that an answer holds no more than we read."""

    select: tuple[str, ...]
    filter: str = ""
    order: str = ""
    expand: str = ""
    top: int | None = None

    @property
    def text(self) -> str:
        """The query string, encoded whole (exact-rest.md 3.7)."""
        parts = {"$select": ",".join(self.select)}
        if self.filter:
            parts["$filter"] = self.filter
        if self.order:
            parts["$orderby"] = self.order
        if self.expand:
            parts["$expand"] = self.expand
        if self.top is not None:
            parts["$top"] = str(self.top)
        return urlencode(parts, quote_via=quote, safe="$,'()")


class ExactClient:
    """One administration of one site, as the user of one login."""

    def __init__(
        self,
        *,
        site: ExactSite,
        login: Login,
        budget: CallBudget,
        division: int,
        http: httpx2.Client,
        clock: Time | None = None,
        count: Callable[[str], None] = lambda _result: None,
        line: Line = when_waited_for,
    ) -> None:
        self._site, self._login, self._budget = site, login, budget
        self._http, self._clock, self._count, self._line = http, clock or Time(), count, line
        self.division = division
        self.calls = 0

    def __repr__(self) -> str:
        return f"<ExactClient of {self.division} at {self._site.base}>"

    def room_at(self, calls: int, priority: Priority) -> datetime:
        """From when on so many calls of this priority may be sent without waiting."""
        return self._budget.room_at(calls, self._clock.now(), priority)

    def pages(self, path: str, query: Query, priority: Priority, *, division: int | None = None) -> Iterator[list[Row]]:
        """The rows of a list, page by page; `__next` is followed to the letter, on our own site only.

        `division` is another one than ours, for the lists of divisions themselves.
        """
        call = Call(method="GET", endpoint=path)
        address: str | None = f"{self._site.data_address(division or self.division, path)}?{query.text}"
        seen: set[str] = set()
        while address is not None:
            if address in seen or len(seen) >= MOST_PAGES:
                raise Broken(path, f"{call}: Exact's list of pages does not end")
            seen.add(address)
            rows, address = self._page(call, address, priority)
            yield rows

    def rows(self, path: str, query: Query, priority: Priority, *, division: int | None = None) -> list[Row]:
        """All rows of a list."""
        return [row for page in self.pages(path, query, priority, division=division) for row in page]

    def me(self, select: tuple[str, ...], priority: Priority) -> Row:
        """The user of the login (the only path without a division)."""
        call = Call(method="GET", endpoint="current/Me")
        answer = self._get(call, f"{self._site.me_address}?{Query(select=select).text}", priority)
        return self._read(call, answer, self._one_user)

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        priority: Priority,
        *,
        send_by: datetime,
        about: Mapping[str, str] | None = None,
    ) -> Row:
        """Make a record, once, and give what Exact says it made; not written after `send_by`."""
        return self.prepare_post(path, body, priority, send_by=send_by, about=about, line=when_waited_for).send()()

    def prepare_post(
        self,
        path: str,
        body: Mapping[str, Any],
        priority: Priority,
        *,
        send_by: datetime,
        about: Mapping[str, str] | None = None,
        line: Line | None = None,
    ) -> Posting[Row]:
        """Make a POST ready, its call reserved; who waits for what was sent gets or raises as of `post`.

        What its answer teaches is learned by who waits, in his own thread.
        """
        call = Call(method="POST", endpoint=path, about=about or {})
        address, content = self._site.data_address(self.division, path), encode(body)
        self._login.access()  # whether there is one; by the time of sending there may be a newer one
        self._reserve(call, priority)

        def send() -> Callable[[], Row]:
            try:
                access = self._login.access()
            except OutsideFailure:
                drop()
                raise
            wait = self._reserved(
                call, address, priority, access=access, content=content, send_by=send_by, line=line or self._line
            )
            return lambda: self._read(call, wait(), _one_record)

        def drop() -> None:
            self._budget.learn(None, None, self._clock.now())

        return Posting(send=send, drop=drop)

    def put(self, path: str, key: str, body: Mapping[str, Any], priority: Priority) -> None:
        """Change fields of the record with this guid."""
        call = Call(method="PUT", endpoint=path, keyed=True)
        self._send(call, f"{self._site.data_address(self.division, path)}({guid(key)})", priority, body=body)
        self._count(OK)

    def delete(self, path: str, key: str, priority: Priority) -> None:
        """Take the record with this guid away; that it is gone already is no failure."""
        call = Call(method="DELETE", endpoint=path, keyed=True)
        self._send(call, f"{self._site.data_address(self.division, path)}({guid(key)})", priority)
        self._count(OK)

    def _page(self, call: Call, address: str, priority: Priority) -> tuple[list[Row], str | None]:
        """One page and the address of the next."""
        return self._read(call, self._get(call, address, priority), self._rows_of)

    def _rows_of(self, call: Call, data: Any) -> tuple[list[Row], str | None]:
        """Both shapes of a list are read (exact-rest.md 3.5)."""
        rows = data.get("results") if isinstance(data, dict) else data
        following = data.get("__next") if isinstance(data, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise failure_of_error(call, UnreadableAnswer("not a list"))
        if following is not None and not (isinstance(following, str) and self._site.owns(following)):
            raise Broken(call.endpoint, f"{call}: the next page is at another site, refused")
        return rows, following

    def _one_user(self, call: Call, data: Any) -> Row:
        rows, _ = self._rows_of(call, data)
        if len(rows) != 1:
            raise failure_of_error(call, UnreadableAnswer("not one user"))
        return rows[0]

    def _get(self, call: Call, address: str, priority: Priority) -> Answer:
        for attempt in stamina.retry_context(on=Unreachable, attempts=2, timeout=RETRY_SECONDS, wait_initial=0.2):
            with attempt:
                return self._send(call, address, priority)
        raise AssertionError("unreachable: the last attempt raises")  # pragma: no cover

    def _send(
        self,
        call: Call,
        address: str,
        priority: Priority,
        *,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One answer that went well."""
        content = None if body is None else encode(body)
        access = self._login.access()
        self._reserve(call, priority)
        return self._reserved(
            call, address, priority, access=access, content=content, send_by=None, line=when_waited_for
        )()

    def _reserve(self, call: Call, priority: Priority) -> None:
        self._budget.reserve(priority, call.endpoint, self._clock.now())
        self.calls += 1

    def _reserved(
        self,
        call: Call,
        address: str,
        priority: Priority,
        *,
        access: str,
        content: bytes | None,
        send_by: datetime | None,
        line: Line,
    ) -> Callable[[], Answer]:
        """Put a reserved call on the line; who waits sends it once more after a 401, when there is a newer token."""
        waiting = line(partial(self._exchange, call, address, access, content, send_by))

        def answer() -> Answer:
            answer = self._heard(call, waiting)
            if answer.status == 401 and (newer := self._login.refused(access)) is not None:
                self._reserve(call, priority)
                answer = self._heard(call, partial(self._exchange, call, address, newer, content, send_by))
            return self._good(call, answer)

        return answer

    def _good(self, call: Call, answer: Answer) -> Answer:
        failure = failure_of_answer(call, answer, self._clock.now())
        if isinstance(failure, NotAllowed) and answer.status == 401:
            failure.until = self._login.refreshable_at()
        if failure is not None:
            raise failure
        return answer

    def _exchange(
        self, call: Call, address: str, access: str, content: bytes | None, send_by: datetime | None
    ) -> Answer:
        """Write and read; perhaps in another thread: nothing of the database is touched here."""
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        if content is not None:
            headers |= {"Content-Type": "application/json", "Prefer": "return=representation"}
        request = self._http.build_request(call.method, address, headers=headers, content=content)
        return exchange(self._http, request, clock=self._clock, send_by=send_by)

    def _heard(self, call: Call, waiting: Callable[[], Answer]) -> Answer:
        """What came of a reserved call: its answer teaches the budget, and so does that there is none."""
        try:
            answer = waiting()
        except (*NETWORK_ERRORS, AnswerTooLarge, SendTooLate) as error:
            self._budget.learn(None, None, self._clock.now())
            failure = failure_of_error(call, error)
            self._count(result_of(type(failure)))
            raise failure from error
        self._learn(call, answer)
        return answer

    def _learn(self, call: Call, answer: Answer) -> None:
        self._budget.learn(*read_windows(answer.headers), self._clock.now())
        if answer.status in COUNTED_ERRORS:
            self._budget.error(call.endpoint, answer.status, self._clock.now())
        failure = failure_of_answer(call, answer, self._clock.now())
        if failure is not None:
            self._count(result_of(type(failure)))

    def _read(self, call: Call, answer: Answer, what: Callable[[Call, Any], T]) -> T:
        """What stands in an answer that went well; one that cannot be read is counted as the failure that it is."""
        try:
            found = what(call, _parsed(call, answer))
        except OutsideFailure as failure:
            self._count(result_of(type(failure)))
            raise
        self._count(OK)
        return found


def _one_record(call: Call, data: Any) -> Row:
    if not isinstance(data, dict) or "results" in data:
        raise failure_of_error(call, UnreadableAnswer("not one record"))
    return data


def _parsed(call: Call, answer: Answer) -> Any:
    """What is under `d`, numbers exact; an answer that cannot be read is no answer."""
    try:
        body = json.loads(answer.content, parse_float=Decimal, parse_int=_integer, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise failure_of_error(call, UnreadableAnswer("no JSON")) from error
    if not isinstance(body, dict) or not isinstance(body.get("d"), dict | list):
        raise failure_of_error(call, UnreadableAnswer("no data"))
    return body["d"]


def guid(key: str) -> str:
    """A guid literal for a path or filter; raises ValueError for anything else than a guid's characters."""
    plain = key.strip().lower()
    if not plain or set(plain) - set("0123456789abcdef-"):
        raise ValueError(f"not a guid: {key!r}")
    return f"guid'{plain}'"


def literal(text: str) -> str:
    """A text literal, quotes doubled (exact-rest.md 3.7)."""
    return "'" + text.replace("'", "''") + "'"


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= LONGEST_INTEGER else Decimal(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"no number: {text}")
