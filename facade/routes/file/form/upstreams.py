"""The entries under `upstreams`."""

from typing import Any

from facade.routes.config.addressfile import Prefix, Replacement, Rewrite, Tls
from facade.routes.config.routefile import Breaker, Health, UpstreamConfig, UpstreamTimeouts
from facade.routes.file.form.names import NAME
from facade.routes.file.kinds.addresses import (
    AddressText,
    DomainText,
    Of,
    Origin,
    PathPrefix,
    PathText,
    ReplacementText,
)
from facade.routes.file.kinds.quantities import Duration, Share, Whole
from facade.routes.file.kinds.structures import Field, FlagOr, ListOf, MapOf, Record
from facade.routes.file.kinds.values import Choice, Flag, Text, TroubleWord, Url, Wrong
from facade.routes.trouble import COUNTED


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
        "count": Field(
            ListOf(TroubleWord()),
            "What counts as a failed call; a status only where it is named.",
            shown=[*COUNTED],
        ),
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

_TLS = Record(
    Tls,
    {
        "verify": Field(Flag(), "Whether its certificate must be good.", shown=True),
        "ca": Field(
            Text("a file of certificates", r"[^\x00]+"),
            "The authorities that may have signed it; when not said, the system's.",
        ),
    },
)

_PREFIX = Record(
    Prefix,
    {
        "strip": Field(PathPrefix(), "Taken off the path that the client asks."),
        "add": Field(PathPrefix(), "Put before the path that is left."),
    },
)


_REPLACED: dict[str, tuple[ReplacementText, str]] = {
    "redirects": (AddressText(), "Addresses in Location, Content-Location and Refresh."),
    "cookie_domains": (DomainText(), "Domains of cookies."),
    "cookie_paths": (PathText(), "Paths of cookies."),
}


def _rewrite(**values: Any) -> Rewrite:
    for key, (kind, _) in _REPLACED.items():
        found = [*values.get(key, {}).values()]
        values[key] = tuple(Replacement(one.by, _canonical(kind, one.of)) for one in found)
    return Rewrite(**values)


def _canonical(kind: ReplacementText, text: str) -> str:
    try:
        return kind.canonical(text)
    except Wrong:
        return text  # it is reported where it was read


_REWRITE = FlagOr(
    Rewrite(),
    Rewrite(allowed=False),
    Record(
        _rewrite,
        {
            "own": Field(ListOf(Origin()), "Further addresses that it takes for its own."),
            **{
                key: Field(
                    MapOf(kind, "of", kind.pattern, "what is replaced, to its new word", Of(kind)),
                    doc,
                )
                for key, (kind, doc) in _REPLACED.items()
            },
        },
    ),
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
        "host": Field(
            Text("a host such as shop.test:8080", r"[A-Za-z0-9._-]+(:[0-9]{1,5})?"),
            "The Host it is asked with; when not said, the client's.",
        ),
        "prefix": Field(_PREFIX, "How its paths differ from those that clients ask."),
        "rewrite": Field(
            _REWRITE,
            "Whether its own addresses in its answers become the client's; when not said, where"
            " host or prefix is given.",
        ),
        "tls": Field(_TLS, "How an https upstream is known."),
        "session_cookie": Field(
            Choice("rule", ("remove", "keep")),
            "Whether a new side sees the session's cookie, where 'facade.identity' takes it away.",
            shown="remove",
        ),
    },
)
