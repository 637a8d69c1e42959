"""What every answer carries: the headers that browsers guard a page with, and the reader's language."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from boekbrug import trail

GetResponse = Callable[[HttpRequest], HttpResponse]

# Everything comes from ourselves; nothing stands in the page's own text, no frame may hold us.
POLICY = "; ".join(  # noqa: FLY002  # one directive a line reads best
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FORMS = "form-action 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class GuardHeaders:
    """Sets the headers on every answer that does not set them itself (service-center.md, "Security, page by page")."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers; pages are about one person's books, so nobody in between keeps them."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(str(settings.STATIC_URL)):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class OneId:
    """Gives each request the id that the log follows to what comes of it (docs/decisions/0010-one-id.md)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, made under a new id; one that the caller names is not taken over."""
        with trail.following(trail.new()):
            return self.get_response(request)


def allow_forms_to(response: HttpResponse, origin: str) -> HttpResponse:
    """Let a form of this page lead to `origin` too: browsers hold the redirect after a POST to the same rule."""
    if origin:
        response.headers["Content-Security-Policy"] = POLICY.replace(FORMS, f"{FORMS} {origin}")
    return response


class ReaderLanguage:
    """Dutch, until the reader chose another language by the switch; the browser's own wish is not asked.

    Source: service-center.md, "Dutch first, English by a switch".
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer in the reader's language, and saying so."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response
