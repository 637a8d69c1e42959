"""Every address of the service center, in one list: the permission test walks it (law 6)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpResponseBase
from django.urls import URLPattern, path
from django.views.i18n import set_language

from boekbrug.store import reading
from boekbrug.web.access import Level, Owner, Page, guarded
from boekbrug.web.pages.begin import view as begin
from boekbrug.web.pages.causes import view as causes
from boekbrug.web.pages.entrance.view import Inactive, Login, Logout
from boekbrug.web.pages.forward import shared
from boekbrug.web.pages.forward import view as forward
from boekbrug.web.pages.health import view as health
from boekbrug.web.pages.hooks import view as hooks
from boekbrug.web.pages.integration import actions, delete, hook, start, tried
from boekbrug.web.pages.integration import view as integration
from boekbrug.web.pages.integrations import view as integrations
from boekbrug.web.pages.invoice import file as invoice_file
from boekbrug.web.pages.invoice import view as invoice
from boekbrug.web.pages.invoices import view as invoices
from boekbrug.web.pages.mapping import view as mapping
from boekbrug.web.pages.oauth import view as oauth
from boekbrug.web.pages.options import view as options
from boekbrug.web.pages.today import view as today

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One address: who may open it, and for an address of one thing, whose thing it is.

    With `acts` looking is open to `level` and a request that may change something demands more. One that `posts` only
    changes something: opened by a link it does nothing.
    """

    route: str
    name: str
    level: Level
    view: Page | View
    owner: Owner | None = None
    acts: Level | None = None
    posts: bool = False


def _open(route: str, name: str, view: View) -> Address:
    return Address(route=route, name=name, level=Level.ANYONE, view=view)


def _page(
    route: str, name: str, level: Level, view: Page, owner: Owner | None = None, *, acts: Level | None = None
) -> Address:
    return Address(route=route, name=name, level=level, view=view, owner=owner, acts=acts)


def _step(step: str, name: str, view: Page) -> Address:
    """What a beheerder does with a koppeling on a page of its own."""
    route = f"service-center/integraties/<int:id>/{step}"
    return _page(route, name, Level.BEHEERDER, view, reading.owner_of_integration)


def _deed(deed: str, name: str, view: Page) -> Address:
    """What a beheerder does with a koppeling by a button."""
    return replace(_step(deed, name, view), posts=True)


ADDRESSES: tuple[Address, ...] = (
    _open("healthz", "healthz", health.lives),
    _open("readyz", "readyz", health.ready),
    _open("metrics", "metrics", health.metrics),
    _open("hooks/coachview/<str:secret>", "coachview_hook", hooks.coachview),
    _open("begin/<str:secret>", "begin", begin.page),
    _open("gedeeld/<str:secret>", "shared", shared.page),
    _open("inloggen", "account_login", Login.as_view()),
    _open("uitloggen", "account_logout", Logout.as_view()),
    _open("uitgeschakeld", "account_inactive", Inactive.as_view()),
    _open("taal", "language", set_language),
    _page("", "today", Level.MEEKIJKER, today.page),
    _page("actie", "causes", Level.MEEKIJKER, causes.page, acts=Level.FINANCIEEL),
    _page("actie/doorsturen", "forward", Level.FINANCIEEL, forward.page),
    _page("facturen", "invoices", Level.MEEKIJKER, invoices.page, acts=Level.FINANCIEEL),
    _page("facturen.csv", "invoices_csv", Level.MEEKIJKER, invoices.export),
    _page(
        "facturen/<int:id>",
        "invoice",
        Level.MEEKIJKER,
        invoice.page,
        reading.owner_of_invoice,
        acts=Level.FINANCIEEL,
    ),
    _page("facturen/<int:id>/factuur.pdf", "invoice_pdf", Level.MEEKIJKER, invoice_file.page, reading.owner_of_invoice),
    _page("service-center/integraties", "integrations", Level.MEEKIJKER, integrations.page, acts=Level.BEHEERDER),
    _page(
        "service-center/integraties/<int:id>",
        "integration",
        Level.MEEKIJKER,
        integration.page,
        reading.owner_of_integration,
        acts=Level.BEHEERDER,
    ),
    _step("inschakelen", "integration_start", start.page),
    _deed("authenticeren", "integration_authorise", actions.authorise),
    _deed("testen", "integration_test", tried.page),
    _deed("pauzeren", "integration_pause", actions.pause),
    _deed("hervatten", "integration_resume", actions.resume),
    _deed("opnieuw-lezen", "integration_reread", actions.reread),
    _deed("checklist", "integration_checklist", actions.confirm_item),
    _step("verwijderen", "integration_delete", delete.page),
    _step("webhookadres", "integration_webhook", hook.page),
    _page("oauth/exact/return", "exact_return", Level.MEEKIJKER, oauth.page),
    _page(
        "service-center/integraties/<int:id>/koppeltabellen",
        "mapping",
        Level.MEEKIJKER,
        mapping.page,
        reading.owner_of_integration,
        acts=Level.BEHEERDER,
    ),
    _page("service-center/opties", "options", Level.MEEKIJKER, options.page, acts=Level.BEHEERDER),
)


def _pattern(address: Address) -> URLPattern:
    if address.level is Level.ANYONE:
        return path(address.route, address.view, name=address.name)
    door = guarded(address.view, address.level, address.owner, acts=address.acts, posts=address.posts)
    return path(address.route, door, name=address.name)


urlpatterns = [_pattern(address) for address in ADDRESSES]
