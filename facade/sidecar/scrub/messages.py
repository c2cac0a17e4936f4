"""Take the credentials out of what is recorded. Pure; never touches the traffic itself.

Masked: cookies, authorization, headers, parameters and fields whose name says secret, and what
the operator declares. A body that cannot be read in its own kind is not kept: what we cannot look
into may hold anything.
"""

from collections.abc import Callable, Iterable
from urllib.parse import unquote_plus

from chassis.web.headers import IDENTITY, SESSION
from facade.compare.masking import MASK, is_secret
from facade.compare.paths import is_json_path
from facade.compare.rules import Rule, compile_rules
from facade.routes.routefile import CompareRules
from facade.sidecar.scrub import json as scrub_json
from facade.sidecar.scrub import text as scrub_text
from facade.sidecar.scrub.json import Unreadable

Headers = list[tuple[str, str]]

_WITH_SCHEME = frozenset({"authorization", "proxy-authorization"})
_WITH_ADDRESS = frozenset({"referer", "location", "content-location", "refresh"})
_OURS = frozenset({IDENTITY.lower(), SESSION.lower()})
# Of no use in a replay, and a way to recognise a client.
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate", "authentication-info"})


class Scrubber:
    """Knows what is secret: by its name, or because the operator said so."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` are names of fields, or paths in JSON such as `$.customer.iban`."""
        secrets = tuple(secrets)
        self._names = frozenset(one.lower() for one in secrets if not is_json_path(one))
        paths = tuple(one for one in secrets if is_json_path(one))
        self._rule: Rule = compile_rules(CompareRules("", secret=paths)).root

    def is_secret(self, name: str) -> bool:
        """Whether a field, parameter or header of this name is masked."""
        return name.lower() in self._names or is_secret(name)

    def target(self, target: str) -> str:
        """A request's target, its secret parameters masked, all else as written."""
        path, mark, query = target.partition("?")
        return f"{path}{mark}{self._form(query)}" if mark else target

    def headers(self, headers: Iterable[tuple[str, str]]) -> Headers:
        """Headers in their order."""
        return [(name, self._header(name.lower(), value)) for name, value in headers]

    def body(self, body: bytes, content_type: str) -> bytes:
        """A body without its content coding. Raises Unreadable."""
        scrub = self._scrub_of(content_type)
        if not body or scrub is None:
            return body
        return scrub(body)

    def _header(self, name: str, value: str) -> str:
        if name == "cookie":
            pairs = (one.strip().partition("=")[0] for one in value.split(";") if one.strip())
            return "; ".join(f"{one}={MASK}" for one in pairs)
        if name == "set-cookie":
            pair, mark, attributes = value.partition(";")
            return f"{pair.partition('=')[0]}={MASK}{mark}{attributes}"
        if name in _WITH_SCHEME:
            scheme, blank, _ = value.partition(" ")
            return f"{scheme} {MASK}" if blank else MASK
        if name in _WITH_ADDRESS:
            return self.target(value)
        if name in _OURS or name in _CHALLENGES or self.is_secret(name):
            return MASK
        return value

    def _form(self, form: str) -> str:
        return "&".join(self._pair(pair) for pair in form.split("&"))

    def _pair(self, pair: str) -> str:
        name, mark, _ = pair.partition("=")
        secret = mark and self.is_secret(_plain(unquote_plus(name)))
        return f"{name}={MASK}" if secret else pair

    def _scrub_of(self, content_type: str) -> Callable[[bytes], bytes] | None:
        kind = content_type.partition(";")[0].strip().lower()
        if kind.endswith(("/json", "+json")):
            return lambda body: scrub_json.scrub(body, self.is_secret, self._rule)
        if kind == "application/x-www-form-urlencoded":
            return lambda body: self._form(body.decode("latin-1")).encode("latin-1")
        if kind == "multipart/form-data":
            return lambda body: scrub_text.multipart(body, content_type, self.is_secret)
        if kind in ("text/html", "application/xhtml+xml"):
            return lambda body: scrub_text.html(body, self.is_secret)
        if kind.endswith(("/xml", "+xml")):
            return lambda body: scrub_text.xml(body, self.is_secret)
        return None


def _plain(name: str) -> str:
    """`user[password]` and `user.password` are called `password`."""
    return name.rstrip("]").replace("[", ".").rpartition(".")[2]


__all__ = ["MASK", "Scrubber", "Unreadable"]
