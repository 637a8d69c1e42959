"""The invoice as a PDF: one page (or more) that looks like what a Dutch training institute sends."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from boekbrug_sim.data.numbers import chamber_number, dutch_vat_number
from boekbrug_sim.data.records import Debtor, Invoice, Line

INSTITUTE = (
    "Opleidingen Noord B.V.",
    "Leerlaan 1",
    "3511 AA Utrecht",
    f"KvK {chamber_number(100_001)}",
    f"Btw {dutch_vat_number(1)}",
)
BROKEN = b"%PDF-1.4\n% this file ends before it begins"

_WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "invoice": "Factuur",
        "credit": "Creditfactuur",
        "number": "Factuurnummer",
        "date": "Factuurdatum",
        "due": "Vervaldatum",
        "debtor": "Debiteurnummer",
        "reference": "Uw referentie",
        "description": "Omschrijving",
        "quantity": "Aantal",
        "price": "Prijs",
        "vat": "Btw",
        "amount": "Bedrag",
        "subtotal": "Totaal exclusief btw",
        "total": "Totaal inclusief btw",
        "over": "over",
        "pay": "Wij verzoeken u het bedrag voor de vervaldatum over te maken onder vermelding van het factuurnummer.",
        "collect": "Dit bedrag wordt automatisch van uw rekening afgeschreven.",
        "back": "Dit bedrag wordt met u verrekend.",
        "exempt": "Vrijgesteld van btw: beroepsonderwijs (CRKBO).",
        "reverse": "Btw verlegd.",
    },
    "fr": {
        "invoice": "Facture",
        "credit": "Note de crédit",
        "number": "Numéro de facture",
        "date": "Date de facture",
        "due": "Échéance",
        "debtor": "Numéro de client",
        "reference": "Votre référence",
        "description": "Description",
        "quantity": "Nombre",
        "price": "Prix",
        "vat": "TVA",
        "amount": "Montant",
        "subtotal": "Total hors TVA",
        "total": "Total TVA comprise",
        "over": "sur",
        "pay": "Veuillez verser le montant avant l'échéance, en mentionnant le numéro de facture.",
        "collect": "Ce montant sera prélevé automatiquement de votre compte.",
        "back": "Ce montant sera compensé.",
        "exempt": "Exempté de TVA : enseignement.",
        "reverse": "Autoliquidation.",
    },
}


def invoice_pdf(invoice: Invoice, *, at_least_bytes: int = 0) -> bytes:
    """The PDF of an invoice: the same bytes for the same invoice; padded to `at_least_bytes` when that is more."""
    words = _WORDS.get(invoice.debtor.language if invoice.debtor else "nl", _WORDS["nl"])
    page = FPDF(format="A4")
    moment = datetime.combine(invoice.invoice_date, datetime.min.time(), UTC)
    page.set_creation_date(moment)
    page.set_title(f"{words['invoice']} {invoice.number}")
    page.set_producer("boekbrug-sim")
    page.set_margins(20, 18, 20)
    page.set_auto_page_break(auto=True, margin=25)
    page.add_page()
    _head(page, invoice, words)
    _table(page, invoice, words)
    _sums(page, invoice, words)
    _foot(page, invoice, words)
    made = bytes(page.output())
    return made + b"\n%".ljust(at_least_bytes - len(made), b"0") if len(made) < at_least_bytes else made


def money(amount: Decimal) -> str:
    """An amount in Dutch notation."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _head(page: FPDF, invoice: Invoice, words: Mapping[str, str]) -> None:
    page.set_font("Helvetica", "B", 15)
    page.set_text_color(31, 78, 121)
    _text(page, INSTITUTE[0], height=8)
    page.set_font("Helvetica", size=8)
    page.set_text_color(110, 110, 110)
    for line in INSTITUTE[1:]:
        _text(page, line, height=3.8)
    page.set_text_color(0, 0, 0)
    page.set_font("Helvetica", size=10)
    page.set_y(52)
    for line in _address(invoice.debtor):
        _text(page, line, height=5)
    page.set_y(84)
    page.set_font("Helvetica", "B", 14)
    _text(page, words["credit" if invoice.total_incl < 0 else "invoice"], height=8)
    page.set_font("Helvetica", size=9)
    rows = (
        ("number", invoice.number),
        ("date", f"{invoice.invoice_date:%d-%m-%Y}"),
        ("due", f"{invoice.due_date:%d-%m-%Y}"),
        ("debtor", invoice.debtor.number if invoice.debtor else None),
        ("reference", invoice.reference),
    )
    for key, value in rows:
        if value:
            page.cell(40, 5, words[key])
            _text(page, value, height=5)
    page.ln(4)


def _address(debtor: Debtor | None) -> list[str]:
    if debtor is None:
        return []
    lines = [debtor.name, debtor.address_1, debtor.address_2, debtor.address_3]
    lines += [f"{debtor.postal_code}  {debtor.city}", debtor.country if debtor.country != "NL" else None]
    return [line for line in lines if line]


def _table(page: FPDF, invoice: Invoice, words: Mapping[str, str]) -> None:
    page.set_font("Helvetica", "B", 9)
    page.set_fill_color(226, 234, 243)
    _row(page, [words[key] for key in ("description", "quantity", "price", "vat", "amount")], fill=True)
    page.set_font("Helvetica", size=9)
    for line in invoice.lines:
        _row(page, _cells(line))
        if line.course_start and line.course_end:
            page.set_text_color(110, 110, 110)
            _text(page, f"   {line.course_code}  {line.course_start:%d-%m-%Y} - {line.course_end:%d-%m-%Y}", height=4)
            page.set_text_color(0, 0, 0)
    page.ln(3)


def _cells(line: Line) -> list[str]:
    percentage = f"{line.vat_percentage * 100:f}".rstrip("0").rstrip(".") or "0"
    quantity = f"{line.quantity:f}"
    return [line.description, quantity, money(line.unit_price), f"{percentage}%", money(line.amount)]


def _row(page: FPDF, cells: list[str], *, fill: bool = False) -> None:
    text = _plain(cells[0])
    while page.get_string_width(text) > 84:
        text = text[:-4] + "..."
    page.cell(86, 6, text, fill=fill)
    for width, cell in zip((18, 24, 14), cells[1:4], strict=True):
        page.cell(width, 6, _plain(cell), align="R", fill=fill)
    page.cell(28, 6, _plain(cells[4]), align="R", fill=fill, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _sums(page: FPDF, invoice: Invoice, words: Mapping[str, str]) -> None:
    rows = [(words["subtotal"], invoice.total_excl)]
    rows += [(f"{words['vat']} {part.code} {words['over']} {money(part.base)}", part.amount) for part in invoice.vat]
    for label, amount in rows:
        page.cell(142, 5, _plain(label), align="R")
        page.cell(28, 5, money(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font("Helvetica", "B", 10)
    page.cell(142, 7, f"{_plain(words['total'])} {invoice.currency}", align="R")
    page.cell(28, 7, money(invoice.total_incl), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font("Helvetica", size=9)
    page.ln(5)


def _foot(page: FPDF, invoice: Invoice, words: Mapping[str, str]) -> None:
    codes = {line.vat_code for line in invoice.lines}
    sentences = [words["exempt"]] if "6" in codes else []
    sentences += [f"{words['reverse']} {invoice.debtor.vat_number or ''}"] if invoice.debtor and "7" in codes else []
    sentences.append(words["back" if invoice.total_incl < 0 else "collect" if invoice.direct_debit else "pay"])
    for sentence in (*sentences, invoice.text or ""):
        if sentence:
            page.multi_cell(0, 5, _plain(sentence), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _text(page: FPDF, text: str, *, height: float) -> None:
    page.cell(0, height, _plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _plain(text: str) -> str:
    """The text in Latin-1, which the built-in fonts have: other accents are taken off."""
    kept = []
    for sign in text:
        if ord(sign) < 256:
            kept.append(sign)
        else:
            bare = unicodedata.normalize("NFKD", sign).encode("latin-1", "ignore").decode("latin-1")
            kept.append(bare or {"ı": "i", "ł": "l", "€": "EUR"}.get(sign, "?"))
    return "".join(kept)
