"""The request as it is sent again: without what belonged to one connection or to one person."""

from collections.abc import Mapping

from facade.compare.answers import Answer, Headers
from facade.compare.secrets import MASK, is_secret
from facade.replay.formats.recorded import Exchange
from facade.routes.sessions import SessionCookies

# Of one connection, or set by each sender.
_NOT_REPEATED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"}
    | {"expect", "proxy-connection", "x-request-id"}
)
# With these the answer may be "unchanged" or a part: nothing to compare.
_CONDITIONAL = frozenset(
    {"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"}
)
_UNCHANGED = 304  # what the client had was still good: it was answered
_REFUSED = frozenset({401, 403, 407})
_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_CODINGS = frozenset({"gzip", "deflate", "br", "zstd", "identity"})  # that the comparison can undo


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


def is_a_stranger(exchange: Exchange, sent: Headers, session: SessionCookies) -> bool:
    """Whether the recorded client was known by something that is not `sent`: its session cookie
    (the route file's, or one named as frameworks name theirs), or credentials in a header."""
    recorded = {
        name
        for name in cookie_names(exchange)
        if session.covers(name.encode("latin-1", "replace")) or is_secret(name)
    }
    kept = {name for line_name, line in sent if line_name == "cookie" for name in _names(line)}
    words = {name for name, _ in exchange.headers if name in _CREDENTIALS or is_secret(name)}
    lost = words - {"cookie"} - {name for name, _ in sent}
    return bool(recorded - kept or lost)


def is_sent_away(exchange: Exchange, control: Answer) -> bool:
    """Whether the recorded client was answered, and now is refused or sent to sign in: a recording
    may have been made without what the client was known by (browsers leave it out)."""
    answer = exchange.answer
    if answer is None or not (200 <= answer.status < 300 or answer.status == _UNCHANGED):
        return False
    return control.status in _REFUSED or 300 <= control.status < 400


def _names(line: str) -> set[str]:
    return {pair.strip().partition("=")[0] for pair in line.split(";")}


def cookie_names(exchange: Exchange) -> set[str]:
    """The cookies the request had."""
    lines = (value for name, value in exchange.headers if name == "cookie")
    return {name for line in lines for name in _names(line)}


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
