"""Packed answers, unpacked to their very end: a PDF of which half came is no PDF, and nothing else would notice.

The HTTP library unpacks too, but takes what ends too early for the whole.
"""

import zlib
from collections.abc import Iterator
from typing import cast

import httpx2

PACKED = frozenset({"gzip", "x-gzip"})
GZIP = zlib.MAX_WBITS | 16
MOST_AT_ONCE = 256 * 1024
"""Bytes given on at once, so that a small answer that unpacks to a huge one is stopped in time."""


class Unpacked(httpx2.BaseTransport):
    """Gives on the answers of another transport, each unpacked; one that ends too early raises DecodingError."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, without the header that says how it was packed."""
        response = self._inner.handle_request(request)
        if response.headers.get("Content-Encoding", "").strip().lower() not in PACKED:
            return response
        headers = [
            (name, value) for name, value in response.headers.multi_items() if name.lower() != "content-encoding"
        ]
        return httpx2.Response(
            response.status_code,
            headers=headers,
            stream=_Unpacking(cast("httpx2.SyncByteStream", response.stream)),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the other transport."""
        self._inner.close()


class _Unpacking(httpx2.SyncByteStream):
    def __init__(self, packed: httpx2.SyncByteStream) -> None:
        self._packed = packed

    def __iter__(self) -> Iterator[bytes]:
        unpack, came = zlib.decompressobj(GZIP), False
        try:
            for chunk in self._packed:
                rest = chunk
                while rest:
                    if unpack.eof:  # another member follows (RFC 1952, 2.2)
                        unpack = zlib.decompressobj(GZIP)
                    came = True
                    yield unpack.decompress(rest, MOST_AT_ONCE)
                    rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            yield unpack.flush()
        except zlib.error as error:
            raise httpx2.DecodingError(str(error)) from error
        if came and not unpack.eof:
            raise httpx2.DecodingError("the packed answer ends too early")

    def close(self) -> None:
        self._packed.close()
