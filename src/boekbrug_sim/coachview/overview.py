"""The overview at `/_sim/` for people: the newest invoices with their PDFs, what was written back, webhooks and calls.

Dutch or English, by the browser's language; its button is a plain form.
"""

from html import escape
from itertools import islice
from typing import Any

from aiohttp import web

from boekbrug_sim.coachview.pdf import invoice_pdf
from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.records import Records
from boekbrug_sim.coachview.server import Server
from boekbrug_sim.coachview.sheet import day_of, money, value_of
from boekbrug_sim.coachview.where import Span
from boekbrug_sim.coachview.wire import Json
from boekbrug_sim.control import Control
from boekbrug_sim.data.institutes import institute_of

SHOWN, CALLS = 50, 20
SENTENCES = {  # Dutch, English
    "title": ("Coachview-oefenboek", "Coachview practice book"),
    "intro": (
        "Scenario {scenario}, klok {now}. Nog {left} van {limit} aanroepen vandaag.",
        "Scenario {scenario}, clock {now}. {left} of {limit} calls left today.",
    ),
    "description": ("Beschrijving van de API", "Description of the API"),
    "switches": ("Schakelaars", "Switches"),
    "invoices": ("De {count} nieuwste van {all} facturen", "The newest {count} of {all} invoices"),
    "number": ("Nummer", "Number"),
    "date": ("Datum", "Date"),
    "debtor": ("Debiteur", "Debtor"),
    "total": ("Totaal incl. btw", "Total incl. VAT"),
    "status": ("Status", "Status"),
    "confirmed": ("Bevestigd", "Confirmed"),
    "paid": ("Betaald", "Paid"),
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
    "touch": ("Wijziging melden", "Report a change"),
    "webhooks": ("Webhooks", "Webhooks"),
    "no_webhooks": ("Er zijn geen webhooks.", "There are no webhooks."),
    "calls": ("De laatste aanroepen", "The latest calls"),
    "no_calls": ("Er is nog niet aangeroepen.", "There have been no calls yet."),
}
STYLE = """body{font-family:system-ui,sans-serif;background:#f3f4f6;color:#1f2937}
main{margin:0 auto;max-width:80rem;padding:1rem}
section{background:#fff;border-radius:.5rem;padding:1rem;margin:1rem 0;box-shadow:0 1px 3px #0002;overflow-x:auto}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:0}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #e5e7eb;font-size:.9rem}
a,button,.amount,td:nth-child(2){white-space:nowrap}th:nth-child(4){text-align:right}.amount{text-align:right;font-variant-numeric:tabular-nums}form{display:inline}a{color:#1d4ed8}
button{padding:.25rem .5rem;border:1px solid #6b7280;border-radius:.25rem;background:#fff;color:#1f2937;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid #2563eb}"""


class Overview:
    """The page, its button, and the PDFs that it links to."""

    def __init__(self, names: Profile, server: Server, control: Control) -> None:
        self._names = names
        self._server = server
        self._records: Records = server.records
        self._control = control

    def routes(self) -> list[web.RouteDef]:
        """Addresses of this module."""
        return [
            web.get("/_sim", self.lead),
            web.get("/_sim/", self.show),
            web.post("/_sim/", self.press),
            web.get("/_sim/pdf/{id}", self.pdf),
        ]

    async def lead(self, _request: web.Request) -> web.Response:
        """The address without its slash."""
        raise web.HTTPFound("/_sim/")

    async def show(self, request: web.Request) -> web.Response:
        """The whole page."""
        dutch = request.headers.get("Accept-Language", "nl").lower().startswith("nl")
        words = {key: texts[0 if dutch else 1] for key, texts in SENTENCES.items()}
        title = words["title"]
        body = self._intro(words) + self._invoices(words) + self._webhooks(words) + self._calls(words)
        page = (
            f'<!doctype html><html lang="{"nl" if dutch else "en"}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style></head>'
            f"<body><main><h1>{title}</h1>{body}</main></body></html>"
        )
        return web.Response(text=page, content_type="text/html")

    async def press(self, request: web.Request) -> web.Response:
        """The button: an invoice changed, as the webhooks are told."""
        try:
            invoice_id = str((await request.post()).get("id", ""))
        except (UnicodeDecodeError, LookupError, ValueError):
            raise web.HTTPBadRequest from None
        if self._records.place_of("invoices", invoice_id) is None:
            raise web.HTTPNotFound
        self._server.change_record(request, {"entity": "invoices", "id": invoice_id, "values": {}})
        raise web.HTTPSeeOther("/_sim/")

    async def pdf(self, request: web.Request) -> web.Response:
        """The PDF of an invoice, without a login."""
        place = self._records.place_of("invoices", request.match_info["id"])
        if place is None:
            raise web.HTTPNotFound
        institute = institute_of(self._records.scenario_name())
        body = invoice_pdf(self._records.read("invoices", place), self._names, institute)
        return web.Response(body=body, content_type="application/pdf")

    def _intro(self, words: dict[str, str]) -> str:
        _, day = self._control.limiter.look("client")
        text = words["intro"].format(
            scenario=self._records.scenario_name(),
            now=f"{self._server.now():%d-%m-%Y %H:%M}",
            left=day.remaining,
            limit=day.limit,
        )
        links = (("/swagger/v1/swagger.json", "description"), ("/_sim/switches", "switches"))
        shown = " · ".join(f'<a href="{address}">{words[key]}</a>' for address, key in links)
        return f"<p>{escape(text)}</p><p>{shown}</p>"

    def _invoices(self, words: dict[str, str]) -> str:
        span = Span(last=self._server.now())
        places = islice(self._records.places("invoices", span, "changed-desc"), SHOWN)
        rows = [self._row(self._records.read("invoices", place), words) for place in places]
        heads = ("number", "date", "debtor", "total", "status", "confirmed", "paid")
        head = "".join(f"<th>{words[key]}</th>" for key in heads)
        title = words["invoices"].format(count=len(rows), all=self._records.count("invoices", span))
        return f"<section><h2>{title}</h2><table><tr>{head}<th></th></tr>{''.join(rows)}</table></section>"

    def _row(self, record: Json, words: dict[str, str]) -> str:
        def own(name: str) -> Any:
            return value_of(record, self._names.invoices.fields.get(name))

        debtor = value_of(own("debtor"), self._names.debtors.fields["name"])
        key = escape(str(record.get(self._names.invoices.id)), quote=True)
        number = escape(str(own("number") or "–"))
        cells = (
            f'<a href="/_sim/pdf/{key}">{number}</a>',
            escape(day_of(own("invoice_date"))),
            escape(str(debtor or "")),
            None,
            escape(str(own("status") or "")),
            self._said(record, "confirmed", words),
            self._said(record, "paid", words),
            f'<form method="post"><button name="id" value="{key}">{words["touch"]}</button></form>',
        )
        total = f'<td class="amount">{escape(money(own("total_incl")))}</td>'
        return f"<tr>{''.join(total if cell is None else f'<td>{cell}</td>' for cell in cells)}</tr>"

    def _said(self, record: Json, key: str, words: dict[str, str]) -> str:
        """Yes or no, and the text that was written with it."""
        names = self._names.write_back
        said = words["yes" if record.get(names[key]) is True else "no"]
        text = record.get(names[f"{key}_text"])
        return escape(f"{said}: {text}" if text else said)

    def _webhooks(self, words: dict[str, str]) -> str:
        found = [f"<li>{escape(url)}</li>" for url in sorted(self._server.webhooks.registered())]
        shown = f"<ul>{''.join(found)}</ul>" if found else f"<p>{words['no_webhooks']}</p>"
        return f"<section><h2>{words['webhooks']}</h2>{shown}</section>"

    def _calls(self, words: dict[str, str]) -> str:
        rows = [
            f"<tr><td>{call.status}</td><td>{escape(call.method)} {escape(call.path)}</td></tr>"
            for call in self._control.calls.latest(CALLS)
        ]
        shown = f"<table>{''.join(rows)}</table>" if rows else f"<p>{words['no_calls']}</p>"
        return f"<section><h2>{words['calls']}</h2>{shown}</section>"
