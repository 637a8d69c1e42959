"""Coachview's call to us: only a wake-up, whatever it holds (coachview.md 4.5, A10 for the signature)."""

import hashlib
import hmac

LARGEST_BODY_BYTES = 64 * 1024
SIGNATURE_HEADER = "X-WebHook-Signature"
"""Where Coachview signs, unless the profile says otherwise."""


def fits(length: int) -> bool:
    """Whether a body of so many bytes is read at all."""
    return 0 <= length <= LARGEST_BODY_BYTES


def signature_of(body: bytes, secret: str) -> str:
    """The HMAC-SHA512 of the body under the shared secret, in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()


def is_genuine(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature` is that of the body; compared in constant time, in either case of the letters.

    Without a secret of ours nothing can be checked: the secret address is then what protects.
    """
    if not secret:
        return True
    given = signature.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(signature_of(body, secret).encode(), given)
