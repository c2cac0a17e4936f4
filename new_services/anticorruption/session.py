"""What the cookie of a session at the monolith says.

The cookie is `payload.time.signature`: the payload is JSON in URL-safe base64, with a dot before it
where it is compressed. It is signed, not hidden; that it is the monolith's own is known
since the monolith was asked whose session it is.
"""

import binascii
import zlib
from base64 import urlsafe_b64decode

import orjson

from chassis.web.sealed import NotSealed

LARGEST = 16_384  # bytes of a payload; the monolith's are some hundred


def token_in(cookie: str) -> str:
    """What every form of this session's pages must carry; `cookie` is `name=value`. Raises
    NotSealed."""
    _, _, value = cookie.partition("=")
    try:
        return str(_payload(value)["csrf"])
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise NotSealed(f"not a session of the monolith: {type(error).__name__}") from error


def _payload(value: str) -> dict[str, object]:
    compressed = value.startswith(".")
    text = value.removeprefix(".").partition(".")[0]
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if compressed:
        raw = zlib.decompressobj().decompress(raw, LARGEST)
    found: dict[str, object] = orjson.loads(raw)
    return found
