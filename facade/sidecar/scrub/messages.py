"""Take the credentials out of what is recorded. Pure; never touches the traffic itself.

Masked: cookies, authorization, headers, parameters (also those of a path) and fields whose name
says secret, signed tokens whatever they are called, and what the operator declares. A body that
cannot be read in its own kind, and one of an unknown kind, is not kept: what we cannot look into
may hold anything.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

from chassis.web.headers import IDENTITY, MACHINE, SESSION
from facade.compare.masking import mask_path
from facade.compare.paths import is_json_path
from facade.compare.rules import Rule, compile_rules
from facade.compare.secrets import MASK, SIGNED, SIGNED_BYTES, is_secret, without_secrets
from facade.routes.config.routefile import CompareRules
from facade.sidecar.scrub import json as scrub_json
from facade.sidecar.scrub import text as scrub_text
from facade.sidecar.scrub.json import UnknownKind, Unreadable

Headers = list[tuple[str, str]]

_WITH_SCHEME = frozenset({"authorization", "proxy-authorization"})
_WITH_ADDRESS = frozenset(
    {"referer", "location", "content-location", "refresh", "link", "x-original-url"}
    | {"x-rewrite-url", "x-forwarded-uri", "destination"}
)
_SCHEMES = re.compile(r"(?:bearer|basic|digest|negotiate|token|apikey)\s+\S", re.IGNORECASE)
_USER = re.compile(r"(?<=//)[^/@?#\s]+@")  # a name and a password before the host
_FORM = re.compile(rb"[\w.%+\[\]-]{1,80}=[^\s&]*(?:&[\w.%+\[\]-]{1,80}=[^\s&]*)*")
_JSON_KINDS = ("/json", "+json", "/x-json", "/graphql")
_LINES = ("ndjson", "jsonlines", "jsonl", "json-seq")
# Pictures, type and sound hold nothing that anybody typed.
_STATIC = ("image/", "font/", "audio/", "video/", "text/css")
_FONTS = frozenset({"application/font-woff", "application/vnd.ms-fontobject", "application/wasm"})
_SCRIPTS = ("javascript", "ecmascript")
_OURS = frozenset({IDENTITY.lower(), MACHINE.lower(), SESSION.lower()})
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
        """A request's target or an address, its secret parameters masked, all else as written."""
        target = _USER.sub(f"{MASK}@", SIGNED.sub(MASK, target))
        path, mark, query = target.partition("?")
        path = mask_path(path, self.is_secret)
        return f"{path}{mark}{self._form(query)}" if mark else path

    def headers(self, headers: Iterable[tuple[str, str]]) -> Headers:
        """Headers in their order."""
        return [(name, self._header(name.lower(), value)) for name, value in headers]

    def body(self, body: bytes, content_type: str) -> bytes:
        """A body without its content coding. Raises Unreadable."""
        if not body:
            return body
        kind = content_type.partition(";")[0].strip().lower()
        if (kind.startswith(_STATIC) and not kind.endswith("+xml")) or kind in _FONTS:
            return body
        return SIGNED_BYTES.sub(MASK.encode(), self._scrubbed(body, kind, content_type))

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
        if name in _OURS or name in _CHALLENGES or self.is_secret(name) or _SCHEMES.match(value):
            return MASK
        return SIGNED.sub(MASK, value)

    def _form(self, form: str) -> str:
        return "&".join(self._pair(pair) for pair in form.split("&"))

    def _pair(self, pair: str) -> str:
        name, mark, value = pair.partition("=")
        plain = unquote_plus(name)
        if mark and (self.is_secret(plain) or self.is_secret(_plain(plain))):
            return f"{name}={MASK}"
        inside = unquote_plus(value)
        return f"{name}={MASK}" if mark and without_secrets(inside) != inside else pair

    def _scrubbed(self, body: bytes, kind: str, content_type: str) -> bytes:
        if kind.endswith(_JSON_KINDS):
            return self._json(body)
        if kind.endswith(_LINES):
            return b"\n".join(self._json(line) if line else line for line in body.split(b"\n"))
        if kind.startswith("multipart/"):
            return scrub_text.multipart(body, content_type, self.is_secret, self.body)
        if kind in ("text/html", "application/xhtml+xml"):
            return scrub_text.html(body, self.is_secret)
        if kind.endswith(("/xml", "+xml")):
            return scrub_text.xml(body, self.is_secret)
        if kind in ("text/csv", "application/csv"):
            return scrub_text.table(body, self.is_secret)
        return self._by_looks(body, kind)

    def _by_looks(self, body: bytes, kind: str) -> bytes:
        """A form that may be JSON, a text that may be anything, or a body of an unknown kind."""
        form, text = kind == "application/x-www-form-urlencoded", kind.startswith("text/")
        if body.lstrip()[:1] in (b"{", b"["):
            try:
                return self._json(body)
            except Unreadable:
                if not (form or text):
                    raise
        if form or _FORM.fullmatch(body.strip()):
            return self._form(body.decode("latin-1")).encode("latin-1")
        if text or kind.endswith(_SCRIPTS):
            return scrub_text.plain(body)
        raise UnknownKind(f"a body of an unknown kind ({kind[:40] or 'none is said'})")

    def _json(self, body: bytes) -> bytes:
        return scrub_json.scrub(body, self.is_secret, self._rule)


def _plain(name: str) -> str:
    """`user[password]` and `user.password` are called `password`."""
    return name.rstrip("]").replace("[", ".").rpartition(".")[2]


__all__ = ["MASK", "Scrubber", "UnknownKind", "Unreadable"]
