"""Which machine asks, whether a route lets it in, and what the others are answered. Pure.

credential ─ checked ─┬─ Unproven: there is none, or it proves nothing ─▶ 401 (400, 503)
                      └─ Machine ─ Allow.refusal ─┬─ another one is meant, or a scope
                                                  │  is missing ─▶ 403
                                                  └─ None ─▶ the route
"""

from dataclasses import dataclass
from typing import Final

from facade.routes.config.machinefile import ANYBODY

API_KEY: Final = "api_key"
TOKEN: Final = "token"

# Why a request is refused: short words, counted and shown; the tables below have the rest.
NONE: Final = "no-credential"
SEVERAL: Final = "several"
AWAY: Final = "keys-away"
MALFORMED: Final = "malformed"
UNKNOWN: Final = "unknown"
ENDED: Final = "ended"
NOT_YET: Final = "not-yet"
SIGNATURE: Final = "signature"
ALGORITHM: Final = "algorithm"
ISSUER: Final = "issuer"
AUDIENCE: Final = "audience"
TYPE: Final = "type"
OTHER: Final = "other-machine"
SCOPE: Final = "scope"

# Reason -> the words for the client, the end of "the request …".
WORDS: Final = {
    NONE: "carries no API key and no token",
    SEVERAL: "carries more than one credential",
    AWAY: "cannot be checked just now: the keys are not known yet",
    MALFORMED: "carries something that is no API key and no token",
    UNKNOWN: "carries a key that is not known, or a token whose signing key is not",
    ENDED: "carries a credential that is valid no more",
    NOT_YET: "carries a token that is not valid yet",
    SIGNATURE: "carries a token that its issuer did not sign",
    ALGORITHM: "carries a token that is signed by an algorithm that is not accepted",
    ISSUER: "carries a token of an issuer that is not known",
    AUDIENCE: "carries a token that is meant for another audience",
    TYPE: "carries a token of another kind",
    OTHER: "comes from a machine that is not let in here",
    SCOPE: "comes from a machine that lacks a scope",
}
_STATUS: Final = {SEVERAL: 400, AWAY: 503, OTHER: 403, SCOPE: 403}
UNAUTHORIZED: Final = 401
# RFC 6750, 3.1; a request without a credential gets no code.
_CODES: Final = {SEVERAL: "invalid_request", SCOPE: "insufficient_scope"}
_NO_CODE: Final = frozenset({NONE, AWAY, OTHER})
REALM: Final = 'Bearer realm="machines"'


class Machine:
    """A machine whose credential was checked; kept with its signed token for services."""

    __slots__ = ("issuer", "kind", "name", "scopes", "signed_by", "token", "token_until", "until")

    def __init__(
        self, kind: str, name: str, scopes: frozenset[str], until: float, issuer: str = ""
    ) -> None:
        """`kind`: API_KEY or TOKEN; `name`: the owner of the key, or the token's subject;
        `until`: when the credential ends, in unix seconds; `issuer`: its name in the file."""
        self.kind = kind
        self.name = name
        self.scopes = scopes
        self.until = until
        self.issuer = issuer
        self.token = b""  # what services are given
        self.token_until = 0.0  # when another one is made, in unix seconds
        self.signed_by: object = None  # the key; with another key the token is signed again

    @property
    def full_name(self) -> str:
        """Its unique name: `api_key:bookkeeper`, `token:partners:robot-7`."""
        return ":".join(part for part in (self.kind, self.issuer, self.name) if part)


class Unproven:
    """Why it is not known which machine asks."""

    __slots__ = ("reason", "shown")

    def __init__(self, reason: str, shown: str = "") -> None:
        """`shown`: what may be listed of the credential; empty: nothing."""
        self.reason = reason
        self.shown = shown


Checked = Machine | Unproven


@dataclass(frozen=True, slots=True, eq=False)
class Allow:
    """What a route demands."""

    owners: frozenset[str]  # of API keys; ANYBODY: every known machine
    issuers: frozenset[str]
    anybody: bool  # any machine with a valid credential
    scopes: tuple[str, ...]
    enforced: bool

    def refusal(self, checked: Checked) -> str | None:
        """Why this machine is refused; None when it is let in."""
        if isinstance(checked, Unproven):
            return checked.reason
        if not (self.anybody or self._names(checked)):
            return OTHER
        return None if checked.scopes.issuperset(self.scopes) else SCOPE

    def _names(self, machine: Machine) -> bool:
        if machine.kind == TOKEN:
            return machine.issuer in self.issuers
        return machine.name in self.owners or ANYBODY in self.owners

    def challenge(self, reason: str) -> bytes:
        """The line WWW-Authenticate (RFC 9110, 11.6.1; RFC 6750, 3); empty where none is due."""
        if status_of(reason) not in (400, 401) and reason != SCOPE:
            return b""
        words = REALM
        if reason not in _NO_CODE:
            code = _CODES.get(reason, "invalid_token")
            words += f', error="{code}", error_description="the request {WORDS[reason]}"'
        if reason == SCOPE:
            words += f', scope="{" ".join(self.scopes)}"'
        return f"WWW-Authenticate: {words}\r\n".encode("ascii")


def status_of(reason: str) -> int:
    """What a request is answered that is refused for this."""
    return _STATUS.get(reason, UNAUTHORIZED)
