"""The one credential of a request: an API key in its header, or a key or token as `Bearer`.

Nothing else is looked at: no query, no cookie, no body, no second spelling of a name. A request
with two of them is refused, whatever they say: two programs could take another one each.
"""

import re
from collections.abc import Iterable
from typing import Final

from facade.routes.machines.allow import MALFORMED, NONE, SEVERAL, Unproven

LONGEST: Final = 8 * 1024  # bytes of a credential
_BEARER: Final = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)")
_IS_BEARER: Final = re.compile(rb"bearer(?![!#$%&'*+.^_`|~0-9a-z-])", re.IGNORECASE)
_KEY: Final = re.compile(rb"[A-Za-z0-9._~+/=-]+")
AUTHORIZATION: Final = b"authorization"


def credential(fields: Iterable[tuple[bytes, bytes]], header: bytes | None) -> bytes | Unproven:
    """The credential's text. `fields` are names in small letters and values; `header` is the name
    of the API key's header in small letters, None: no keys are known."""
    found = [pair for pair in fields if _may_carry(*pair, header)]
    ours = [pair for pair in found if pair[0] != AUTHORIZATION or _IS_BEARER.match(pair[1])]
    if not ours:
        return Unproven(NONE)
    if len(ours) > 1 or sum(name == AUTHORIZATION for name, _ in found) > 1:
        return Unproven(SEVERAL)
    name, value = ours[0]
    if len(value) > LONGEST:
        return Unproven(MALFORMED)
    if name == AUTHORIZATION:
        bearer = _BEARER.fullmatch(value)
        return Unproven(MALFORMED) if bearer is None else bearer[1]
    exact = name == header
    return value if exact and _KEY.fullmatch(value) else Unproven(MALFORMED)


def _may_carry(name: bytes, _value: bytes, header: bytes | None) -> bool:
    return name == AUTHORIZATION or (header is not None and name.replace(b"_", b"-") == header)


def is_credential(name: bytes, value: bytes, header: bytes | None) -> bool:
    """Whether an application behind us may read a field as a credential of machines: `Basic` and
    its like are the application's own. WSGI and CGI take `_` in a name for `-`."""
    if name == AUTHORIZATION:
        return _IS_BEARER.match(value) is not None
    return _may_carry(name, value, header)
