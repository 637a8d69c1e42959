"""`/begin/<secret>`: the first visit; GET shows, only POST uses the link up."""

from allauth.core import ratelimit
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from boekbrug.store.moment import moment
from boekbrug.store.organisations import AlreadyThere, NotFound
from boekbrug.store.set_up import FirstPerson, opens_set_up, set_up
from boekbrug.web.pages.begin.forms import BeginForm

# Nothing of the address in a Referer; "no-referrer" would also empty the Origin that the check on forms reads.
NO_ADDRESS = "strict-origin"


@sensitive_post_parameters("password", "again")
def page(request: HttpRequest, secret: str) -> HttpResponse:
    """The form for the institute and its beheerder; afterwards one is logged in."""
    if not ratelimit.consume(request, action="login"):
        return ratelimit.respond_429(request)  # type: ignore[no-any-return]  # allauth has no types
    if not opens_set_up(secret):
        raise Http404
    form = BeginForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _made(form, secret):
        _log_in(request, form.first_person())
        return redirect("integrations")
    answer = render(request, "begin/page.html", {"form": form})
    answer["Referrer-Policy"] = NO_ADDRESS
    return answer


def _made(form: BeginForm, secret: str) -> bool:
    try:
        set_up(secret, form.first_person(), now=moment())
    except AlreadyThere:
        form.add_error("organisation", _("Er is al een instituut met deze naam. Kies een andere naam."))
        return False
    except NotFound:
        raise Http404 from None
    return True


def _log_in(request: HttpRequest, person: FirstPerson) -> None:
    user = authenticate(request, email=person.mail.lower(), password=person.password)
    if user is not None:
        login(request, user)
