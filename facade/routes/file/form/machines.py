"""The section `machines`, and `allow` of a route."""

from facade.routes.config.machinefile import (
    ALGORITHMS,
    ENFORCE,
    SHADOW,
    AllowConfig,
    IssuerConfig,
    KeysConfig,
    Machines,
)
from facade.routes.file.form.names import NAME, TOKEN
from facade.routes.file.kinds.conditions import OneOrMany
from facade.routes.file.kinds.quantities import Duration
from facade.routes.file.kinds.structures import Field, ListOf, MapOf, Record
from facade.routes.file.kinds.values import Choice, Text

_LINE = r"[^\x00-\x1f\x7f]+"
_SCOPE = r"[\x21\x23-\x5b\x5d-\x7e]+"
_OWNER = r"\*|[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}"

_KEYS = Record(
    KeysConfig,
    {
        "file": Field(Text("a file", _LINE), "Written by `fig keys`; read again on change.", True),
        "header": Field(
            Text("a header's name", TOKEN), "Where a request has its key.", shown="X-API-Key"
        ),
    },
)

_ISSUER = Record(
    IssuerConfig,
    {
        "issuer": Field(Text("the claim iss", _LINE), "Its claim `iss`, exactly.", True),
        "audience": Field(OneOrMany(Text("a claim aud", _LINE)), "`aud` names one of these.", True),
        "jwks": Field(
            Text("a file or an address", _LINE), "Its public keys: a file, or http(s)://.", True
        ),
        "algorithms": Field(
            ListOf(Choice("algorithm", ALGORITHMS), 1),
            "By which its tokens may be signed.",
            shown=["RS256", "ES256"],
        ),
        "leeway": Field(Duration(zero=True), "Between its clock and ours.", shown="30s"),
        "scopes": Field(Text("a claim", _LINE), "The claim that has the scopes.", shown="scope"),
        "refresh": Field(Duration(), "How often an address is asked.", shown="5m"),
    },
)

MACHINES = Record(
    Machines,
    {
        "keys": Field(_KEYS, "API keys."),
        "issuers": Field(
            MapOf(_ISSUER, "name", NAME, "a name of letters, digits, '.', '_' or '-'"),
            "Who issues JWTs, by name.",
        ),
    },
)

ALLOW = Record(
    AllowConfig,
    {
        "keys": Field(
            OneOrMany(Text("the owner of a key, or *", _OWNER)),
            "Owners of API keys that are let in; * for every one.",
        ),
        "issuers": Field(
            OneOrMany(Text("a name under machines.issuers", NAME)),
            "Whose tokens are let in.",
        ),
        "scopes": Field(
            OneOrMany(Text("a scope without blanks", _SCOPE)), "What the machine must have, all."
        ),
        "mode": Field(
            Choice("mode", (SHADOW, ENFORCE)),
            "shadow only counts whom it would refuse; enforce refuses.",
            shown=SHADOW,
        ),
    },
)
