"""The result of one part: its JSON, or why it is missing and with which status."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from facade.http1.fields import Field
from facade.http1.problems import phrase_of
from facade.http1.responses import read_response

MOST_BODY: Final = 256 * 1024  # bytes of one part
_MOST_FIELDS: Final = 10_000

# Why a part is missing.
STATUS: Final = "status"  # its side answered with another status than 2xx
LIMITED: Final = "limited"  # 429
LATE: Final = "late"
UNAVAILABLE: Final = "unavailable"  # no side answered
BROKEN: Final = "broken"  # off in the middle
NOT_JSON: Final = "not-json"
TOO_LARGE: Final = "too-large"
REFUSED: Final = "refused"  # the facade refuses such a request
THERE: Final = "there"  # it is not missing

_OWN: Final = {429: LIMITED, 502: UNAVAILABLE, 503: UNAVAILABLE, 504: LATE}
_PASSED: Final = frozenset({502, 503, 504})  # of 5xx; others become 502
_KEPT_FIELDS: Final = frozenset(
    {b"retry-after", b"www-authenticate", b"ratelimit", b"ratelimit-policy"}
)


@dataclass(slots=True)
class Found:
    """The result of a part."""

    reason: str  # THERE, or why it is missing
    status: int
    detail: str = ""
    body: bytes = b""  # JSON; empty: it has none
    fields: Sequence[Field] = ()
    lines: bytes = b""  # header lines of its answer, for the client where this part is the answer

    @property
    def final(self) -> int:
        """The status of an answer that cannot be given without this part."""
        passed = 400 <= self.status < 500 or self.status in _PASSED
        return self.status if passed else 502

    def words(self) -> dict[str, Any]:
        """Its entry under `missing`."""
        words: dict[str, Any] = {
            "reason": self.reason,
            "status": self.status,
            "detail": self.detail,
        }
        for line in self.lines.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"retry-after" and value.strip().isdigit():
                words["retry_after"] = int(value)
        return words


def own(status: int, detail: str, lines: bytes) -> Found:
    """The facade answered this part's request itself, with these header lines."""
    return Found(_OWN.get(status, REFUSED), status, detail, lines=lines)


def late() -> Found:
    """There is no time left."""
    return Found(LATE, 504, "It took longer than this request may take.")


def broken() -> Found:
    """The answer had begun."""
    return Found(BROKEN, 502, "The answer broke off in the middle.")


def too_large() -> Found:
    """More than MOST_BODY."""
    return Found(TOO_LARGE, 502, f"The answer is larger than {MOST_BODY // 1024} KiB.")


def read(answer: bytes) -> Found:
    """A whole answer as it was written for a client of HTTP/1.0."""
    head, _, body = answer.partition(b"\r\n\r\n")
    response = read_response(head, _MOST_FIELDS, b"GET")
    status, fields = response.status, response.fields
    kept = b"".join(field.line for field in fields if field.name in _KEPT_FIELDS)
    if not 200 <= status < 300:
        reason = LIMITED if status == 429 else STATUS
        return Found(reason, status, f"It was answered {status} {_phrase(status)}.", lines=kept)
    if len(body) > MOST_BODY:
        return too_large()
    if body and not _is_json(fields, body):
        return Found(NOT_JSON, 502, "The answer is not JSON.")
    return Found(THERE, status, body=body, fields=fields, lines=kept)


def _phrase(status: int) -> str:
    try:
        return phrase_of(status)
    except ValueError:
        return "with a status that has no name"


def _is_json(fields: Sequence[Field], body: bytes) -> bool:
    said = {field.name: field.value.lower() for field in fields}
    kind = said.get(b"content-type", b"").partition(b";")[0].strip()
    if kind != b"application/json" and not kind.endswith(b"+json"):
        return False
    if said.get(b"content-encoding", b"identity") != b"identity":
        return False
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True
