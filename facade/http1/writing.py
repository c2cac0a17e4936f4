"""Write heads anew: what is forwarded to an upstream, what goes back to a client."""

from itertools import count
from typing import TYPE_CHECKING

from chassis.web.headers import DECISION
from facade.http1.fields import Field
from facade.http1.requests import RequestHead
from facade.http1.responses import ResponseHead

if TYPE_CHECKING:
    from facade.proxy.exchange import Exchange

VIA = b"Via: 1.1 fig\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CLOSE = b"Connection: close\r\n"
KEEP_ALIVE = b"Connection: keep-alive\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"

_BODILESS_STATUSES = frozenset({204, 205})


class Traces:
    """Begins W3C traces: random per worker, counted within, so that a request costs no entropy."""

    def __init__(self, entropy: bytes) -> None:
        """`entropy` is 12 random bytes."""
        self._prefix = entropy[:8].hex().encode()
        self._next = count(int.from_bytes(entropy[8:12], "big") << 24)

    def begin(self) -> bytes:
        """A new traceparent, not sampled."""
        number = next(self._next)
        return b"00-%b%016x-%016x-00" % (self._prefix, number, number or 1)


class ClientFacts:
    """What we say of a client to an upstream; made once for each connection."""

    __slots__ = ("_constant", "_host", "_host_line", "_trusted", "address")

    def __init__(self, address: str, trusted: bool) -> None:
        self.address = address
        self._trusted = trusted
        self._constant = (
            b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: http\r\n" % address.encode() + VIA
        )
        self._host: bytes | None = None
        self._host_line = b""

    def lines(self, request: RequestHead) -> bytes:
        """X-Forwarded-For, -Proto, -Host and Via; a trusted proxy's own words are kept."""
        if request.forwarded is not None and self._trusted:
            return self._after_proxy(request.forwarded, request.host or b"")
        if request.host != self._host:
            self._host = request.host
            self._host_line = b"X-Forwarded-Host: %b\r\n" % (request.host or b"") + self._constant
        return self._host_line

    def client(self, request: RequestHead) -> str:
        """The address of the client: as a trusted proxy says it, or the connection's."""
        if request.forwarded is None or not self._trusted:
            return self.address
        said = [f.value for f in request.forwarded if f.name == b"x-forwarded-for"]
        return said[-1].rpartition(b",")[2].strip().decode("ascii", "replace") or self.address

    def _after_proxy(self, forwarded: list[Field], host: bytes) -> bytes:
        chain = [field.value for field in forwarded if field.name == b"x-forwarded-for"]
        others = [field.line for field in forwarded if field.name != b"x-forwarded-for"]
        names = {field.name for field in forwarded}
        chain.append(self.address.encode())
        if b"x-forwarded-proto" not in names:
            others.append(b"X-Forwarded-Proto: http\r\n")
        if b"x-forwarded-host" not in names:
            others.append(b"X-Forwarded-Host: %b\r\n" % host)
        return b"".join((b"X-Forwarded-For: ", b", ".join(chain), b"\r\n", *others, VIA))


def request_bytes(
    request: RequestHead,
    facts: bytes,
    trace: bytes,
    extra: bytes = b"",
    lines: list[bytes] | None = None,
) -> bytes:
    """The head to send upstream; `facts` are lines about the client, `extra` lines of ours.

    `lines` are sent in place of the request's own.
    """
    framing = b""
    if request.length is not None:
        framing = b"Content-Length: %d\r\n" % request.length
    elif request.chunked:
        framing = CHUNKED
    if request.expects and request.has_body:
        framing += b"Expect: 100-continue\r\n"
    if request.upgrade is not None:
        framing += b"Connection: Upgrade\r\nUpgrade: %b\r\n" % request.upgrade
    return b"".join(
        (
            request.method,
            b" ",
            request.target,
            b" HTTP/1.1\r\nHost: ",
            request.host or b"",
            b"\r\n",
            *(request.lines if lines is None else lines),
            facts,
            b"traceparent: ",
            trace,
            b"\r\n",
            framing,
            extra,
            b"\r\n",
        )
    )


def response_bytes(response: ResponseHead, framing: bytes, extra: bytes) -> bytes:
    """The head for the client; `framing` are the lines that delimit the body, `extra` ours."""
    return b"".join(
        (
            _status_line(response.status, response.reason),
            *response.lines,
            framing,
            extra,
            VIA,
            b"\r\n",
        )
    )


def decision_line(exchange: "Exchange") -> bytes:
    """`Fig-Decision`: why this side answered."""
    decision, lane = exchange.decision, exchange.lane
    reason = "fallback" if exchange.fell_back else decision.reason
    return (
        f"{DECISION}: side={lane.side}; stage={exchange.state.route.stage}; "
        f"bucket={decision.bucket}; reason={reason}; table={exchange.version}\r\n"
    ).encode()


def interim_bytes(response: ResponseHead) -> bytes:
    """A 1xx response other than 101."""
    return b"".join((_status_line(response.status, response.reason), *response.lines, b"\r\n"))


def switching_bytes(response: ResponseHead) -> bytes:
    """A 101 response: from here on the connection is a tunnel."""
    lines = b"Connection: Upgrade\r\nUpgrade: %b\r\n" % (response.upgrade or b"")
    return response_bytes(response, lines, b"")


def body_framing(response: ResponseHead, request: RequestHead) -> tuple[bytes, bool, bool]:
    """How the body goes to the client: (lines, in chunks, ended by closing the connection)."""
    if response.status in _BODILESS_STATUSES:
        return b"", False, False
    if response.length is not None:
        return b"Content-Length: %d\r\n" % response.length, False, False
    if not response.has_body(request.method):
        return (CHUNKED if response.chunked and request.http11 else b""), False, False
    if request.http11:
        return CHUNKED, True, False
    return b"", False, True


def chunk(data: bytes) -> bytes:
    """Data as one chunk; data must not be empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def last_chunk(trailers: list[bytes]) -> bytes:
    """The end of a chunked body, with its trailer fields."""
    return b"".join((b"0\r\n", *trailers, b"\r\n")) if trailers else LAST_CHUNK


_status_lines: dict[tuple[int, bytes], bytes] = {}
_MOST_STATUS_LINES = 512


def _status_line(status: int, reason: bytes) -> bytes:
    line = _status_lines.get((status, reason))
    if line is None:
        line = b"HTTP/1.1 %d %b\r\n" % (status, reason)
        if len(_status_lines) < _MOST_STATUS_LINES:
            _status_lines[status, reason] = line
    return line
