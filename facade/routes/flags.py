"""The routes as feature flags (OpenFeature): the facade's decision, for other programs.

A flag has the name of its route; its value says whether the new side answers. The decision is that
of a request with the route's first method on its path, as the context describes it:

    targetingKey          the value of the route's key, as `fig explain` shows it
    host, header:NAME, query:NAME, cookie:NAME    what conditions and testers look at
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from facade.routes.config.routefile import RouteConfig
from facade.routes.decision import Key, bucket_of, decide
from facade.routes.matching.conditions import Asked, host_of
from facade.routes.matching.paths import TargetRefused
from facade.routes.route import NO_BUCKET, TESTER, Route
from facade.routes.table import RouteTable

Reason = Literal["STATIC", "SPLIT", "TARGETING_MATCH", "DEFAULT"]
ErrorCode = Literal[
    "FLAG_NOT_FOUND", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "PARSE_ERROR", "GENERAL"
]
TARGETING_KEY: Final = "targetingKey"
_ANY: Final = "any-value-of-a-parameter"  # in place of a parameter of a path
_PARAMETER: Final = re.compile(r"\{[^}]*\}")
_NAMED: Final = ("header", "query", "cookie")


class NoFlag(Exception):
    """A flag that cannot be evaluated; the message says why."""

    def __init__(self, code: ErrorCode, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Context:
    """The facts about the request. Header names in lower case."""

    key: str  # empty: none is given
    host: str
    headers: tuple[tuple[bytes, bytes], ...]
    query: str


@dataclass(frozen=True, slots=True)
class Flag:
    """The answer: which side is meant, and why. `bucket` is None where none was needed."""

    key: str
    value: bool  # the new side answers
    reason: Reason
    stage: str
    bucket: int | None
    version: str  # of the table

    @property
    def variant(self) -> str:
        """The side's name."""
        return "new" if self.value else "legacy"


def read_context(found: Mapping[str, Any]) -> Context:
    """An evaluation context. Attributes that no condition knows are left alone. Raises NoFlag."""
    key = found.get(TARGETING_KEY)
    if key is not None and not isinstance(key, str):
        raise NoFlag("INVALID_CONTEXT", f"{TARGETING_KEY} is no string")
    host = _text(found, "host") if "host" in found else ""
    headers: list[tuple[bytes, bytes]] = []
    cookies, queries = [], []
    for name in found:
        kind, colon, rest = name.partition(":")
        if not colon or kind not in _NAMED:
            continue
        value = _text(found, name)
        if kind == "header":
            headers.append((_encoded(rest.lower()), _encoded(value)))
        elif kind == "cookie":
            cookies.append(f"{rest}={value}")
        else:
            queries.append(f"{quote(rest, safe='')}={quote(value, safe='')}")
    if cookies:
        headers.append((b"cookie", _encoded("; ".join(cookies))))
    return Context(key or "", host, tuple(headers), "&".join(queries))


def evaluate(table: RouteTable, name: str, context: Context) -> Flag:
    """The flag of the route of this name. Raises NoFlag."""
    config = next((one for one in table.routes if one.name == name), None)
    if config is None or config.compose:
        raise NoFlag("FLAG_NOT_FOUND", f"no route is named '{name}'")
    route = _route(table, config, context)
    if route.name != name:
        return Flag(name, False, "DEFAULT", config.stage.value, None, table.version)
    if route.settled is None and not context.key:
        why = f"'{name}' is split by its key: give the key's value as {TARGETING_KEY}"
        raise NoFlag("TARGETING_KEY_MISSING", why)
    decision = decide(route, Key(context.key, TARGETING_KEY), new_available=True, draw=0.0)
    bucket = decision.bucket
    if bucket == NO_BUCKET and context.key and not route.tester:
        bucket = bucket_of(route.seed, context.key)
    return Flag(
        name,
        decision.side == "new",
        _reason(config, route),
        config.stage.value,
        None if bucket == NO_BUCKET else bucket,
        table.version,
    )


def _reason(config: RouteConfig, route: Route) -> Reason:
    if route.settled is None:
        return "SPLIT"
    if route.settled.reason == TESTER or config.host or config.when:
        return "TARGETING_MATCH"
    return "STATIC"


def _route(table: RouteTable, config: RouteConfig, context: Context) -> Route:
    """The route that a request of this one's path has: another one where conditions say so."""
    method = "GET" if config.methods[0] == "*" else config.methods[0]
    target = _PARAMETER.sub(_ANY, config.template)
    target = f"{target}?{context.query}" if context.query else target
    asked = Asked(host_of(_encoded(context.host)), context.headers, target.encode("utf-8"))
    try:
        return table.locate(method, asked.target).of(asked).route
    except TargetRefused as error:
        raise NoFlag("GENERAL", f"no request can be made of '{config.match}': {error}") from error


def _text(found: Mapping[str, Any], name: str) -> str:
    """An attribute as a request would write it."""
    value = found[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise NoFlag("INVALID_CONTEXT", f"{name} is neither a string, a number nor a boolean")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
