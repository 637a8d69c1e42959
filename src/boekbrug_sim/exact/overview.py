"""The overview at `/_sim/` for people: bookings, periods, limits and calls, with a button for what a person would do.

The page speaks the language of the practice user: Dutch, English or French; its buttons are plain forms.
"""

from datetime import UTC, datetime
from html import escape
from typing import Any

from aiohttp import web

from boekbrug_sim.control import Control
from boekbrug_sim.exact.oauth import Logins, Person
from boekbrug_sim.exact.steering import Steering
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.texts import COLUMNS, ENGLISH
from boekbrug_sim.exact.values import date_of

USER = "demo@sim.example"
SHOWN = 50
SENTENCES = {  # Dutch, English, French
    "title": ("Exact-oefenboek", "Exact practice book", "Livre d'exercice Exact"),
    "intro": (
        "Scenario {scenario}, klok {now}.",
        "Scenario {scenario}, clock {now}.",
        "Scénario {scenario}, horloge {now}.",
    ),
    "ledger": ("Grootboek", "Ledger", "Grand livre"),
    "switches": ("Schakelaars", "Switches", "Commutateurs"),
    "users": ("Gebruikers", "Users", "Utilisateurs"),
    "user": ("Gebruiker", "User", "Utilisateur"),
    "language_of": ("Taal", "Language", "Langue"),
    "reason": ("Geweigerd om", "Refused for", "Refusé pour"),
    "to_en": ("Switch to English", "Switch to English", "Switch to English"),
    "to_nl": ("Naar het Nederlands", "Naar het Nederlands", "Naar het Nederlands"),
    "to_fr": ("Passer au français", "Passer au français", "Passer au français"),
    "revoke": ("Toegang van de app intrekken", "Withdraw the app's access", "Retirer l'accès de l'application"),
    "bookings": ("Boekingen ({count})", "Bookings ({count})", "Écritures ({count})"),
    "no_bookings": ("Er is nog niets geboekt.", "Nothing has been booked yet.", "Rien n'a encore été comptabilisé."),
    "receipts": ("Ontvangsten", "Receipts", "Encaissements"),
    "no_receipts": ("Er is nog niets ontvangen.", "Nothing has been received yet.", "Rien n'a encore été encaissé."),
    "periods": ("Perioden {year}", "Periods {year}", "Périodes {year}"),
    "limits": ("Limieten", "Limits", "Limites"),
    "calls": ("Aanroepen ({count})", "Calls ({count})", "Appels ({count})"),
    "no_calls": ("Er is nog niet aangeroepen.", "There have been no calls yet.", "Il n'y a pas encore eu d'appels."),
    "division": ("Administratie", "Division", "Administration"),
    "journal": ("Dagboek", "Journal", "Journal"),
    "number": ("Boekstuk", "Entry", "Pièce"),
    "date": ("Datum", "Date", "Date"),
    "customer": ("Klant", "Customer", "Client"),
    "reference": ("Uw ref.", "Your ref.", "Votre réf."),
    "amount": ("Bedrag", "Amount", "Montant"),
    "open": ("Open", "Open", "Ouvert"),
    "pay_back": ("Terugbetalen", "Pay back", "Rembourser"),
    "how_periods": (
        "Grijs is gesloten. Een druk op een periode sluit of opent haar.",
        "Grey is closed. Press a period to close or open it.",
        "Gris veut dire clôturé. Un clic sur une période la clôture ou la rouvre.",
    ),
    "pay": ("Betalen", "Pay", "Payer"),
    "paid": ("betaald", "paid", "payé"),
    "undo": ("Terugdraaien", "Undo", "Annuler"),
    "close": ("sluiten", "close", "clôturer"),
    "reopen": ("openen", "open", "rouvrir"),
    "app": ("App en administratie", "App and division", "App et administration"),
    "minute": ("Minuut", "Minute", "Minute"),
    "day": ("Dag", "Day", "Jour"),
    "moment": ("Moment", "Moment", "Moment"),
    "call": ("Aanroep", "Call", "Appel"),
    "status": ("Status", "Status", "Statut"),
    "problem": ("Dat ging niet: {text}", "That could not be done: {text}", "Cela n'a pas pu être fait: {text}"),
}
DAYS = {"nl": "%d-%m-%Y", "en": "%Y-%m-%d", "fr": "%d/%m/%Y"}
MARKS = {"nl": (".", ","), "en": (",", "."), "fr": ("\u202f", ",")}  # thousands, cents
STYLE = """body{font-family:system-ui,sans-serif;background:#f3f4f6;color:#1f2937}
main{margin:0 auto;max-width:72rem;padding:1rem}
section{background:#fff;border-radius:.5rem;padding:1rem;margin:1rem 0;box-shadow:0 1px 3px #0002;overflow-x:auto}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:0}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #e5e7eb;white-space:nowrap}
.amount{display:block;text-align:right;font-variant-numeric:tabular-nums}.hidden{position:absolute;width:1px;height:1px;
overflow:hidden;clip-path:inset(50%)}form{display:inline}
button{padding:.25rem .4rem;border:1px solid #6b7280;border-radius:.25rem;background:#fff;color:#1f2937;cursor:pointer;
position:relative}
button:focus-visible{outline:3px solid #2563eb}.closed{background:#d1d5db}.problem{color:#b91c1c}"""
ENTRIES_SQL = """
SELECT e."Division", e."Journal", e."EntryNumber", e."EntryDate", a."Name", e."YourRef", e."AmountDC",
    e."ReportingYear", (SELECT -SUM(p."AmountDC") FROM "PaymentTerms" p WHERE p."Division" = e."Division"
        AND p."TransactionEntryID" = e."EntryID" AND p."Status" < 50)
FROM "SalesEntries" e LEFT JOIN "Accounts" a ON a."Division" = e."Division" AND a."ID" = e."Customer"
ORDER BY e.rowid DESC LIMIT ?
"""
RECEIPTS_SQL = """
SELECT r."ID", r."Division", t."JournalCode", t."EntryNumber", t."Date",
    (SELECT SUM(ABS(l."AmountDC")) / 2 FROM "TransactionLines" l
        WHERE l."Division" = r."Division" AND l."EntryID" = r."EntryID")
FROM "Receipts" r JOIN "Transactions" t ON t."Division" = r."Division" AND t."EntryID" = r."EntryID"
ORDER BY r.rowid DESC LIMIT ?
"""
PERIODS_SQL = """
SELECT s."Division", s."Journal", s."Period", s."Status" FROM "JournalStatus" s
WHERE s."JournalType" = 20 AND s."Year" = ? ORDER BY s."Division", s."Journal", s."Period"
"""


class Overview:
    """The page and its buttons."""

    def __init__(self, store: Store, control: Control, logins: Logins, steering: Steering) -> None:
        self._store = store
        self._control = control
        self._logins = logins
        self._verbs = {
            "pay": steering.receive,
            "undo": steering.undo,
            "period": steering.period,
            "login": steering.login,
        }

    def routes(self) -> list[web.RouteDef]:
        """Addresses of this module."""
        return [
            web.get("/_sim", self.lead),
            web.get("/docs/FinEntryView.aspx", self.lead),
            web.get("/_sim/", self.show),
            web.post("/_sim/", self.press),
        ]

    async def lead(self, _request: web.Request) -> web.Response:
        """The address without its slash, and that of one entry's page: there is one page, with the bookings on it."""
        raise web.HTTPFound("/_sim/")

    async def show(self, _request: web.Request) -> web.Response:
        """The page."""
        return self._page()

    async def press(self, request: web.Request) -> web.Response:
        """A button: done, and back to the page; what cannot be done is said on it."""
        form: dict[str, Any] = {name: str(value) for name, value in (await request.post()).items()}
        if "entry_numbers" in form:
            form["entry_numbers"] = [form["entry_numbers"]]
        try:
            self._verbs[form.pop("do", "")](request, form)
        except (ValueError, KeyError) as problem:
            return self._page(problem=str(problem), status=400)
        raise web.HTTPSeeOther("/_sim/")

    def _page(self, *, problem: str = "", status: int = 200) -> web.Response:
        person = self._logins.person(USER) or Person(name=USER)
        words = _Words(COLUMNS.get(person.language, ENGLISH))
        now = self._control.clock.now()
        intro = words("intro", scenario=self._control.scenario, now=f"{now:%Y-%m-%d %H:%M} UTC")
        count = self._store.one('SELECT COUNT(*) FROM "SalesEntries"')
        links = " · ".join(f'<a href="/_sim/{name}">{words(name)}</a>' for name in ("ledger", "switches"))
        parts = [
            f"<h1>{words('title')}</h1>",
            f'<p class="problem" role="alert">{words("problem", text=problem)}</p>' if problem else "",
            f"<p>{intro} {links}</p>",
            _section(words("users"), self._users(words)),
            _section(words("bookings", count=count[0] if count else 0), self._bookings(words)),
            _section(words("receipts"), self._receipts(words)),
            _section(words("periods", year=now.year), self._periods(words, now.year)),
            _section(words("limits"), self._limits(words)),
            _section(words("calls", count=len(self._control.calls)), self._calls(words)),
        ]
        head = (
            f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{words("title")}</title>'
            f"<style>{STYLE}</style></head><body><main>"
        )
        text = f"{head}{''.join(parts)}</main></body></html>"
        return web.Response(text=text, content_type="text/html", status=status)

    def _users(self, words: "_Words") -> str:
        rows = []
        for person in self._logins.people():
            buttons = [
                _button(words(f"to_{other}"), do="login", user=person.name, language=other)
                for other in COLUMNS
                if other != person.language
            ]
            buttons.append(_button(words("revoke"), do="login", user=person.name, revoke="yes"))
            rows.append([*_cells(person.name, person.language, person.reason), " ".join(buttons)])
        return _table(words, ("user", "language_of", "reason"), rows)

    def _bookings(self, words: "_Words") -> str:
        rows = []
        for division, journal, number, day, name, reference, amount, year, left in self._store.all(
            ENTRIES_SQL, (SHOWN,)
        ):
            place = {"division": division, "journal": journal, "year": year, "entry_numbers": number}
            verb = words("pay_back" if (left or 0.0) < 0 else "pay")
            pay = _button(verb, do="pay", **place) if left else words("paid")
            cells = (division, journal, number, words.day(day), name, reference)
            rows.append([*_cells(*cells), words.amount(amount), words.amount(left or 0.0), pay])
        heads = ("division", "journal", "number", "date", "customer", "reference", "amount", "open")
        return _table(words, heads, rows) if rows else words("no_bookings")

    def _receipts(self, words: "_Words") -> str:
        rows = [
            [
                *_cells(division, journal, number, words.day(day)),
                words.amount(amount),
                _button(words("undo"), do="undo", id=key),
            ]
            for key, division, journal, number, day, amount in self._store.all(RECEIPTS_SQL, (SHOWN,))
        ]
        heads = ("division", "journal", "number", "date", "amount")
        return _table(words, heads, rows) if rows else words("no_receipts")

    def _periods(self, words: "_Words", year: int) -> str:
        lines: dict[tuple[int, str], list[str]] = {}
        for division, journal, period, closed in self._store.all(PERIODS_SQL, (year,)):
            fields = {"division": division, "journal": journal, "year": year, "period": period}
            verb = words("reopen" if closed else "close")
            label = f'{period}<span class="hidden"> {verb}</span>'
            button = _button(label, do="period", status="open" if closed else "closed", **fields)
            lines.setdefault((division, journal), []).append(
                button.replace("<button>", '<button class="closed">') if closed else button
            )
        rows = [[*_cells(*place), *buttons] for place, buttons in lines.items()]
        return f"<p>{words('how_periods')}</p>{_table(words, ('division', 'journal'), rows)}"

    def _limits(self, words: "_Words") -> str:
        limits, used = self._control.limiter.limits, self._control.limiter.used()
        rows = [
            _cells(
                key,
                f"{used['minute'].get(key, 0)} / {limits.minute or '∞'}",
                f"{count} / {limits.day or '∞'}",
            )
            for key, count in sorted(used["day"].items())
        ]
        return _table(words, ("app", "minute", "day"), rows) if rows else words("no_calls")

    def _calls(self, words: "_Words") -> str:
        rows = [
            _cells(f"{datetime.fromtimestamp(call.at, UTC):%H:%M:%S}", f"{call.method} {call.path}", call.status)
            for call in self._control.calls.latest(SHOWN)
        ]
        return _table(words, ("moment", "call", "status"), rows) if rows else words("no_calls")


class _Words:
    """Sentences of the page in one language, fit for HTML."""

    def __init__(self, column: int) -> None:
        self.column = column

    @property
    def language(self) -> str:
        """The language of the page."""
        return next(name for name, column in COLUMNS.items() if column == self.column)

    def day(self, milliseconds: int) -> str:
        """A day as the language writes it."""
        return f"{date_of(milliseconds):{DAYS[self.language]}}"

    def amount(self, value: float) -> str:
        """An amount as the language writes it, to the right of its column."""
        point, comma = MARKS[self.language]
        text = f"{value:,.2f}".translate({ord(","): point, ord("."): comma})
        return f'<span class="amount">{text}</span>'

    def __call__(self, sentence: str, **values: object) -> str:
        return escape(SENTENCES[sentence][self.column].format(**values))


def _cells(*values: object) -> list[str]:
    return [escape("" if value is None else str(value)) for value in values]


def _button(label: str, **fields: object) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">' for name, value in fields.items()
    )
    return f'<form method="post" action="/_sim/">{hidden}<button>{label}</button></form>'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>"


def _table(words: _Words, heads: tuple[str, ...], rows: list[list[str]]) -> str:
    top = "".join(f'<th scope="col">{words(name)}</th>' for name in heads)
    top += "<td></td>" * (max((len(row) for row in rows), default=len(heads)) - len(heads))
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
