"""The PDF of an invoice in the Coachview simulator: it says what the API says, in the language of the debtor."""

import io
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from stdnum import iban
from stdnum.be import ogm_vcs
from tests.sim.coachview.practice_coachview import Coachview, practice_coachview


def printed(coachview: Coachview, invoice: dict[str, Any]) -> str:
    """The text of the PDF."""
    return words(coachview.get(f"Facturen/{invoice['id']}/Pdf").content)


def words(content: bytes) -> str:
    """The text of a PDF with single blanks."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def dutch(amount: float) -> str:
    """An amount as the Dutch and Belgians write it."""
    return f"{Decimal(str(amount)):,.2f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize("number", ["20260004", "20260016", "20260028", "20265029"])
def test_every_invoice_has_a_pdf_that_shows_its_number_and_total(coachview: Coachview, number: str) -> None:
    invoice = coachview.invoice(number)
    answer = coachview.get(f"Facturen/{invoice['id']}/Pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    text = words(answer.content)
    assert number in text
    assert f"€ {dutch(invoice['totaalInclBtw'])}" in text
    assert coachview.get(f"Facturen/{invoice['id']}/Pdf").content == answer.content


def test_a_pdf_can_be_missing_broken_or_too_large(coachview: Coachview) -> None:
    path = f"Facturen/{coachview.invoice('20260004')['id']}/Pdf"
    coachview.control("switches", {"pdf_missing": "20260003 20260004"})
    assert coachview.get(path).status_code == 404
    coachview.control("switches", {"pdf_missing": "20260003", "pdf_broken": "*"})
    with pytest.raises(pypdf.errors.PyPdfError):
        pypdf.PdfReader(io.BytesIO(coachview.get(path).content), strict=True)
    coachview.control("switches", {"pdf_broken": "", "pdf_large": "20260004", "pdf_large_bytes": 3_000_000})
    assert len(coachview.get(path).content) == 3_000_000


def test_every_line_and_every_vat_amount_is_printed(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260006")
    text = printed(coachview, invoice)
    assert len(invoice["factuurregels"]) == len(invoice["btwSpecificatie"]) == 3
    for line in invoice["factuurregels"]:
        assert f"{line['omschrijving']} {line['aantal']} {dutch(line['stuksprijs'])}" in text
        assert dutch(line["bedragExclBtw"]) in text
    for part, rate in zip(invoice["btwSpecificatie"], ("21%", "9%", "0%"), strict=True):
        assert f"Btw {rate} over € {dutch(part['grondslag'])} € {dutch(part['btwBedrag'])}" in text
    assert f"Totaal exclusief btw € {dutch(invoice['totaalExclBtw'])}" in text


def test_a_dutch_invoice_says_whom_to_pay_by_when_and_who_sends_it(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260018")
    text = printed(coachview, invoice)
    assert "Wij verzoeken u € 3.544,28 uiterlijk 01-12-2026 over te maken." in text
    assert "Factuurdatum" in text
    assert "Raamcontract 9" in text
    account = text.split("IBAN ")[1][:22]
    assert iban.is_valid(account)
    assert account.startswith("NL")
    for word in ("KvK 30100001", "Btw-nummer NL100000010B01", "Opleidingen Noord B.V.", "Pagina 1 van 1"):
        assert word in text


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("20260005", "Vrijgesteld van btw: beroepsonderwijs (CRKBO)."),
        ("20260014", "Btw verlegd naar de afnemer."),
        ("20260016", "Creditfactuur"),
        ("20260016", "Dit bedrag wordt met u verrekend."),
        ("20260022", "wordt omstreeks"),
        ("20260023", "Gesamtbetrag inkl. USt."),
        ("20260027", "U hoeft niets te betalen."),
        ("20260028", "mevrouw Žižková"),
        ("20265002", "Conceptfactuur"),
        ("20265021", "Ayşe Yılmaz"),
        ("20265023", "Btw 6% over"),
        ("20265028", "Deze factuur is voldaan."),
        ("20265029", "Veuillez verser"),
        ("20265030", "US$ 2.292,95"),
    ],
)
def test_an_invoice_says_in_words_what_is_special_about_it(coachview: Coachview, number: str, said: str) -> None:
    assert said in printed(coachview, coachview.invoice(number))


def test_a_belgian_invoice_is_in_french_or_dutch_with_a_structured_message() -> None:
    with practice_coachview(scenario="belgium") as coachview:
        for invoice in coachview.invoices(take="12"):
            text = printed(coachview, invoice)
            french = invoice["debiteur"]["taalCode"] == "fr"
            assert ("Votre n° de TVA" in text or "Numéro de client" in text) == french
            assert ("N° d'entreprise" if french else "Ondernemingsnummer") in text
            assert iban.is_valid(text.split("IBAN ")[1][:19])
            message = text.split("+++")[1]
            assert ogm_vcs.is_valid(message)
            assert f"+++{message}+++" == invoice["betalingskenmerk"]
            assert f"€ {dutch(invoice['totaalInclBtw'])}" in text


def test_the_pdf_follows_a_change_and_a_new_invoice_has_one(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260004")
    values = {"opmerking": "Met dank voor uw komst", "factuurdatum": "onzin", "totaalInclBtw": "veel"}
    coachview.control("records", {"entity": "Facturen", "id": invoice["id"], "values": values})
    text = printed(coachview, invoice)
    assert all(value in text for value in values.values())
    made = coachview.control("records", {"entity": "Facturen", "values": {**invoice, "factuurnummer": "20264999"}})
    assert "20264999" in printed(coachview, made)
    coachview.control("records", {"entity": "Facturen", "id": made["id"], "values": {"factuurnummer": None}})
    assert coachview.get(f"Facturen/{made['id']}/Pdf").status_code == 404


def test_an_invoice_of_many_lines_goes_on_over_pages(coachview: Coachview) -> None:
    invoice = coachview.invoice("20260018")
    values = {**invoice, "factuurregels": invoice["factuurregels"] * 20}
    made = coachview.control("records", {"entity": "Facturen", "values": values})
    text = printed(coachview, made)
    assert text.count("VCA Basis") == 20
    assert text.count("Omschrijving") == text.count("KvK") == 4
    assert "Pagina 4 van 4" in text
