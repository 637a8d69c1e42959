"""The invoice as a PDF: what a training institute sends, made on the fly from the record as the API gives it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from importlib.resources import as_file, files

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from boekbrug_sim.coachview.profile import Profile
from boekbrug_sim.coachview.sheet import Reader, Row, Sheet
from boekbrug_sim.coachview.wire import Json
from boekbrug_sim.data.institutes import Institute

BROKEN = b"%PDF-1.4\n% this file ends before it begins"
FONT = "Inter"
LEFT, WIDTH, BOTTOM = 20.0, 170.0, 30.0
COLUMNS = (88.0, 17.0, 22.0, 19.0, 24.0)
TOTALS_LEFT = 100.0
SMALLEST = 5.0
ROOM_FOR_TOTALS, ROOM_FOR_PAYMENT = 30.0, 34.0
INK, GREY, RULE = (24, 32, 44), (104, 114, 128), (214, 220, 227)
ACCENTS = {"NL": (18, 82, 110), "BE": (122, 41, 62)}
TINTS = {"NL": (237, 244, 247), "BE": (250, 241, 243)}


def invoice_pdf(record: Json, names: Profile, institute: Institute, *, at_least_bytes: int = 0) -> bytes:
    """The PDF of an invoice: the same bytes for the same record; padded to `at_least_bytes` when that is more."""
    sheet = Reader(record, names, institute).sheet()
    page = _Page(sheet)
    page.add_page()
    page.head()
    page.lines()
    page.totals()
    page.payment()
    made = bytes(page.output())
    return made + b"\n%".ljust(at_least_bytes - len(made), b"0") if len(made) < at_least_bytes else made


class _Page(FPDF):
    """A4 sheets with the institute's foot under each."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self._sheet = sheet
        self._accent, self._tint = ACCENTS[sheet.institute.country], TINTS[sheet.institute.country]
        fonts = files("boekbrug_sim.coachview").joinpath("fonts")
        for style, name in (("", "Inter-Regular.ttf"), ("B", "Inter-Bold.ttf")):
            with as_file(fonts.joinpath(name)) as path:
                self.add_font(FONT, style, path)
        day = sheet.day or date(2000, 1, 1)
        self.set_creation_date(datetime(day.year, day.month, day.day, tzinfo=UTC))
        self.set_title(f"{sheet.title} {sheet.number}".strip())
        self.set_author(sheet.institute.name)
        self.set_producer("boekbrug-sim")
        self.set_margins(LEFT, 18, LEFT)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=BOTTOM)

    def footer(self) -> None:
        """Who sends it, on every page."""
        own, words = self._sheet.institute, self._sheet.words
        self.set_y(-22)
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(LEFT, self.get_y() - 2, LEFT + WIDTH, self.get_y() - 2)
        chamber = words[f"chamber_{own.country.lower()}"]
        facts = (
            f"{chamber} {own.registered}",
            f"{words['vat_number']} {own.vat_number}",
            f"IBAN {spaced(own.iban)}",
            f"BIC {own.bic}",
        )
        self._cell("   ·   ".join(facts), size=7, colour=GREY, height=4, width=WIDTH - 25)
        self.set_x(LEFT + WIDTH - 25)
        page = f"{words['page']} {self.page_no()} {words['of']} {self.str_alias_nb_pages}"
        self._cell(page, size=7, colour=GREY, height=4, width=28, align="R")

    def head(self) -> None:
        """The institute, the debtor, and what identifies the invoice."""
        self._letterhead()
        self.set_y(52)
        for number, line in enumerate(self._sheet.address):
            self._write(line, size=10, bold=number == 0, height=4.9, width=108)
        self.set_y(max(self.get_y() + 10, 90))
        self._write(self._sheet.title, size=22, bold=True, colour=self._accent, height=11)
        self.ln(2)
        top = self.get_y()
        for number, (label, text) in enumerate(self._sheet.facts):
            self.set_xy(LEFT + number % 3 * 57, top + number // 3 * 11)
            self._cell(label, size=7, colour=GREY, height=4, width=55)
            self.set_xy(LEFT + number % 3 * 57, top + number // 3 * 11 + 4)
            self._cell(text, size=9.5, bold=True, height=5, width=55)
        self.set_xy(LEFT, top + -(-len(self._sheet.facts) // 3) * 11 + 4)

    def _letterhead(self) -> None:
        own = self._sheet.institute
        self.set_fill_color(*self._accent)
        self.rect(LEFT, 16, 13, 13, style="F", round_corners=True, corner_radius=2.5)
        self.set_fill_color(255, 255, 255)
        for height, x in ((3, 0), (5, 2.6), (7, 5.2)):  # steps that rise: somebody learns
            self.rect(LEFT + 2.9 + x, 26 - height, 2, height, style="F")
        self.set_xy(LEFT + 16, 16.5)
        self._cell(own.name, size=14, bold=True, colour=self._accent, height=7, width=90)
        self.set_xy(LEFT + 16, 23)
        self._cell(own.slogan, size=8, colour=GREY, height=5, width=90)
        for number, line in enumerate((own.street, own.place, own.phone, own.email, own.website)):
            self.set_xy(130, 16 + number * 3.9)
            self._cell(line, size=7.5, colour=GREY, height=3.9, width=60, align="R")

    def lines(self) -> None:
        """The lines; the heads again on each page."""
        self._heads()
        for row in self._sheet.rows:
            if self.will_page_break(14):
                self.add_page()
                self._heads()
            self._row(row)
        self.ln(4)

    def _heads(self) -> None:
        keys = ("description", "quantity", "price", "vat", "amount")
        self.set_fill_color(*self._tint)
        self.rect(LEFT, self.get_y(), WIDTH, 7.5, style="F")
        self._cells((self._sheet.words[key] for key in keys), size=8, bold=True, colour=self._accent, height=7.5)
        self.ln(8.5)

    def _row(self, row: Row) -> None:
        top = self.get_y()
        self.set_x(LEFT + 2)
        self._style(size=9)
        self.multi_cell(COLUMNS[0] - 4, 5, self._known(row.cells[0]), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        bottom = self.get_y()
        self.set_y(top)
        self._cells(("", *row.cells[1:]), size=9, height=5)
        self.set_y(bottom)
        if row.note:
            self.set_x(LEFT + 2)
            self._cell(row.note, size=7.5, colour=GREY, height=4, width=COLUMNS[0] + 40)
            self.ln(4)
        self.set_draw_color(*RULE)
        self.set_line_width(0.15)
        self.line(LEFT, self.get_y() + 1.2, LEFT + WIDTH, self.get_y() + 1.2)
        self.ln(2.4)

    def totals(self) -> None:
        """The total without VAT, VAT per rate, and what it comes to."""
        if self.will_page_break(ROOM_FOR_TOTALS + 5 * len(self._sheet.sums)):
            self.add_page()
        left, width = TOTALS_LEFT, LEFT + WIDTH - TOTALS_LEFT
        for label, amount in self._sheet.sums:
            self._pair(left, width, (label, amount), size=8.5, height=5.6)
        self.ln(1.5)
        self.set_fill_color(*self._accent)
        self.rect(left, self.get_y(), width, 10, style="F", round_corners=True, corner_radius=1.5)
        self._pair(left, width, self._sheet.total, size=10.5, height=10, bold=True, colour=(255, 255, 255))
        self.ln(8)

    def _pair(
        self,
        left: float,
        width: float,
        texts: tuple[str, str],
        *,
        size: float,
        height: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
    ) -> None:
        self.set_x(left + 3)
        self._cell(texts[0], size=size, bold=bold, colour=colour, height=height, width=width - 34)
        self._cell(texts[1], size=size, bold=bold, colour=colour, height=height, width=29, align="R")
        self.ln(height)

    def payment(self) -> None:
        """How to pay, and what must be said by law."""
        sheet, own = self._sheet, self._sheet.institute
        if self.will_page_break(ROOM_FOR_PAYMENT + 5 * len(sheet.notes)):
            self.add_page()
        for note in sheet.notes:
            self._style(size=8, colour=GREY)
            self.multi_cell(WIDTH, 4.6, self._known(note), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)
        top = self.get_y()
        self.set_fill_color(*self._tint)
        self.rect(LEFT, top, WIDTH, 23, style="F", round_corners=True, corner_radius=2)
        self.set_xy(LEFT + 5, top + 3)
        self._cell(sheet.words["pay_title"], size=9, bold=True, colour=self._accent, height=5, width=30)
        self.set_xy(LEFT + 28, top + 3)
        self._cell(sheet.request_to_pay, size=9, height=5, width=WIDTH - 32)
        facts = (("IBAN", spaced(own.iban)), ("BIC", own.bic), (sheet.words["name"], own.name))
        for number, (label, text) in enumerate((*facts, (sheet.words["mention"], sheet.mention))):
            left = LEFT + 5 + (0, 52, 73, 117)[number]
            self.set_xy(left, top + 11)
            self._cell(label, size=7, colour=GREY, height=4, width=50)
            self.set_xy(left, top + 15)
            self._cell(text, size=8.5, bold=True, height=4.5, width=WIDTH - (left - LEFT) - 3)

    def _cells(
        self,
        texts: Iterable[str],
        *,
        size: float,
        height: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
    ) -> None:
        for number, (text, width) in enumerate(zip(texts, COLUMNS, strict=True)):
            if number == 0:
                self.set_x(LEFT + 2)
            inner = width - 2 if number in {0, len(COLUMNS) - 1} else width
            align = "R" if number else "L"
            self._cell(text, size=size, height=height, bold=bold, colour=colour, width=inner, align=align)

    def _write(self, text: str, *, size: float, height: float, bold: bool = False, **more: object) -> None:
        self._cell(text, size=size, height=height, bold=bold, **more)  # type: ignore[arg-type]
        self.ln(height)

    def _cell(
        self,
        text: str,
        *,
        size: float,
        height: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        width: float = 0.0,
        align: str = "L",
    ) -> None:
        """One text on one line; what does not fit is written smaller, as far as it can be read."""
        known = self._known(text)
        self._style(size=size, bold=bold, colour=colour)
        while width and size > SMALLEST and self.get_string_width(known) > width:
            size -= 0.25
            self.set_font_size(size)
        self.cell(width, height, known, align=align)

    def _style(self, *, size: float, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*colour)

    def _known(self, text: str) -> str:
        """The text without what no letter stands for."""
        return "".join(sign for sign in text if sign.isprintable())


def spaced(iban: str) -> str:
    """An IBAN in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
