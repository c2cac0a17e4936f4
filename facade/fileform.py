"""The form of the route file, as data: every key with its kind, its default and its meaning.

Reading, the JSON Schema and its help in editors all come from here.
"""

import re
from typing import Any

from facade.kinds import (
    Choice,
    Day,
    EnumChoice,
    Flag,
    JsonSchema,
    Network,
    Scalar,
    Text,
    Url,
    Wrong,
)
from facade.matching import Match, MatchText
from facade.problems import one_of
from facade.quantities import Duration, Number, Share, Size, Whole
from facade.routefile import (
    FULL,
    ArrayRule,
    Breaker,
    ClientTimeouts,
    Compare,
    CompareRules,
    Expected,
    FacadeOptions,
    Guard,
    Health,
    KeySource,
    Limits,
    RouteConfig,
    ShadowLimits,
    Tolerance,
    UpstreamConfig,
    UpstreamTimeouts,
)
from facade.shapes import Field, ListOf, MapOf, Record, WordOr
from facade.stages import Stage

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
JSON_PATH = r"\$.*"
NEEDS = ("identity",)

_KEYS = ("cookie:NAME", "header:NAME", "path:NAME", "session", "client")


class KeyText(Scalar[KeySource]):
    """`cookie:NAME`, `header:NAME`, `path:NAME`, `session` or `client`."""

    blank = KeySource("client")

    def parse(self, text: str) -> KeySource:
        if text == "session":
            return KeySource("session")
        if text == "client":
            return KeySource("client")
        kind, _, name = text.partition(":")
        if not re.fullmatch(TOKEN, name):
            raise Wrong(f"unknown key '{text}' ({one_of(_KEYS)})")
        match kind:
            case "cookie":
                return KeySource("cookie", name)
            case "header":
                return KeySource("header", name)
            case "path":
                return KeySource("path", name)
        raise Wrong(f"unknown key '{text}' ({one_of(_KEYS)})")

    def schema(self) -> JsonSchema:
        named = r"^(cookie|header|path):.+$"
        return {"anyOf": [{"enum": ["session", "client"]}, {"type": "string", "pattern": named}]}


def _route(match: Match, **values: Any) -> RouteConfig:
    values["stage"] = values.get("stage", Stage.LEGACY)
    return RouteConfig(methods=match.methods, template=match.template, **values)


def _rules(**values: Any) -> CompareRules:
    for key in ("arrays", "tolerate"):
        values[key] = tuple(values.get(key, {}).values())
    return CompareRules(name="", **values)


def _upstream(**values: Any) -> UpstreamConfig:
    url = values.pop("url", None)
    if url is not None:
        values["urls"] = (url, *values.get("urls", ()))
    return UpstreamConfig(name="", **values)


_HEALTH = Record(
    Health,
    {
        "path": Field(Text("a path such as /healthz", r"/[!-~]*"), "Asked with GET.", True),
        "interval": Field(Duration(), "Time between two questions.", shown="2s"),
        "timeout": Field(Duration(), "An answer after this time counts as none.", shown="1s"),
    },
)

_BREAKER = Record(
    Breaker,
    {
        "failure_ratio": Field(Share(), "Open above this share of failures.", shown="50%"),
        "slow_ratio": Field(Share(), "Open above this share of slow calls.", shown="100%"),
        "slow_call": Field(Duration(), "A call is slow from this time on.", shown="5s"),
        "window": Field(Duration(), "How far back calls count.", shown="10s"),
        "minimum_calls": Field(Whole(), "Fewer calls than this prove nothing.", shown=20),
        "open_for": Field(Duration(), "Ask nothing for this time, then probe.", shown="5s"),
        "probes": Field(Whole(1, 1000), "Concurrent probes while half open.", shown=3),
        "probe_timeout": Field(Duration(), "Deadline of a probe.", shown="2s"),
        "ramp": Field(Duration(True), "From first to all calls after it closes.", shown="5s"),
    },
)

_UPSTREAM_TIMEOUTS = Record(
    UpstreamTimeouts,
    {
        "connect": Field(Duration(), "Until the connection stands.", shown="2s"),
        "first_byte": Field(Duration(), "From request to first byte.", shown="30s"),
        "progress": Field(Duration(), "Between two pieces of the answer.", shown="30s"),
        "idle": Field(Duration(), "A kept connection is closed after it.", shown="30s"),
    },
)

UPSTREAM = Record(
    _upstream,
    {
        "url": Field(Url(), "Its one address."),
        "urls": Field(ListOf(Url(), 1), "Its addresses, if there are several."),
        "service": Field(Text("a service's name", NAME), "Its name in the registry."),
        "balance": Field(
            Choice("balance", ("round-robin", "least-busy")),
            "How requests are spread over the addresses.",
            shown="round-robin",
        ),
        "health": Field(_HEALTH, "Ask each address whether it is well; off when absent."),
        "breaker": Field(_BREAKER, "When to stop asking it for a while."),
        "connections": Field(Whole(1, 65_535), "At most this many per worker.", shown=256),
        "timeouts": Field(_UPSTREAM_TIMEOUTS, "Longest waits."),
    },
)

_COMPARE = Record(
    Compare,
    {
        "sample": Field(Share(), "Share of reads also asked on the other side.", True),
        "rules": Field(Text("a name under compare_rules", NAME), "How answers are compared."),
    },
)

_GUARD = Record(
    Guard,
    {
        "max_mismatch": Field(Share(), "Most pairs that may differ."),
        "max_error_ratio": Field(Number(), "New side's error rate over legacy's, at most."),
        "max_p95_ratio": Field(Number(), "New side's p95 over legacy's, at most."),
        "on_breach": Field(
            EnumChoice("stage", (Stage.LEGACY, Stage.SHADOW)), "Where the route then goes.", True
        ),
    },
)

ROUTE = Record(
    _route,
    {
        "name": Field(Text("a name of letters, digits, '.', '_' or '-'", NAME), "Unique.", True),
        "match": Field(MatchText(), "METHOD[|METHOD] /path/{parameter}; HEAD goes with GET.", True),
        "stage": Field(EnumChoice("stage", Stage), "Where the route stands.", True),
        "new": Field(Text("an upstream's name", NAME), "The upstream that replaces legacy."),
        "percent": Field(Share(), "Share of keys on the new side; in stage canary only."),
        "key": Field(
            ListOf(KeyText(), 1),
            "What a client is known by, first found wins.",
            shown=["session", "client"],
        ),
        "seed": Field(Text("a word", r"\S+"), "Routes that move together share one (else: name)."),
        "fallback": Field(
            Flag(), "Reads go to legacy when the new side fails; never once retired.", shown=True
        ),
        "safe": Field(Flag(), "The method only reads; else known by the method."),
        "compare": Field(_COMPARE, "Ask both sides; required in stage shadow."),
        "guard": Field(_GUARD, "Limits; beyond them the route goes back by itself."),
        "timeout": Field(Duration(), "Longest time of the whole exchange."),
        "max_body": Field(Size(), "Largest request body."),
        "needs": Field(
            ListOf(Choice("need", NEEDS)), "identity: the new side must be told who is asking."
        ),
    },
)

_ARRAY = WordOr(
    "unordered",
    ArrayRule("", unordered=True),
    Record(
        lambda key: ArrayRule("", key=key),
        {"key": Field(Text("a field's name"), "Elements are paired by this field.", True)},
    ),
)

_TOLERANCE = WordOr(
    "shape",
    Tolerance("", shape=True),
    Record(
        lambda **values: Tolerance("", **values),
        {
            "decimal": Field(Number(), "Numbers may lie this far apart."),
            "seconds": Field(Number(), "Times may lie this far apart."),
        },
    ),
)

_EXPECTED = Record(
    Expected,
    {
        "path": Field(Text("a path such as $.price", JSON_PATH), "Where they differ.", True),
        "why": Field(Text("the reason"), "The reason.", True),
        "owner": Field(Text("a person or a team"), "Who answers for it.", True),
        "until": Field(Day(), "The last day on which it is tolerated.", True),
    },
)

_JSON_PATH = ("path", JSON_PATH, "a path such as $.price")

RULES = Record(
    _rules,
    {
        "arrays": Field(MapOf(_ARRAY, *_JSON_PATH), "How elements are paired, by path."),
        "tolerate": Field(MapOf(_TOLERANCE, *_JSON_PATH), "How far values may differ, by path."),
        "expect": Field(ListOf(_EXPECTED), "Differences that are known."),
        "ignore": Field(
            ListOf(Text("a path such as $.price", JSON_PATH)), "Paths that are not compared."
        ),
        "headers": Field(
            ListOf(Text("a header's name", TOKEN)),
            "Headers that are compared.",
            shown=list(CompareRules("").headers),
        ),
        "secret": Field(
            ListOf(Text("a path such as $.price", JSON_PATH)), "Paths whose values are not kept."
        ),
    },
)

_LIMITS = Record(
    Limits,
    {
        "connections": Field(Whole(), "Client connections per worker.", shown=10_000),
        "connections_per_client": Field(Whole(), "The same per address.", shown=2_048),
        "line": Field(Size(), "Longest request line (414) or header (431).", shown="16KiB"),
        "headers": Field(Whole(1, 10_000), "Most headers (431).", shown=100),
        "head": Field(Size(), "Largest request head (431).", shown="64KiB"),
        "body": Field(Size(), "Largest request body (413).", shown="1GiB"),
        "buffer": Field(Size(), "Bytes held per direction of an exchange.", shown="64KiB"),
    },
)

_CLIENT_TIMEOUTS = Record(
    ClientTimeouts,
    {
        "head": Field(Duration(), "From first byte to the end of the head.", shown="10s"),
        "body": Field(Duration(), "Between two pieces of the request's body.", shown="30s"),
        "write": Field(Duration(), "A client that reads nothing for this long.", shown="30s"),
        "idle": Field(Duration(), "A kept connection without a request.", shown="75s"),
        "exchange": Field(Duration(True), "The whole exchange; 0 means no limit.", shown="10m"),
        "drain": Field(Duration(True), "After SIGTERM, for what is in flight.", shown="20s"),
    },
)

_SHADOW = Record(
    ShadowLimits,
    {
        "inflight": Field(Whole(), "Copies in flight per worker.", shown=64),
        "queue": Field(Whole(), "Copies waiting per worker.", shown=256),
        "body": Field(Size(), "Larger answers are not compared.", shown="2MiB"),
        "deadline": Field(Duration(), "A copy is given up after it.", shown="5s"),
    },
)

FACADE = Record(
    FacadeOptions,
    {
        "expose": Field(Flag(), "Send the header Fig-Decision with each answer.", shown=False),
        "access_log": Field(
            Share({"off": 0, "on": FULL, "false": 0, "true": FULL}),
            "Share of requests that are logged: off, on, or 1%.",
            shown="off",
        ),
        "session_cookie": Field(Text("a cookie's name", TOKEN), "Key session.", shown="session"),
        "trusted_proxies": Field(ListOf(Network()), "Whose X-Forwarded-For is believed.", shown=[]),
        "limits": Field(_LIMITS, "What a client may ask."),
        "timeouts": Field(_CLIENT_TIMEOUTS, "Longest waits on the client's side."),
        "shadow": Field(_SHADOW, "What copies may cost at most."),
    },
)

_NAMED = ("name", NAME, "a name of letters, digits, '.', '_' or '-'")

# The version is not written in the file; reading.py adds it.
FILE: Record[dict[str, Any]] = Record(
    dict,
    {
        "facade": Field(FACADE, "How the door itself behaves."),
        "upstreams": Field(MapOf(UPSTREAM, *_NAMED), "The sides; `legacy` must be there.", True),
        "routes": Field(ListOf(ROUTE), "The paths that move; every other goes to legacy."),
        "compare_rules": Field(MapOf(RULES, *_NAMED), "How answers are compared, by name."),
    },
)
