"""A webhook's signature is checked, its size is bounded, and nothing else of it is used."""

import pytest

from boekbrug.coachview.webhook import LARGEST_BODY_BYTES, fits, is_genuine, signature_of

BODY = b'{"gebeurtenis": "FactuurDefinitief"}'
SIGNATURE = signature_of(BODY, "geheim")


def test_a_signature_is_the_hmac_sha512_of_the_body_in_hexadecimal() -> None:
    # RFC 4231, test case 2.
    assert signature_of(b"what do ya want for nothing?", "Jefe") == (
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    )


@pytest.mark.parametrize("signature", [SIGNATURE, SIGNATURE.upper(), f" {SIGNATURE}\n"])
def test_the_right_signature_is_genuine_in_either_case(signature: str) -> None:
    assert is_genuine(BODY, signature, "geheim")


@pytest.mark.parametrize("signature", ["", SIGNATURE[:-1], SIGNATURE[:-1] + "x", "sha512=" + SIGNATURE, "é\ud800"])
def test_any_other_signature_is_not(signature: str) -> None:
    assert not is_genuine(BODY, signature, "geheim")


def test_a_changed_body_is_not_genuine() -> None:
    assert not is_genuine(BODY + b" ", SIGNATURE, "geheim")


def test_without_a_secret_the_address_alone_protects() -> None:
    assert is_genuine(BODY, "", "")


@pytest.mark.parametrize(("length", "fit"), [(0, True), (LARGEST_BODY_BYTES, True), (LARGEST_BODY_BYTES + 1, False)])
def test_a_body_of_at_most_64_kilobytes_is_read(length: int, fit: bool) -> None:
    assert LARGEST_BODY_BYTES == 65_536
    assert fits(length) is fit
