"""Writes what was tried and found into `docs/explanation/reliability.md`: `python -m bench.story [RESULTS.json]`.

Each part stands between two marks with its id and is made of the figure with that id; the rest stays as it is.
"""

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.results import FOLDER

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "reliability.md"
Value = Mapping[str, Any]


BOUNDARIES = """\
**How often.** {boundaries} boundaries of {kinds} kinds of call, {nights} nights; in {hosts_cut_off} of them a host is
cut off (with {cut_by}). Each has its own copy of the same data, so a run can be repeated to the letter. A few are in
the tests. Lost: {lost}; twice: {twice}; nights that ended otherwise than the undisturbed one:
{not_as_it_should_be}. The slowest rescue took {slowest_rescue_seconds} seconds. And {orders} orders of
events, see below; what broke: {orders_broke}.
"""

CHAOS = """\
**What is tried.** Invoices of two integrations on one administration, one with PDFs and one without, are booked
by a real `serve` with three worker processes. Meanwhile the things of the table happen to it, in an order and at
moments that a seed draws, spread over the work. Besides, each call to Exact and Coachview may go wrong by itself:
closed before it was read, reset after it was carried out, 500, 502, 503 and 504 before and after, unreadable,
dripping, too late, carried out after everybody gave up waiting. The limits per minute and per day are so low that
both are met. One more worker works on another host, whose clock is four minutes ahead or behind. And somebody at
the institute goes on changing invoices, whatever is being done with them: lines and totals, the reference, the
debtor. Then the faults end, and nobody touches anything.

**How often.** {invoices} invoices, hurt for {seconds_of_chaos} seconds.

{hurts}

{failed}

**What was found.**

* {booked} invoices were booked, {booked_in_the_chaos} of them during the chaos; {lost} lost, {twice} twice; the
  totals of Exact and Coachview differ by {cents_off}. Of {invoices_changed} invoices that were changed,
  {changed_after_booking} had been booked by then, {amount_changed_after_booking} of these with another amount: just
  these have a finding with both sides, and all others are booked as they are now. Otherwise than that: amounts
  {wrong_amount}, debtors {wrong_debtor}. PDFs lost: {pdf_lost}, twice: {pdf_twice}; shown as missing
  and tried again by itself the next day: {pdf_later}.
* {seconds_to_rest} seconds after the chaos everything was at rest, with {waiting_for_a_person} invoices that wait
  for a person. {unknown_outcomes} times an invoice had an unknown outcome, and was looked up.
* A worker that was killed while it **fetched** kept the institute's window for ten minutes. Mended, with a test:
  the claim ends with the lease.
* While Exact answered **nobody**, one invoice after the other was sent, and each became an unknown outcome: 131
  within seconds. Mended, with a test: three calls in a row without an answer stop the sending for a minute.
* A host whose **clock was ahead** took over the lease of whoever worked, and would have looked up what was still on
  its way; one that is behind would lose its own. Mended, with a test: the clock of the database decides. Hosts with a
  wrong clock booked {booked_by_hosts_with_a_wrong_clock} of the invoices above.
* Of two changes of an invoice the one with the later stamp counted, so that a change was lost which was made while
  **Coachview's clock was set back**. Thinking about this trial, which had left such changes out, showed it. Mended,
  with a test: what was read last counts.
* A token that Exact refused **before its time** made everything wait for an hour. Mended, with a test: it is
  tried again as soon as it may be refreshed.
"""

RACES = """\
**What is tried.** Exact refuses everything, since its months are closed, so that all invoices wait for a person.
Then the months open while {workers} worker processes work and several persons press Opnieuw proberen on real
pages, each page twice, the second time on a page that is old by then. And: a person presses Pauzeren, or deletes
the integration, while Exact is carrying out a call of ten seconds.

**How often.** {invoices} invoices in {races} houses, {clicks} clicks, {refused_and_held_again} refusals by Exact;
{paused_or_deleted_in_a_call} stops in the middle of a call.

**What was found.**

* Booked twice: {twice}; lost: {lost}. Calls sent after a stop: {sent_after}; answers of the call under way that
  were forgotten: {answers_forgotten}; invoices left halfway: {left_halfway}.
* The next invoice is made ready while Exact answers the one before, up to its committed intent. It was sent
  although somebody had **paused** meanwhile. Mended, with a test: what was ready is taken back.
"""

TOKENS = """\
**What is tried.** {processes} processes ask for an access token at the moment at which the old one ends. The
refresh is answered late, refused, throttled, cut off before or after Exact carried it out, answered by an error
or by garbage, or the processes are killed in the middle of it; a minute and a quarter later all ask again. By
turns Exact forgives that an answer was lost, and does not. And: a token ends under eight workers that are
booking.

**How often.** {expiries} ends of a token, {tokens_asked_for} tokens asked for.

**What was found.**

* Most refreshes under way at once: {refreshes_at_once}; by the eight workers together:
  {refreshes_by_8_workers_at_work}. Processes that had another token than the others: {different_tokens_at_once}
  times; without a token afterwards: {without_token_afterwards}.
* Chains of tokens that were lost although Exact had not ended them: {chains_lost}. {chains_ended_by_exact} times
  Exact itself ended the chain, because it gives no second answer when the first one was lost; that is shown, and
  a person logs in again.
"""

INPUT = """\
**What is tried.** Hypothesis draws answers of Coachview, whole and in parts: lists that are no lists, HTML, half a
record, absurd dates and amounts, endless texts and nesting; single records; PDFs that are empty, HTML, cut off, too
large, encrypted, packed otherwise than was said; answers to writing back. And invoices that a real night then has to
digest, webhooks, and the forms of every page.

**How often.** {cases} cases, as the tests themselves counted them; in every run of the tests some 600.

{kinds}

**What was found.**

* Pages or runs that broke: {broken}. An invoice that cannot be read is held, and shown with its reason.
* A PDF that was packed on its way (gzip) and of which only **half came** was taken for the whole: the library that
  unpacks does not mind where a packed answer ends. Mended, with a test: such an answer is asked for again.
"""

DOORS = """\
**What is tried.** The list of addresses of which the web itself is made is walked over HTTP on a running web.
Each is opened, and posted to, by nobody in particular, by each role of the institute, by each role of another
institute, and by an operator.

**How often.** {addresses} addresses, {tried} times; {refused} of these had to be refused. The tests walk the same
list.

**What was found.** Opened or refused otherwise than the rules say: {wrong}.
"""


def chaos(value: Value) -> str:
    """R2."""
    hurts = _table("what happened", "times", value["hurts"])
    failed = _table("calls to Exact that failed", "times", value["calls_that_failed"])
    return CHAOS.format(**{**value, "hurts": hurts, "failed": failed})


def bad_input(value: Value) -> str:
    """R4."""
    return INPUT.format(**{**value, "kinds": _table("what came in", "cases", value["kinds"])})


IN_THE_TEXT = ""
"""The title of a part that stands within a section."""

SECTIONS: Mapping[str, tuple[str, Callable[[Value], str]]] = {
    "R1": (IN_THE_TEXT, lambda value: BOUNDARIES.format(**value)),
    "R2": ("chaos", chaos),
    "R3": ("races", lambda value: RACES.format(**value)),
    "R4": ("malformed input", bad_input),
    "R5": ("the token's end", lambda value: TOKENS.format(**value)),
    "R6": ("doors", lambda value: DOORS.format(**value)),
}


def _table(what: str, how_often: str, rows: Mapping[str, Any]) -> str:
    lines = [f"| {what} | {how_often} |", "|---|---:|", *(f"| {name} | {times} |" for name, times in rows.items())]
    return "\n".join(lines)


def _always(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text


def told(page: str, figures: Mapping[str, Mapping[str, Any]], measured: str) -> str:
    """The page with the sections of these figures; a section that is not there yet is added at the end."""
    for name, (title, tell) in SECTIONS.items():
        figure = figures.get(name)
        if figure is None or "failure" in figure:
            continue
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        heading = f"## {name}: {title}\n\n" if title else ""
        text = f"{begin}\n\n{heading}{tell(figure['value'])}\nMeasured {measured}.\n\n{end}"
        if begin in page:
            page = re.sub(f"{re.escape(begin)}.*{re.escape(end)}", _always(text), page, flags=re.DOTALL)
        else:
            page = f"{page.rstrip()}\n\n{text}\n"
    return page


def main() -> None:
    """Bring the page up to date."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "latest.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(told(page, results["figures"], results["measured_at"][:10]), encoding="utf-8")


if __name__ == "__main__":
    main()
