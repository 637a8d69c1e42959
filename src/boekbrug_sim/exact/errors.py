"""Answers that are not what was asked for: status, body, headers. Source: exact-rest.md 1.5, 2, 3.3, 3.4."""

import json

from aiohttp import web

from boekbrug_sim.exact import atom
from boekbrug_sim.exact.texts import RefusedError

COUNTED = frozenset({400, 401, 403, 404})  # 2: these count for the error block
MOVED_PAGE = (
    "<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to "
    '<a href="/docs/Login.aspx?ReturnUrl=%2fapi%2fv1">here</a>.</h2>\r\n</body></html>\r\n'
)
PLEASE_SELECT = "Please add a $select or a $top=1 statement to the query string."


class ApiError(Exception):
    """An answer with an error status and a message in Exact's form."""

    def __init__(self, status: int, message: str = "", *, reason: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason


def answer(error: ApiError, *, as_json: bool) -> web.Response:
    """The response for an error; without a message the body is empty."""
    headers = {"Reason": error.reason} if error.reason else {}
    if not error.message:
        return web.Response(status=error.status, headers=headers)
    return message_response(error.status, error.message, as_json=as_json, headers=headers)


def refusal(error: RefusedError, language: str, english_journal: str, *, as_json: bool) -> web.Response:
    """A broken business rule: 500, one line per rule, in the language of the user."""
    lines = [each.text(language, english_journal=english_journal) for each in error.refusals]
    return message_response(500, "\n".join(lines), as_json=as_json, headers={})


def message_response(status: int, message: str, *, as_json: bool, headers: dict[str, str]) -> web.Response:
    """An error body: JSON, or XML when JSON was not asked for."""
    if not as_json:
        return web.Response(status=status, text=atom.error(message), content_type="application/xml", headers=headers)
    body = {"error": {"code": "", "message": {"lang": "", "value": message}}}
    return json_response(body, status=status, headers=headers)


def json_response(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer with the content type that the service uses (3.2)."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = web.Response(status=status, body=text.encode(errors="replace"), headers=headers)
    response.headers["Content-Type"] = "application/json;charset=utf-8"
    return response


def unauthorised(body: object) -> web.Response:
    """401 on a missing or expired token: a page, never JSON."""
    if body == "empty":
        return web.Response(status=401)
    return web.Response(status=401, text=MOVED_PAGE, content_type="text/html")
