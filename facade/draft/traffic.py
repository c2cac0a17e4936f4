"""Files of traffic, by what is in them."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from facade.draft import accesslog
from facade.draft.seen import Seen, kind_of
from facade.replay.formats import reading
from facade.replay.formats.recorded import Exchange

RECORDED = (reading.HAR, reading.FLOWS)


class NothingSeen(ValueError):
    """A file without a request in it; the message names it and says what was expected."""


def read(path: Path, mitmproxy: Callable[[], Path]) -> list[Seen]:
    """The requests in a file. `mitmproxy` gives the interpreter that can read flow files.

    Raises NothingSeen.
    """
    try:
        found = list(_recorded(path, mitmproxy) if path.suffix in RECORDED else _lines(path))
    except OSError as error:
        raise NothingSeen(f"cannot read {path}: {error.strerror or error}") from None
    if not found:
        raise NothingSeen(
            f"no request found in {path}: expected an access log (as nginx, Apache or gunicorn"
            " write it, or a JSON object a line), a .har file, or a .flows file of `fig sidecar`"
        )
    return found


def _lines(path: Path) -> Iterator[Seen]:
    """Of an access log, also of one that was turned over and compressed."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as file:
        yield from (one for line in file if (one := accesslog.parse(line)) is not None)


def _recorded(path: Path, mitmproxy: Callable[[], Path]) -> Iterator[Seen]:
    for one in reading.exchanges(reading.files([path]), mitmproxy):
        if isinstance(one, Exchange):
            yield of_exchange(one)


def of_exchange(exchange: Exchange) -> Seen:
    """What we want to know of a recorded exchange; values of cookies are not kept."""
    answer = exchange.answer
    path = urlsplit(exchange.target).path or "/"
    sent = (value for name, value in exchange.headers if name == "cookie")
    cookies = tuple(chain.from_iterable(names_of(value) for value in sent))
    if answer is None:
        return Seen(exchange.method, path, cookies=cookies)
    fields = answer.headers
    kind = next((value for name, value in fields if name == "content-type"), "")
    given, guarded = set_cookies([value for name, value in fields if name == "set-cookie"])
    return Seen(
        exchange.method, path, answer.status, kind_of(kind), len(answer.body),
        cookies, given, guarded,
    )  # fmt: skip


def names_of(cookie: str) -> list[str]:
    """The names in a `Cookie` field."""
    pairs = (pair.partition("=") for pair in cookie.split(";"))
    return [name.strip() for name, equals, _ in pairs if equals and name.strip()]


def set_cookies(fields: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that `Set-Cookie` fields set, and those of them that are HttpOnly."""
    names: list[str] = []
    guarded: list[str] = []
    for field in fields:
        pair, *attributes = field.split(";")
        name, equals, _ = pair.partition("=")
        if equals and name.strip():
            names.append(name.strip())
            if any(one.strip().lower() == "httponly" for one in attributes):
                guarded.append(name.strip())
    return tuple(names), tuple(guarded)
