"""What a person hears after a button: done, or why nothing was done."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boekbrug.store.lifecycle import NotAllowedNow
from boekbrug.store.options import OptionsRefused
from boekbrug.store.organisations import NotFound
from boekbrug.sync.failures import OutsideFailure
from boekbrug.web import outside
from boekbrug.web.option_words import told


def done(request: HttpRequest, words: str) -> None:
    """Say what was done."""
    messages.success(request, words, extra_tags="green")


def tell_started(request: HttpRequest) -> None:
    """Say that booking has begun, and where it can be followed."""
    follow = format_html('<a href="{}">{}</a>', reverse("today"), _("Volg het bij Vandaag"))
    done(request, format_html("{} {}.", _("Het boeken is gestart."), follow))


def not_done(request: HttpRequest, words: str) -> None:
    """Say why nothing was done."""
    messages.error(request, words, extra_tags="red")


@contextmanager
def or_why_not(request: HttpRequest) -> Iterator[None]:
    """Turn what keeps a button from working into one sentence; a koppeling that is gone is not found."""
    language = get_language() or "nl"
    try:
        yield
    except NotFound as missing:
        raise Http404 from missing
    except NotAllowedNow:
        not_done(request, _("De koppeling is intussen in een andere toestand. Er is niets gewijzigd."))
    except OptionsRefused as refused:
        not_done(request, " ".join(told(refusal, language) for refusal in refused.refusals))
    except OutsideFailure as failure:
        not_done(request, outside.told(failure, language))
