"""Read your writes: the client carries the time of its last write, signed, from answer to request.

    <unix microseconds>.<HMAC-SHA256, 16 bytes, base64url>

Nothing is remembered here, so that any worker and any replica with the same key can read it. The
new side gets the time as `Fig-After`; see docs/decisions/0017-a-client-carries-its-last-write.md.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Final

from chassis.web.headers import AFTER, AFTER_TOKEN
from facade.http1 import cookies
from facade.http1.requests import RequestHead
from facade.routes.config.routefile import ReadYourWrites

_MARK_BYTES: Final = 16
_MOST_DIGITS: Final = 17  # until the year 5138


class AfterTokens:
    """Makes and judges tokens under one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, micros: int) -> bytes:
        """The token of this time."""
        time = b"%d" % micros
        return time + b"." + self._sign(time)

    def read(self, token: bytes) -> int:
        """The time of a token, in unix microseconds; 0 when it is none of ours."""
        time, dot, mark = token.partition(b".")
        if not dot or not time.isdigit() or len(time) > _MOST_DIGITS:
            return 0
        return int(time) if hmac.compare_digest(mark, self._sign(time)) else 0

    def _sign(self, time: bytes) -> bytes:
        mark = hmac.digest(self._secret, b"fig-after:" + time, "sha256")[:_MARK_BYTES]
        return urlsafe_b64encode(mark).rstrip(b"=")


class LastWrite:
    """The station: takes the token from a request, and gives one with the answer to a write."""

    def __init__(self, tokens: AfterTokens, clock_ns: Callable[[], int]) -> None:
        """`clock_ns` gives unix nanoseconds."""
        self._tokens = tokens
        self._clock_ns = clock_ns
        self.use(ReadYourWrites(), wanted=False)

    def use(self, options: ReadYourWrites, *, wanted: bool) -> None:
        """Take the options of a new table; `wanted` is false where nothing could ever be behind."""
        on = wanted and options.by != "off"
        self.gives = on
        self.name = options.cookie.encode("ascii")
        self._by_cookie = on and options.by in ("cookie", "both")
        self._by_header = on and options.by in ("header", "both")
        self._set_cookie = b"Set-Cookie: %b=%%b; Max-Age=%d; Path=/; HttpOnly; SameSite=Lax\r\n" % (
            self.name,
            int(options.remember),
        )

    def take(self, head: RequestHead) -> None:
        """Take the cookie out of the request: no side sees it."""
        token = cookies.value_of(head, self.name)
        cookies.remove(head, self.name)
        if token is not None and self._by_cookie:
            known = head.after if self._by_header else None
            head.after = token if known is None else max(token, known, key=self._tokens.read)

    def request_line(self, head: RequestHead) -> bytes:
        """What the new side is told: `Fig-After`, or nothing."""
        micros = self.of(head)
        return b"%b: %d\r\n" % (AFTER.encode(), micros) if micros else b""

    def of(self, head: RequestHead) -> int:
        """When this client last wrote, in unix microseconds; 0 when nothing says so.

        No later than now: another replica's clock may be ahead, and nothing can be as fresh.
        """
        if head.after is None or not self.gives:
            return 0
        return min(self._tokens.read(head.after), self._clock_ns() // 1000)

    def answer_lines(self, micros: int | None = None) -> bytes:
        """What the client is given with an answer: that it wrote at this time, or just now."""
        if not self.gives:
            return b""
        token = self._tokens.make(self._clock_ns() // 1000 if micros is None else micros)
        lines = self._set_cookie % token if self._by_cookie else b""
        if self._by_header:
            lines += b"%b: %b\r\n" % (AFTER_TOKEN.encode(), token)
        return lines
