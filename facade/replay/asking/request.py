"""The request as it is sent again: without what belonged to one connection or to one person."""

from collections.abc import Mapping

from facade.compare.answers import Headers
from facade.compare.masking import MASK
from facade.replay.formats.recorded import Exchange

# Of one connection, or set anew by who sends.
_NOT_REPEATED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"}
    | {"expect", "proxy-connection", "x-request-id"}
)
# With these the answer may be "unchanged" or a part: nothing to compare.
_CONDITIONAL = frozenset(
    {"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"}
)
_CODINGS = frozenset({"gzip", "deflate", "br", "identity"})  # that the comparison can undo


def headers(exchange: Exchange, cookies: Mapping[str, str]) -> Headers:
    """The headers to send. A masked credential is left out; `cookies` of the caller take the
    place of recorded ones of the same name, and only of those."""
    sent: list[tuple[str, str]] = []
    for name, value in exchange.headers:
        if name in _NOT_REPEATED or name in _CONDITIONAL or name.startswith("fig-"):
            continue
        if name == "cookie":
            value = _cookies(value, cookies)
        elif name == "accept-encoding":
            value = _codings(value)
        elif value.endswith(MASK):
            continue
        if value:
            sent.append((name, value))
    return tuple(sent)


def cookie_names(exchange: Exchange) -> set[str]:
    """The cookies the request had."""
    lines = (value for name, value in exchange.headers if name == "cookie")
    return {pair.strip().partition("=")[0] for line in lines for pair in line.split(";")}


def query_keys(target: str) -> tuple[str, ...]:
    """Names of the query's parameters, as written, once each."""
    query = target.partition("?")[2]
    names = (pair.partition("=")[0] for pair in query.split("&") if pair)
    return tuple(dict.fromkeys(names))


def _cookies(line: str, given: Mapping[str, str]) -> str:
    kept = []
    for pair in line.split(";"):
        name, _, value = pair.strip().partition("=")
        value = given.get(name, value)
        if name and value != MASK:
            kept.append(f"{name}={value}")
    return "; ".join(kept)


def _codings(line: str) -> str:
    words = (word.strip() for word in line.split(","))
    return ", ".join(word for word in words if word.partition(";")[0].strip() in _CODINGS)
