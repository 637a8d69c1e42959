"""Rule 16: the texts of header and lines, cut on a word and never silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.builders import booked, debtor, invoice, line, options

from boekbrug.domain.invoice import Request
from boekbrug.domain.options import FieldLengths
from boekbrug.domain.texts import fit, one_line

LONG = "Basisopleiding bedrijfshulpverlening voor de hele afdeling productie en logistiek"


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("een twee", 8, "een twee"),
        ("een twee drie", 8, "een twee"),
        ("een twee drie", 10, "een twee"),
        ("eentweedrie", 5, "eentw"),
        ("een  twee\n drie", 13, "een twee drie"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_after_the_last_word_that_fits(text: str, most: int, kept: str) -> None:
    assert fit(text, most) == kept


@given(st.text(), st.integers(1, 60))
def test_a_cut_text_fits_and_is_the_beginning(text: str, most: int) -> None:
    kept = fit(text, most)
    assert len(kept) <= most
    assert one_line(text).startswith(kept)
    assert bool(kept) == bool(one_line(text))


@pytest.mark.parametrize(
    ("reference", "requests", "expected"),
    [
        ("PO 1", ("PO 2",), "PO 1"),
        (" ", ("PO 2", "PO 3"), "PO 2"),
        ("", ("", "PO 3"), "PO 3"),
        ("", (), ""),
        ("", (None, "PO 3"), "PO 3"),
    ],
)
def test_your_reference_is_the_invoices_or_the_requests(
    reference: str, requests: tuple[str | None, ...], expected: str
) -> None:
    rows = [
        line(number=n, request=None if text is None else Request(reference=text))
        for n, text in enumerate(requests or (None,), start=1)
    ]
    assert booked(invoice(*rows, reference=reference)).entry.your_reference == expected


def test_the_description_names_invoice_and_debtor_and_keeps_the_number_when_cut() -> None:
    assert booked().entry.description == "Factuur 20260001 Bakkerij Jansen"
    book = booked(invoice(debtor=debtor(name=LONG)))
    assert book.entry.description == "Factuur 20260001 Basisopleiding bedrijfshulpverlening voor"
    assert [(warning.code, dict(warning.values)["field"]) for warning in book.warnings] == [
        ("text-shortened", "description")
    ]


def test_a_long_line_text_goes_whole_into_the_notes() -> None:
    book = booked(invoice(line(description=LONG), line(number=2)))
    assert [(row.description, row.notes) for row in book.entry.lines] == [
        ("Basisopleiding bedrijfshulpverlening voor de hele afdeling", LONG),
        ("Cursus bedrijfshulpverlening", ""),
    ]
    (warning,) = book.warnings
    assert (warning.code, warning.subject.line) == ("text-shortened", 1)


def test_notes_stay_empty_when_exact_has_no_room_there() -> None:
    own = options(lengths=FieldLengths(notes=80))
    assert booked(invoice(line(description=LONG)), own).entry.lines[0].notes == ""


def test_lengths_are_settings() -> None:
    own = options(lengths=FieldLengths(line_description=20, your_reference=4, description=20))
    book = booked(invoice(reference="PO 55 6"), own)
    assert (book.entry.your_reference, book.entry.description) == ("PO", "Factuur 20260001")
    assert book.entry.lines[0].description == "Cursus"
    fields = [dict(warning.values)["field"] for warning in book.warnings]
    assert fields == ["your_reference", "description", "line_description"]


def test_line_ends_alone_are_no_shortening() -> None:
    book = booked(invoice(line(description="Cursus\n  BHV ")))
    assert (book.entry.lines[0].description, book.warnings) == ("Cursus BHV", ())
