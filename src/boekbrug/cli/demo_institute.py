"""The demo's institute: one organisation, two koppelingen on disjoint number series, one login at the simulator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from boekbrug import wiring
from boekbrug.cli.practice import DIVISION_NL, PracticeBook, consent
from boekbrug.store import lifecycle
from boekbrug.store.decide import set_mapping
from boekbrug.store.integrations import create_integration, list_integrations
from boekbrug.store.organisations import create_organisation, create_user, list_organisations, set_coachview

ORGANISATION = "Opleidingen Noord"
WHO = "demo"
WITH_PDF, WITHOUT_PDF = ("20260001", "20264999"), ("20265001", "20269999")


@dataclass(frozen=True, kw_only=True)
class Institute:
    """Where the demo books."""

    organisation_id: int
    administrations: list[int]


def settle_in(book: PracticeBook, *, user: tuple[str, str], coachview_client: tuple[str, str]) -> Institute:
    """Make what is not there yet; an earlier demo's institute is taken over, with the simulators' new addresses."""
    known = {row.name: row.id for row in list_organisations()}
    organisation_id = known.get(ORGANISATION) or create_organisation(ORGANISATION, now=_now())
    if ORGANISATION not in known:
        create_user(*user, role="beheerder", organisation_id=organisation_id)
    client_id, secret = coachview_client
    access = {"coachview_url": book.coachview.address, "coachview_client_id": client_id}
    values = {**access, "coachview_client_secret": secret, "profile": "coachview"}
    set_coachview(organisation_id, values, who="", at=_now())
    if ORGANISATION not in known:
        for options in (
            _options("Exact Online", WITH_PDF, pdf=True),
            _options("Exact zonder PDF", WITHOUT_PDF, pdf=False),
        ):
            _start(create_integration(organisation_id, options, who=WHO, now=_now()))
    rows = list_integrations(organisation_id)
    return Institute(
        organisation_id=organisation_id,
        administrations=sorted({row.administration_id for row in rows if row.administration_id is not None}),
    )


def _options(name: str, numbers: tuple[str, str], *, pdf: bool) -> Mapping[str, object]:
    today = datetime.now(UTC).date()
    return {
        "name": name,
        "site": "practice",
        "division": DIVISION_NL,
        "country": "NL",
        "book_from": _two_months_before(today).isoformat(),
        "invoice_filter": {"numbers": [list(numbers)]},
        "deferred_revenue": True,
        "send_pdf": pdf,
        "project_source": "opleidingssoortcode" if pdf else None,
        "order_date_determination": "per_regel",
    }


def _two_months_before(today: date) -> date:
    """The first day of the month before last month: older invoices are of before the start."""
    month = today.year * 12 + today.month - 3
    return date(month // 12, month % 12 + 1, 1)


def _start(integration_id: int) -> None:
    """Enable, map what the demo's administration calls otherwise, and consent at the simulator."""
    set_mapping(integration_id, "payment_term", "direct-debit", "IN", who=WHO, now=_now())
    lifecycle.enable_and_confirm(integration_id, who=WHO, now=_now())
    answer = consent(wiring.authorise(integration_id))
    wiring.complete_authorise("?" + urlencode(answer))


def _now() -> datetime:
    return datetime.now(UTC)
