"""Before there is a connection codes are typed, after it they are picked; Exact is never asked while a page is open."""

import re
from html import unescape

import pytest
from tests.domain import builders
from tests.web import making
from tests.web.configuring import Desk, desk, faults
from tests.web.reading_pages import read, text_of

from boekbrug.store import models
from boekbrug.store.integrations import create_integration, follow_defaults
from boekbrug.store.records import write

REACHED = {"2187645": "Opleidingen Noord B.V.", "7": "Proef"}


@pytest.fixture
def beheer(noord: making.Institute) -> Desk:
    """The administrator of an institute that is connected."""
    models.Login.objects.update(refresh_mark="mark", reaches=REACHED)
    know(noord, "division", "", {"country": "NL", "currency": "EUR"})
    know(noord, "journal", "71", write(builders.journal(code="71", description="Verkoop Zuid", gl_account="1310")))
    know(noord, "journal", "20", write(builders.journal(code="20", description="Bank", kind=12)))
    know(noord, "journal", "72", write(builders.journal(code="72", description="Oud", blocked=True)))
    know(noord, "journal", "70", write(builders.journal(code="70", description="Verkoopboek", gl_account="1300")))
    know(noord, "gl_account", "1300", write(builders.gl_account("1300", description="Debiteuren", kind=20)))
    know(noord, "gl_account", "1310", write(builders.gl_account("1310", description="Zuid", kind=90)))
    return desk(noord)


def know(institute: making.Institute, kind: str, code: str, record: object) -> None:
    """Exact told this before."""
    models.ReferenceRow.objects.update_or_create(
        administration=institute.administration, kind=kind, code=code, defaults={"record": record}
    )


def offered(here: Desk, name: str) -> list[str] | None:
    """What can be picked for an option; None while it is typed."""
    page = here.client.get(here.address).content.decode()
    found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    return [unescape(text).strip() for text in re.findall(r"<option[^>]*>(.*?)</option>", found[0])] if found else None


def test_before_a_connection_codes_are_typed_and_it_says_where_to_find_them(noord: making.Institute) -> None:
    made = create_integration(noord.organisation.pk, {"name": "Nieuw"}, who="f", now=making.NIGHT)
    fresh = Desk(client=desk(noord).client, integration_id=made)
    assert [offered(fresh, name) for name in ("division", "journal", "receivables_account")] == [None, None, None]
    assert "Nog niet verbonden? Beweeg in Exact de muis over de administratie" in read(fresh.client, fresh.address)


def test_once_connected_they_are_picked_by_code_and_name(beheer: Desk) -> None:
    assert offered(beheer, "division") == ["2187645 · Opleidingen Noord B.V.", "7 · Proef"]
    assert offered(beheer, "journal") == ["70 · Verkoopboek", "71 · Verkoop Zuid"]
    assert offered(beheer, "receivables_account") == ["1300 · Debiteuren", "1310 · Zuid"]


def test_what_is_set_and_gone_from_exact_stays_visible(beheer: Desk) -> None:
    models.ReferenceRow.objects.filter(code="70").delete()
    assert "70 · niet gevonden in Exact" in (offered(beheer, "journal") or [])
    assert "Dagboek 70 staat niet in Exact." in faults(beheer.save({"debtor_prefix": "7"}))["journal"]


def test_a_new_koppeling_of_a_login_chooses_its_administration(beheer: Desk, noord: making.Institute) -> None:
    made = create_integration(noord.organisation.pk, {"name": "Nieuw"}, who="f", now=making.NIGHT)
    login = models.Login.objects.get()
    models.Integration.objects.filter(pk=made).update(login=login)
    fresh = Desk(client=beheer.client, integration_id=made)
    assert (offered(fresh, "division") or [])[0] == "kies een administratie"


def test_the_account_follows_the_journal_that_is_picked(beheer: Desk) -> None:
    beheer.save({"journal": "71"})
    assert (beheer.stored()["journal"], beheer.stored()["receivables_account"]) == ("71", "1310")


def test_the_account_follows_what_exact_tells_when_nobody_chose_another(beheer: Desk, noord: making.Institute) -> None:
    know(noord, "journal", "70", write(builders.journal(code="70", description="Verkoopboek", gl_account="1310")))
    follow_defaults(beheer.integration_id, now=making.NIGHT)
    assert beheer.stored()["receivables_account"] == "1310"
    assert beheer.versions()[-1].changes.keys() == {"receivables_account"}
    follow_defaults(beheer.integration_id, now=making.NIGHT)
    assert len(beheer.versions()) == 3


def test_a_red_option_keeps_the_defaults_where_they_are(beheer: Desk, noord: making.Institute) -> None:
    know(noord, "journal", "70", write(builders.journal(code="70", gl_account="1310", blocked=True)))
    follow_defaults(beheer.integration_id, now=making.NIGHT)
    assert len(beheer.versions()) == 2


def test_exact_out_of_reach_keeps_neither_the_page_nor_a_save_from_working(
    beheer: Desk, noord: making.Institute
) -> None:
    """Nothing answers for Exact here: no app is set up, and tests reach no network."""
    assert beheer.save({"debtor_prefix": "7"}).status_code == 302
    assert beheer.stored()["debtor_prefix"] == "7"
    assert offered(beheer, "journal") == ["70 · Verkoopboek", "71 · Verkoop Zuid"]


def test_lists_that_cannot_be_read_now_are_told_and_the_save_stands(beheer: Desk) -> None:
    models.Booking.objects.all().delete()
    answer = beheer.client.post(beheer.address, beheer.inputs() | {"division": ["7"]}, follow=True)
    page = text_of(answer.content.decode())
    assert beheer.stored()["division"] == 7
    assert "Opgeslagen als versie 3." in page
    assert "De keuzelijsten van Exact zijn nog niet gelezen; u kunt de codes intypen." in page
    assert offered(beheer, "journal") is None
