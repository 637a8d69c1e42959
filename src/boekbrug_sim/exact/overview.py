"""The overview in the browser: bookings, calls, limits, and buttons that make a control call. Source: simulators.md."""

from datetime import UTC, datetime
from html import escape
from itertools import islice

from aiohttp import web

from boekbrug_sim.control import Control
from boekbrug_sim.exact.oauth import Logins
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.values import date_of

SHOWN = 50
ENTRIES_SQL = """
SELECT e."Division", e."Journal", e."ReportingYear", e."ReportingPeriod", e."EntryNumber", e."EntryDate", a."Name",
    e."Description", e."Type", e."AmountDC",
    (SELECT -SUM(p."AmountDC") FROM "PaymentTerms" p
     WHERE p."Division" = e."Division" AND p."TransactionEntryID" = e."EntryID" AND p."Status" < 50)
FROM "SalesEntries" e LEFT JOIN "Accounts" a ON a."Division" = e."Division" AND a."ID" = e."Customer"
ORDER BY e.rowid DESC LIMIT ?
"""
_PAGE = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Exact Online (simulator)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body{{font-family:system-ui,sans-serif;margin:1.5rem;color:#1f2937;background:#f9fafb}}h1{{font-size:1.3rem}}
h2{{font-size:1.05rem;margin-top:2rem}}table{{border-collapse:collapse;background:#fff;font-size:.9rem}}
th,td{{padding:.3rem .7rem;border-bottom:1px solid #e5e7eb;text-align:left}}td.n{{text-align:right;
font-variant-numeric:tabular-nums}}button{{font:inherit;padding:.15rem .6rem}}p.said{{color:#b91c1c}}
.wide{{overflow-x:auto}}</style></head><body><h1>Exact Online (simulator)</h1>
<p>Scenario <b>{scenario}</b>, klok {now}. <a href="/_sim/ledger">Grootboek</a> · <a href="/_sim/calls">Aanroepen</a> ·
<a href="/_sim/switches">Schakelaars</a></p><p class="said" id="said" role="status"></p>
<h2>Boekingen ({entry_count})</h2><div class="wide"><table><thead><tr><th>Administratie</th><th>Dagboek</th>
<th>Periode</th><th>Boekstuk</th><th>Datum</th><th>Relatie</th><th>Omschrijving</th><th>Soort</th><th>Bedrag</th>
<th>Open</th><th></th></tr></thead><tbody>{entries}</tbody></table></div>
<h2>Gebruikers</h2><table><tbody>{people}</tbody></table>
<h2>Limieten</h2><table><thead><tr><th>App / administratie</th><th>Minuut</th><th>Dag</th></tr></thead>
<tbody>{limits}</tbody></table>
<h2>Aanroepen ({call_count})</h2><div class="wide"><table><tbody>{calls}</tbody></table></div>
<script>
async function steer(verb, body) {{
  const answer = await fetch('/_sim/' + verb, {{method: 'POST', body: JSON.stringify(body)}});
  if (answer.ok) location.reload();
  else document.getElementById('said').textContent = (await answer.json()).error;
}}
document.addEventListener('click', event => {{
  const {{verb, body}} = event.target.dataset;
  if (verb) steer(verb, JSON.parse(body));
}});
</script></body></html>"""


class Overview:
    """The page at /_sim/."""

    def __init__(self, store: Store, control: Control, logins: Logins) -> None:
        self._store = store
        self._control = control
        self._logins = logins

    def routes(self) -> list[web.RouteDef]:
        """Addresses of this module."""
        return [web.get("/_sim", self.show), web.get("/_sim/", self.show)]

    async def show(self, _request: web.Request) -> web.Response:
        """The page."""
        count = self._store.one('SELECT COUNT(*) FROM "SalesEntries"')
        page = _PAGE.format(
            scenario=escape(self._control.scenario),
            now=f"{self._control.clock.now():%d-%m-%Y %H:%M:%S}",
            entry_count=count[0] if count else 0,
            entries=self._entries(),
            people=self._people(),
            limits=self._limits(),
            call_count=len(self._control.calls),
            calls=self._calls(),
        )
        return web.Response(text=page, content_type="text/html")

    def _entries(self) -> str:
        rows = []
        for division, journal, year, period, number, day, name, text, kind, amount, rest in self._store.all(
            ENTRIES_SQL, (SHOWN,)
        ):
            place = f'"division":{division},"journal":"{journal}","year":{year}'
            buttons = _button("periods", f'{{{place},"period":{period},"status":"closed"}}', "Sluit periode")
            if rest:
                buttons += _button("receipts", f'{{{place},"entry_numbers":[{number}]}}', "Betaal")
            cells = [division, journal, f"{year}-{period:02d}", number, f"{date_of(day):%d-%m-%Y}", name, text, kind]
            money = f'<td class="n">{amount:.2f}</td><td class="n">{rest or 0:.2f}</td><td>{buttons}</td>'
            rows.append(f"<tr>{_cells(*cells)}{money}</tr>")
        return "".join(rows)

    def _people(self) -> str:
        rows = []
        for person in self._logins.people():
            other = "en" if person.language == "nl" else "nl"
            name = escape(person.name)
            buttons = _button("login", f'{{"user":"{name}","language":"{other}"}}', f"Taal: {other}")
            buttons += _button("login", f'{{"user":"{name}","revoke":true}}', "Trek de app in")
            rows.append(f"<tr>{_cells(person.name, person.language, person.reason or '')}<td>{buttons}</td></tr>")
        return "".join(rows)

    def _limits(self) -> str:
        used, limits = self._control.limiter.used(), self._control.limiter.limits
        rows = []
        for key, count in used["day"].items():
            minute = _of(used["minute"].get(key, 0), limits.minute)
            rows.append(f"<tr>{_cells(key, minute, _of(count, limits.day))}</tr>")
        return "".join(rows)

    def _calls(self) -> str:
        return "".join(
            f"<tr>{_cells(_time(call.at), call.method, call.path, call.status)}</tr>"
            for call in islice(reversed(self._control.calls), SHOWN)
        )


def _of(used: int, limit: int | None) -> str:
    return f"{used} / {limit or 'geen limiet'}"


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S.%f}"


def _cells(*values: object) -> str:
    return "".join(f"<td>{escape('' if value is None else str(value))}</td>" for value in values)


def _button(verb: str, body: str, text: str) -> str:
    return f'<button type="button" data-verb="{verb}" data-body="{escape(body)}">{escape(text)}</button> '
