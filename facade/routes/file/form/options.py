"""The section `facade`."""

from facade.routes.config.addressfile import Certificate, ListenerTls
from facade.routes.config.routefile import (
    FULL,
    AdminOptions,
    ClientTimeouts,
    FacadeOptions,
    IdentityOptions,
    Limits,
    ReadYourWrites,
    SessionOptions,
    ShadowLimits,
    Tracing,
)
from facade.routes.file.form.names import NAME, TOKEN
from facade.routes.file.form.plans import HOOKS
from facade.routes.file.form.promote import PROMOTE
from facade.routes.file.kinds.quantities import Duration, Share, Size, Whole
from facade.routes.file.kinds.structures import Field, ListOf, Record, WordsOr
from facade.routes.file.kinds.values import Choice, Flag, JsonSchema, Network, Text
from facade.routes.sessions import PRESETS


class TlsVersion(Choice):
    """`1.2` or `1.3`, which YAML takes for numbers."""

    def __init__(self) -> None:
        super().__init__("version of TLS", ("1.2", "1.3"))

    def schema(self) -> JsonSchema:
        return {"enum": [1.2, 1.3, "1.2", "1.3"]}


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
        "repeat": Field(
            Size(), "Bodies up to this size can go to legacy if declined.", shown="64KiB"
        ),
    },
)

_CLIENT_TIMEOUTS = Record(
    ClientTimeouts,
    {
        "handshake": Field(Duration(), "From the connection to the end of TLS's.", shown="10s"),
        "head": Field(Duration(), "From first byte to the end of the head.", shown="10s"),
        "body": Field(Duration(), "Between two pieces of the request's body.", shown="30s"),
        "write": Field(Duration(), "A client that reads nothing for this long.", shown="30s"),
        "idle": Field(Duration(), "A kept connection without a request.", shown="75s"),
        "exchange": Field(Duration(True), "The whole exchange; 0 means no limit.", shown="10m"),
        "drain": Field(Duration(True), "After SIGTERM, for what is in flight.", shown="20s"),
    },
)

_CERTIFICATE = Record(
    Certificate,
    {
        "certificate": Field(
            Text("a file", r"[^\x00]+"), "A file of PEM: the certificate, then its chain.", True
        ),
        "key": Field(Text("a file", r"[^\x00]+"), "A file of PEM: its key, not encrypted.", True),
    },
)

_TLS = Record(
    ListenerTls,
    {
        "certificates": Field(
            ListOf(_CERTIFICATE, 1),
            "Chosen by the name that the client asks for; the first one where none fits.",
            True,
        ),
        "min_version": Field(TlsVersion(), "The oldest TLS that is spoken.", shown=1.2),
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

_IDENTITY = Record(
    IdentityOptions,
    {
        "ask": Field(
            Text("a path such as /api/me", r"/[!-~]*"),
            "Asked with GET: of legacy, and of the new side once the path's route is at new.",
            True,
        ),
        "forget_on": Field(
            ListOf(Text("a route's name", NAME)), "Routes that log in or out.", shown=[]
        ),
        "keep": Field(Duration(), "How long an answer counts.", shown="5s"),
        "keep_silent": Field(Duration(), "The same while there is none.", shown="12h"),
        "timeout": Field(Duration(), "An answer after this time counts as none.", shown="2s"),
        "entries": Field(Whole(), "Sessions remembered per worker.", shown=10_000),
    },
)

_SESSION = Record(
    SessionOptions,
    {
        "preset": Field(Choice("framework", tuple(PRESETS)), "Its names of the cookie.", True),
        "sticky": Field(
            Flag(),
            "Know clients in canary by a cookie of the facade's own, fig_client; when not said,"
            " for frameworks that change the session's cookie.",
        ),
    },
)

_BY = ("cookie", "header", "both", "off")

_READ_YOUR_WRITES: WordsOr[ReadYourWrites] = WordsOr(
    {by: ReadYourWrites(by) for by in _BY},  # type: ignore[arg-type]
    Record(
        ReadYourWrites,
        {
            "by": Field(Choice("way", _BY), "How clients carry it.", shown="cookie"),
            "cookie": Field(Text("a cookie's name", TOKEN), "Its name.", shown="fig_after"),
            "remember": Field(Duration(), "How long a client keeps it.", shown="60s"),
        },
    ),
)

_ADMIN = Record(
    AdminOptions,
    {
        "hosts": Field(
            ListOf(Text("a host's name in lower case", r"[a-z0-9.-]+")),
            "Names it is asked by, beside localhost and IP addresses.",
            shown=[],
        ),
        "token": Field(Flag(), "Ask for the token, except for what `open` names.", shown=True),
        "open": Field(
            ListOf(Choice("endpoint", ("readyz", "metrics", "jwks"))),
            "What is answered without the token.",
            shown=["readyz", "metrics", "jwks"],
        ),
    },
)

_TRACING = Record(
    Tracing,
    {
        "sample": Field(Share(), "Share of requests that are traced.", shown="0%"),
        "writes": Field(Share(), "The same of requests that may change something."),
    },
)

FACADE = Record(
    FacadeOptions,
    {
        "health": Field(
            Text("a path such as /fig/healthz", r"/[!-~]*"),
            "The facade itself answers GET there: 200, or 503 while it drains.",
        ),
        "via": Field(Flag(), "Send upstreams the header Via.", shown=True),
        "match_case": Field(Flag(), "Whether /Cart is another path than /cart.", shown=True),
        "trailing_slash": Field(
            Choice("rule", ("exact", "ignore")),
            "Whether /cart/ is another path than /cart.",
            shown="exact",
        ),
        "expose": Field(Flag(), "Send the header Fig-Decision with each answer.", shown=False),
        "access_log": Field(
            Share({"off": 0, "on": FULL, "false": 0, "true": FULL}),
            "Share of requests that are logged: off, on, or 1%.",
            shown="off",
        ),
        "tracing": Field(_TRACING, "Of how many requests the spans are kept; see fig trace."),
        "session_cookie": Field(Text("a cookie's name", TOKEN), "Key session.", shown="session"),
        "session": Field(_SESSION, "Key session, by the framework that writes the cookie."),
        "tls": Field(_TLS, "Clients speak https: certificates and keys."),
        "trusted_proxies": Field(ListOf(Network()), "Whose X-Forwarded-For is believed.", shown=[]),
        "leaving": Field(
            ListOf(Text("a route's name", NAME)),
            "Routes that may leave the file while the new side answers them.",
            shown=[],
        ),
        "limits": Field(_LIMITS, "What a client may ask."),
        "timeouts": Field(_CLIENT_TIMEOUTS, "Longest waits on the client's side."),
        "shadow": Field(_SHADOW, "What copies may cost at most."),
        "promote": Field(PROMOTE, "How sure the evidence has to be, where a route says nothing."),
        "identity": Field(_IDENTITY, "How the owner of a session is looked up; see needs."),
        "admin": Field(_ADMIN, "Which clients may use the admin port."),
        "read_your_writes": Field(
            _READ_YOUR_WRITES, "How a client's reads find its writes.", shown="cookie"
        ),
        "hooks": Field(HOOKS, "What is called for automatic moves."),
    },
)
