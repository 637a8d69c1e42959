"""Writes what was tried and found into `docs/explanation/reliability.md`: `python -m bench.story [RESULTS.json]`.

Each section stands between two marks with its id and is made of the figure with that id; the others stay as they are.
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


CHAOS = """\
{invoices} invoices of two integrations on one administration, one with PDFs and one without, are booked by a real
`serve` with three worker processes while the following happens to it, at moments that a seed draws. Every call to
Exact and to Coachview has a chance to go wrong as well, before, during or after it was carried out; the limits per
minute and per day are so low that both are met.

{hurts}

{failed}

Then the faults end, and nobody touches anything. {seconds_to_rest} seconds later everything was at rest: {booked}
invoices booked, {lost} lost, {twice} twice, the sum of all amounts off by {cents_off}; {pdf_lost} PDFs lost,
{pdf_twice} twice, {pdf_later} shown as missing and tried again by itself. {unknown_outcomes} times the outcome of a
call was not known and was looked up in Exact; {waiting_for_a_person} invoices waited for a person.
"""

RACES = """\
Exact refuses {invoices} invoices in {races} houses, since their months are closed. Then the months open while two,
four and eight worker processes work and four persons press "Opnieuw proberen" on real pages, each page twice, the
second time on a page that is old by then: {clicks} clicks, of which early ones led to {refused_and_held_again}
refusals. Booked twice: {twice}; lost: {lost}.

{paused_or_deleted_in_a_call} times a person paused or deleted the integration while Exact was carrying out a call of
ten seconds. Calls sent after that: {sent_after}. Answers of the call under way that were forgotten:
{answers_forgotten}. Invoices left halfway: {left_halfway}.
"""

TOKENS = """\
{processes} processes ask for an access token at the moment at which the old one ends, {expiries} times, while the
refresh is answered late, refused, throttled, cut off before or after Exact carried it out, answered by an error or by
garbage, or while the process that asked is killed. {tokens_asked_for} tokens were asked for. Most refreshes under way
at once: {refreshes_at_once}. Eight workers that were booking when the token ended made
{refreshes_by_8_workers_at_work} refresh. Chains lost that Exact had not ended: {chains_lost}. {chains_ended_by_exact}
times Exact itself ended the chain, since it gives no second answer when the first one is lost; that is shown, and a
person logs in again.
"""

DOORS = """\
The list of addresses that the web itself is made of is walked over HTTP on a running web: {addresses} addresses,
opened and posted to by nobody in particular, by each of three roles of the institute, by each of three roles of
another institute, and by an operator: {tried} times, of which {refused} had to be refused. Opened or refused otherwise
than the rules say: {wrong}.
"""


def chaos(value: Value) -> str:
    """R2."""
    hurts = _table("what was done to the house", "times", value["hurts"])
    failed = _table("what Exact did to a call", "calls", value["calls_that_failed"])
    return CHAOS.format(**{**value, "hurts": hurts, "failed": failed})


SECTIONS: Mapping[str, tuple[str, Callable[[Value], str]]] = {
    "R2": ("Chaos", chaos),
    "R3": ("Races", lambda value: RACES.format(**value)),
    "R5": ("Tokens", lambda value: TOKENS.format(**value)),
    "R6": ("Doors", lambda value: DOORS.format(**value)),
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
        text = f"{begin}\n## {title} ({name})\n\n{tell(figure['value'])}\nMeasured {measured}.\n{end}"
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
