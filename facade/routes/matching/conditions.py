"""Which requests a route takes beside their method and path: by host, header, query or cookie.

Routes of one method and path are tried in this order, and the first that takes the request has it:

    1  an exact host, then `*.` and a longer name before a shorter one, then any host
    2  more conditions under `when` before fewer
    3  the testers of a route before its other clients

The file is refused where this leaves two routes that could take one request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from facade.routes.config.matchfile import Condition
from facade.routes.config.routefile import RouteConfig
from facade.routes.keys import Headers
from facade.routes.route import Route
from facade.routes.sessions import pairs_of

ANY_VALUE: Final = "*"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as conditions look at it."""

    host: str  # as `host_of` gives it
    headers: Headers  # names in lower case
    target: bytes


Test = Callable[[Asked], bool]


def host_of(host: bytes) -> str:
    """The name in a Host header: in lower case, without port and without a dot at its end."""
    name = host.lower()
    if name[:1] == b"[":
        return name.partition(b"]")[0].decode("latin-1") + "]"
    return name.partition(b":")[0].removesuffix(b".").decode("latin-1")


def covers(pattern: str, host: str) -> bool:
    """Whether a host is the one that a route names, or a subdomain of the name after its `*`."""
    return host == pattern or (pattern[:1] == "*" and host.endswith(pattern[1:]))


def rank_of_host(pattern: str | None) -> int:
    """The greater, the more is said: exact names, then wildcards by their length, then none."""
    if pattern is None:
        return 0
    return len(pattern) if pattern[:1] == "*" else 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A route, and which requests it takes of those that have its method and path."""

    route: Route
    host: str | None  # as in the file; None: any
    tests: tuple[Test, ...]  # all must hold
    testers: tuple[Test, ...]  # and one of these, where there are any
    rank: tuple[int, int, int] = (0, 0, 0)

    @property
    def takes_all(self) -> bool:
        """Whether method and path alone decide."""
        return self.host is None and not self.tests and not self.testers

    def takes(self, asked: Asked) -> bool:
        """Whether the route has this request."""
        if self.host is not None and not covers(self.host, asked.host):
            return False
        if not all(test(asked) for test in self.tests):
            return False
        return not self.testers or any(test(asked) for test in self.testers)


def cases_of(
    route: Route,
    hosts: tuple[str, ...],
    when: tuple[Condition, ...],
    testers: tuple[Condition, ...] = (),
) -> list[Case]:
    """One case for each host of a route, or one for all."""
    tests = tuple(compile_test(one) for one in when)
    some = tuple(compile_test(one) for one in testers)
    return [
        Case(route, host, tests, some, (rank_of_host(host), len(when), bool(testers)))
        for host in hosts or (None,)
    ]


def compile_test(condition: Condition) -> Test:
    """Whether a request has one of the values of a condition; of several, its first one counts."""
    kind, _, name = condition.source.partition(":")
    read = {"header": _header, "query": _query, "cookie": _cookie}[kind](name)
    values = frozenset(value.encode("utf-8") for value in condition.values)
    if ANY_VALUE in condition.values:
        return lambda asked: read(asked) is not None
    return lambda asked: read(asked) in values


def _header(name: str) -> Callable[[Asked], bytes | None]:
    wanted = name.lower().encode("ascii")
    return lambda asked: next((value for key, value in asked.headers if key == wanted), None)


def _cookie(name: str) -> Callable[[Asked], bytes | None]:
    wanted = name.encode("ascii")

    def read(asked: Asked) -> bytes | None:
        lines = (value for key, value in asked.headers if key == b"cookie")
        pairs = (pair for line in lines for pair in pairs_of(line))
        return next((value.strip(b'"') for key, value in pairs if key == wanted), None)

    return read


def _query(name: str) -> Callable[[Asked], bytes | None]:
    wanted = name.encode("utf-8")

    def read(asked: Asked) -> bytes | None:
        for pair in asked.target.partition(b"?")[2].split(b"&"):
            key, _, value = pair.partition(b"=")
            if _decoded(key) == wanted:
                return _decoded(value)
        return None

    return read


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def tied(one: RouteConfig, other: RouteConfig) -> list[str | None]:
    """The hosts (None: any) for which two routes of one method and path have equal right to some
    request; empty: there is none."""
    if len(one.when) != len(other.when) or not may_share(one.when, other.when):
        return []
    return [host for host in one.host or (None,) if host in (other.host or (None,))]


def may_share(one: tuple[Condition, ...], other: tuple[Condition, ...]) -> bool:
    """Whether one request can meet both: not where they want different values of one source."""
    wanted = {condition.source: condition.values for condition in one}
    for condition in other:
        mine = wanted.get(condition.source)
        if mine is None or ANY_VALUE in mine or ANY_VALUE in condition.values:
            continue
        if set(mine).isdisjoint(condition.values):
            return False
    return True
