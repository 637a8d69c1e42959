"""The overview of the Coachview simulator for people."""

from tests.sim.coachview.practice_coachview import Coachview


def test_it_shows_the_newest_invoices_what_was_written_back_and_the_calls(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260028")
    fields = {"bevestigd": True, "bevestigdOmschrijving": "Geboekt als <20260028>", "betaald": False}
    coachview.http.put(f"/api/v1/Facturen/{invoice['id']}", json=fields)
    page = coachview.http.get("/_sim/", headers={"Accept-Language": "nl-NL"}).text
    assert '<html lang="nl">' in page
    assert "De 50 nieuwste van 60 facturen" in page
    assert page.index("20260028") < page.index("20260017")
    assert "ja: Geboekt als &lt;20260028&gt;" in page
    assert "985,00" in page
    assert "PUT /api/v1/Facturen/" in page
    assert "4998 van 5000" in page


def test_it_speaks_english_to_those_who_do_not_read_dutch(coachview: Coachview) -> None:
    page = coachview.http.get("/_sim", headers={"Accept-Language": "en-GB,nl;q=0.5"}, follow_redirects=True).text
    assert "The newest 50 of 60 invoices" in page
    assert "There are no webhooks." in page


def test_the_button_reports_a_change_and_the_link_shows_the_pdf(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    answer = coachview.http.post("/_sim/", data={"id": invoice["id"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/_sim/")
    changed = coachview.invoice("20260004")
    assert changed["audittrail"]["gewijzigdDatumTijd"] == "2026-11-24T12:00:00"
    assert {**changed, "audittrail": 0} == {**invoice, "audittrail": 0}
    pdf = coachview.http.get(f"/_sim/pdf/{invoice['id']}")
    assert pdf.content == coachview.get(f"Facturen/{invoice['id']}/Pdf").content
    assert coachview.http.post("/_sim/", data={"id": "onbekend"}).status_code == 404
    odd = {"Content-Type": "application/x-www-form-urlencoded; charset=geen"}
    assert coachview.http.post("/_sim/", content=b"id=1", headers=odd).status_code == 400
    assert coachview.http.get("/_sim/pdf/onbekend").status_code == 404
