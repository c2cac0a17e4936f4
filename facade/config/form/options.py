"""The section `facade`."""

from facade.config.form.names import TOKEN
from facade.config.kinds import Flag, Network, Text
from facade.config.quantities import Duration, Share, Size, Whole
from facade.config.shapes import Field, ListOf, Record
from facade.routefile import FULL, ClientTimeouts, FacadeOptions, Limits, ShadowLimits

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
