"""The OAuth addresses: consent in the browser or without one, and the token endpoint. Source: exact-rest.md 1."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from aiohttp import web
from multidict import MultiDict

from boekbrug_sim.control.gate import REFUSE_REFRESH
from boekbrug_sim.exact.errors import json_response
from boekbrug_sim.exact.oauth import CLIENTS, MALFORMED, TOO_EARLY, Logins, Person, TokenError
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.webhooks import is_allowed_address

COOKIE = "sim_session"
TOO_EARLY_REASON = "TooEarlyToRefreshTokens: access token is not expired yet"
_PAGE = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Exact Online (simulator)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body{{font-family:system-ui,sans-serif;background:#f3f4f6;color:#1f2937;margin:0;display:grid;place-items:center;
min-height:100vh}}main{{background:#fff;padding:2rem;border-radius:.5rem;max-width:24rem;width:90%;
box-shadow:0 1px 4px #0003}}h1{{font-size:1.2rem}}label{{display:block;margin:.75rem 0 .25rem}}
input[type=text],input[type=password]{{width:100%;padding:.5rem;box-sizing:border-box}}fieldset{{margin:1rem 0;
border:1px solid #d1d5db}}button{{padding:.6rem 1rem;margin-right:.5rem}}.error{{color:#b91c1c}}</style></head><body>
<main><h1>Exact Online (simulator)</h1><p>De app <b>{client}</b> vraagt toegang tot uw administraties.</p>{error}
<form method="post" action="?{query}"><label for="user">Gebruikersnaam</label>
<input type="text" id="user" name="user" value="demo@sim.example" autocomplete="username">
<label for="password">Wachtwoord</label>
<input type="password" id="password" name="password" autocomplete="current-password" aria-describedby="hint">
<p id="hint">In het oefenboek is het wachtwoord: demo</p>
<fieldset><legend>Administraties</legend>{divisions}</fieldset>
<button name="consent" value="yes">Toestaan</button><button name="consent" value="no">Weigeren</button></form>
</main></body></html>"""

_BOX = '<label><input type="checkbox" name="division" value="{code}" checked> {name} ({code})</label>'


class Consent:
    """The authorise and token endpoints."""

    def __init__(self, store: Store, logins: Logins) -> None:
        self._store = store
        self._logins = logins
        self._sessions: dict[str, tuple[str, tuple[int, ...] | None]] = {}
        """Who is logged in, and the companies that he let the app into; None is all."""

    def routes(self) -> list[web.RouteDef]:
        """Addresses of this module."""
        return [
            web.get("/api/oauth2/auth", self.ask),
            web.post("/api/oauth2/auth", self.decide),
            web.post("/api/oauth2/token", self.token),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """Show the page; a running session, or `sim_user`, gets its code at once."""
        query = request.query
        if problem := _broken(query):
            return web.Response(status=400, text=problem)
        name = query.get("sim_user")
        if name is not None:
            person = self._logins.person(name)
            if person is None:
                return web.Response(status=400, text=f"unknown user {name}")
            return self._redirect(query, person, _numbers(query.get("sim_divisions", "")))
        name, divisions = self._sessions.get(request.cookies.get(COOKIE, ""), ("", None))
        person = self._logins.person(name)
        if person is not None and query.get("force_login") != "1":
            return self._redirect(query, person, divisions)
        return self._page(query)

    async def decide(self, request: web.Request) -> web.Response:
        """What the person answered."""
        query, form = request.query, await _form(request)
        if problem := _broken(query):
            return web.Response(status=400, text=problem)
        if form.get("consent") == "no":
            return _moved(query, {"error": "access_denied"})
        person = self._logins.person(form.get("user", ""))
        if person is None or form.get("password") != person.password:
            return self._page(query, error="Gebruikersnaam of wachtwoord is onjuist.")
        chosen = _numbers(",".join(form.getall("division", []))) or ()
        if not chosen:
            return self._page(query, error="Kies ten minste één administratie.")
        divisions = None if set(chosen) == set(self._divisions()) else chosen
        response = self._redirect(query, person, divisions)
        session = secrets.token_urlsafe(16)
        self._sessions[session] = (person.name, divisions)
        response.set_cookie(COOKIE, session, httponly=True, samesite="Lax")
        return response

    def _page(self, query: Mapping[str, str], *, error: str = "") -> web.Response:
        rows = self._store.all('SELECT "Code", "Description" FROM "Divisions" ORDER BY "Code" LIMIT 50')
        boxes = "".join(_BOX.format(code=code, name=escape(name or "")) for code, name in rows)
        page = _PAGE.format(
            client=escape(query["client_id"]),
            error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
            query=escape(urlencode(dict(query))),
            divisions=boxes,
        )
        return web.Response(text=page, content_type="text/html", status=200)

    def _divisions(self) -> list[int]:
        return [row[0] for row in self._store.all('SELECT "Code" FROM "Divisions"')]

    def _redirect(self, query: Mapping[str, str], person: Person, divisions: tuple[int, ...] | None) -> web.Response:
        client, redirect = query["client_id"], query["redirect_uri"]
        if query["response_type"] == "token":
            pair = self._logins.new_chain(client=client, person=person.name, divisions=divisions)
            return _moved(query, {name: str(pair[name]) for name in ("access_token", "token_type", "expires_in")})
        code = self._logins.new_code(client=client, person=person.name, redirect=redirect, divisions=divisions)
        return _moved(query, {"code": code})

    async def token(self, request: web.Request) -> web.Response:
        """Tokens for a code or a refresh token."""
        form = await _form(request)
        try:
            return json_response(self._tokens(request, form))
        except TokenError as problem:
            if problem.status == 429:
                return web.Response(status=429)
            body: dict[str, Any] = {"error": problem.error}
            if problem.description:
                body["error_description"] = problem.description
            early = (problem.status, problem.error, problem.description) == TOO_EARLY
            headers = {"Reason": TOO_EARLY_REASON} if early else None
            return json_response(body, status=problem.status, headers=headers)

    def _tokens(self, request: web.Request, form: Mapping[str, str]) -> dict[str, object]:
        client, secret = _credentials(request.headers.get("Authorization", ""), form)
        if not client or not secret:
            raise TokenError(*MALFORMED)
        if CLIENTS.get(client) != secret:
            raise TokenError(400, "invalid_client")  # guessed
        match form.get("grant_type"):
            case "authorization_code" if form.get("code") and form.get("redirect_uri"):
                return self._logins.redeem(client=client, code=form["code"], redirect=form["redirect_uri"])
            case "refresh_token" if form.get("refresh_token"):
                if request.get(REFUSE_REFRESH):
                    raise TokenError(*TOO_EARLY)
                return self._logins.refresh(client=client, refresh_token=form["refresh_token"])
        raise TokenError(*MALFORMED)


async def _form(request: web.Request) -> "MultiDict[str]":
    """The fields of a form; a body that is none has no fields."""
    try:
        return MultiDict((name, str(value)) for name, value in (await request.post()).items())
    except (ValueError, LookupError, web.RequestPayloadError):
        return MultiDict()


def _credentials(header: str, form: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Who the app is: by its form fields (1.3), or by a Basic header as most OAuth libraries send it."""
    kind, _, text = header.partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None, None
        return unquote(name), unquote(secret)
    return form.get("client_id"), form.get("client_secret")


def _broken(query: Mapping[str, str]) -> str | None:
    """What is wrong with an authorisation request."""
    if query.get("client_id") not in CLIENTS:
        return "unknown client_id"
    if query.get("response_type") not in {"code", "token"}:
        return "response_type must be code or token"
    if not is_allowed_address(query.get("redirect_uri", "")):
        return "redirect_uri is not registered: https, or a loopback host"
    return None


def _moved(query: Mapping[str, str], answer: dict[str, str]) -> web.Response:
    """Back to the app; the code is percent-encoded once (1.2), and yarl must not decode it."""
    if "state" in query:
        answer["state"] = query["state"]
    joined = "&".join(f"{name}={quote(value, safe='')}" for name, value in answer.items())
    redirect = query["redirect_uri"]
    if query["response_type"] == "token" and "error" not in answer:
        mark = "#"
    else:
        mark = "&" if urlsplit(redirect).query else "?"
    return web.Response(status=302, headers={"Location": f"{redirect}{mark}{joined}"})


def _numbers(text: str) -> tuple[int, ...] | None:
    return tuple(int(part) for part in text.split(",") if part.strip().isdecimal()) or None
