"""What comes packed is given on whole, or not at all."""

import gzip
import zlib
from collections.abc import Iterator

import httpx2
import pytest
from tests.coachview.answers_of_coachview import Coachview, a_client
from tests.domain import builders

from boekbrug.coachview.client import LARGEST_PDF_BYTES
from boekbrug.coachview.unpacked import Unpacked
from boekbrug.sync.failures import Unreachable

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


class InPieces(httpx2.SyncByteStream):
    """A body that comes in pieces of a few bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return (self._content[start : start + 7] for start in range(0, len(self._content), 7))

    def close(self) -> None:
        self.closed = True


def answered(body: bytes, coding: str) -> tuple[httpx2.Client, InPieces]:
    """A client that gets this body, and the body."""
    pieces = InPieces(body)
    headers = {"Content-Encoding": coding, "X-Rate-Limit-Remaining": "7"}
    line = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, stream=pieces))
    return httpx2.Client(transport=Unpacked(line)), pieces


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", " GZIP "])
def test_what_is_packed_comes_out_whole_and_the_line_is_given_back(coding: str) -> None:
    client, pieces = answered(gzip.compress(PDF), coding)
    answer = client.get("https://instituut.example/")
    assert answer.content == PDF
    assert answer.headers["X-Rate-Limit-Remaining"] == "7"
    assert pieces.closed


@pytest.mark.parametrize("kept", [1, 5, 200, -8, -1])
def test_what_ends_too_early_is_no_answer(kept: int) -> None:
    client, pieces = answered(gzip.compress(PDF)[:kept], "gzip")
    with pytest.raises(httpx2.DecodingError):
        client.get("https://instituut.example/")
    assert pieces.closed


@pytest.mark.parametrize("body", [PDF, zlib.compress(PDF), gzip.compress(PDF)[:-4] + b"0000"])
def test_what_is_not_packed_as_it_says_is_no_answer(body: bytes) -> None:
    client, _ = answered(body, "gzip")
    with pytest.raises(httpx2.DecodingError):
        client.get("https://instituut.example/")


def test_what_was_packed_in_parts_comes_out_as_one() -> None:
    client, _ = answered(gzip.compress(PDF[:100]) + gzip.compress(PDF[100:]), "gzip")
    assert client.get("https://instituut.example/").content == PDF


def test_a_part_that_ends_too_early_is_no_answer() -> None:
    client, _ = answered(gzip.compress(PDF[:100]) + gzip.compress(PDF[100:])[:-6], "gzip")
    with pytest.raises(httpx2.DecodingError):
        client.get("https://instituut.example/")


def test_an_empty_answer_may_be_called_packed() -> None:
    client, _ = answered(b"", "gzip")
    assert client.get("https://instituut.example/").content == b""


def test_half_a_packed_pdf_is_asked_for_again() -> None:
    coachview = Coachview()
    half = gzip.compress(PDF)[:-20]
    coachview.pdf = lambda: httpx2.Response(200, stream=InPieces(half), headers={"Content-Encoding": "gzip"})
    with pytest.raises(Unreachable):
        a_client(coachview).pdf(builders.invoice(id="f-1"))


def test_a_small_answer_that_unpacks_to_a_huge_one_is_stopped() -> None:
    coachview = Coachview()
    huge = gzip.compress(b"%PDF-" + bytes(LARGEST_PDF_BYTES * 4))
    assert len(huge) < LARGEST_PDF_BYTES // 50
    coachview.pdf = lambda: httpx2.Response(200, stream=InPieces(huge), headers={"Content-Encoding": "gzip"})
    pdf = a_client(coachview).pdf(builders.invoice(id="f-1"))
    assert pdf.problem is not None
    assert pdf.problem.code == "pdf-too-large"
