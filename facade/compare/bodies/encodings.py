"""Undo a body's content codings as browsers do, with a limit on what a small body may unfold to.

What follows the end of a compressed stream (padding, mostly zeros) is ignored, and a coding that
only names how text is written (`utf-8`, `none`, `binary`) is no coding at all.
"""

import zlib
from collections.abc import Callable

import brotli
import zstandard

LIMIT = 8 * 1024**2  # bytes after decoding
_STEP = 64 * 1024
_LONGEST_NAME = 20  # characters of a coding that is not known
_ZSTD_WINDOW = 8 * 1024**2  # larger ones are refused by browsers, too (RFC 9659)
_ZSTD_STEP = 1024  # bytes fed at once: a block of 4 bytes may stand for 128 KiB
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_NOT_A_CODING = frozenset({"identity", "none", "utf-8", "utf8", "binary", "7bit", "8bit"})


class Undecodable(ValueError):
    """The body is not what its content coding says, unfolds to too much, or the coding is new."""


def decode(body: bytes, codings: str, limit: int = LIMIT) -> bytes:
    """The body as the application wrote it; `codings` is the value of `content-encoding`.

    Raises Undecodable with a short reason.
    """
    for coding in reversed([word.strip().lower() for word in codings.split(",") if word.strip()]):
        if coding in _NOT_A_CODING or not body:
            continue
        undo = _DECODERS.get(coding)
        if undo is None:
            raise Undecodable(f"coding {coding[:_LONGEST_NAME]}")
        body = undo(body, limit)
    if len(body) > limit:
        raise Undecodable("too large")
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    room = limit + 1
    while body.startswith(_GZIP_MAGIC) or not parts:
        unfold = zlib.decompressobj(zlib.MAX_WBITS | 16)
        part = _inflate(unfold.decompress, body, room)
        if not unfold.eof and len(part) < room:
            raise Undecodable("gzip ends early")
        parts.append(part)
        room -= len(part)
        if room <= 0:
            raise Undecodable("too large")
        body = unfold.unused_data
    return b"".join(parts)


def _deflate(body: bytes, limit: int) -> bytes:
    """`deflate` is a zlib stream; some servers send the raw one."""
    try:
        return _whole(zlib.decompressobj(), body, limit)
    except Undecodable as error:
        if str(error) == "too large":
            raise
        return _whole(zlib.decompressobj(-zlib.MAX_WBITS), body, limit)


def _whole(unfold: "zlib._Decompress", body: bytes, limit: int) -> bytes:
    plain = _inflate(unfold.decompress, body, limit + 1)
    if len(plain) > limit:
        raise Undecodable("too large")
    if not unfold.eof:
        raise Undecodable("deflate ends early")
    return plain


def _inflate(unfold: Callable[[bytes, int], bytes], body: bytes, most: int) -> bytes:
    try:
        return unfold(body, most)
    except zlib.error as error:
        raise Undecodable("not gzip or deflate") from error


def _zstd(body: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while body.startswith(_ZSTD_MAGIC) or not parts:
            unfold = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
            for at in range(0, len(body), _ZSTD_STEP):
                parts.append(unfold.decompress(body[at : at + _ZSTD_STEP]))
                size += len(parts[-1])
                if size > limit:
                    raise Undecodable("too large")
                if unfold.eof:
                    break
            if not unfold.eof:
                raise Undecodable("zstd ends early")
            body = unfold.unused_data + body[at + _ZSTD_STEP :]
    except zstandard.ZstdError as error:
        raise Undecodable("not zstd") from error
    return b"".join(parts)


def _brotli(body: bytes, limit: int) -> bytes:
    unfold = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        piece = unfold.process(body, output_buffer_limit=_STEP)
        while piece or not unfold.can_accept_more_data():
            parts.append(piece)
            size += len(piece)
            if size > limit:
                raise Undecodable("too large")
            piece = unfold.process(b"", output_buffer_limit=_STEP)
    except brotli.error as error:
        raise Undecodable("not brotli") from error
    if not unfold.is_finished():
        raise Undecodable("brotli ends early")
    return b"".join(parts)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
