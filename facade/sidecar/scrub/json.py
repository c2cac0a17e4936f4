"""Secret members out of a JSON text: only their values are cut, everything else stays as written
(the order, the spaces, `129.00`), so that a recorded answer can still be compared exactly.

A value is secret by its member's name, by a name that stands beside it (`{"name": "password",
"value": …}`), and within a text that is itself JSON, a form or a query (`login(password: "…")`).
"""

import json
import re
from collections.abc import Callable

from facade.compare.paths import At
from facade.compare.rules import Rule
from facade.compare.secrets import MASK, without_secrets

_BLANKS = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()
_MASKED = json.dumps(MASK)
_ELEMENT = At("")
_GUARD = re.compile(r"\s*(?:\)\]\}'?,?|while ?\(1\);|for ?\(;;\);)\s*")  # before the JSON of some
_NAMING = frozenset({"name", "key", "field", "id", "header", "param"})
_NAMED = frozenset({"value", "val", "content", "text"})

IsSecret = Callable[[str], bool]


class Unreadable(ValueError):
    """A body that is not what its content type says."""


class UnknownKind(Unreadable):
    """A body without a content type that says what it is."""


def scrub(body: bytes, is_secret: IsSecret, rule: Rule) -> bytes:
    """The text with each secret value replaced by a masked one. Raises Unreadable."""
    try:
        text = body.decode("utf-8-sig")
        walk = _Walk(text, is_secret)
        guard = _GUARD.match(text)
        end = walk.skip(walk.value(walk.skip(guard.end() if guard else 0), rule))
    except (ValueError, RecursionError, IndexError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    if end != len(text):
        raise Unreadable("not JSON: text behind its end")
    return walk.cut().encode() if walk.spans else body


class _Walk:
    """One pass over the text; `spans` are the values to cut, in order."""

    def __init__(self, text: str, is_secret: IsSecret) -> None:
        self._text = text
        self._is_secret = is_secret
        self.spans: list[tuple[int, int, str]] = []  # and what stands there instead

    def skip(self, at: int) -> int:
        """Behind the blanks."""
        found = _BLANKS.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, rule: Rule) -> int:
        """Behind the value that begins at `at`."""
        if rule.secret:
            return self._secret(at)
        match self._text[at]:
            case "{":
                return self._object(at, rule)
            case "[":
                return self._array(at, rule)
        value, end = _DECODER.raw_decode(self._text, at)
        if isinstance(value, str):
            clean = without_secrets(value)
            if clean != value:
                self.spans.append((at, end, json.dumps(clean)))
        return int(end)

    def cut(self) -> str:
        """The text with the spans masked."""
        parts, last = [], 0
        for start, end, instead in sorted(self.spans):
            if start >= last:  # not within another one
                parts += [self._text[last:start], instead]
                last = end
        return "".join([*parts, self._text[last:]])

    def _secret(self, at: int) -> int:
        value, end = _DECODER.raw_decode(self._text, at)
        if value is not None and value != "":  # that it is empty may be shown
            self.spans.append((at, end, _MASKED))
        return end

    def _object(self, at: int, rule: Rule) -> int:
        at = self.skip(at + 1)
        named, beside = False, 0  # whether a name within says secret; where the value of it is
        while self._text[at] != "}":
            name, at = _DECODER.raw_decode(self._text, at)
            if not isinstance(name, str):
                raise ValueError(f"expected a name before character {at + 1}")
            at = self._expect(":", self.skip(at))
            secret = self._is_secret(name)
            if name.lower() in _NAMED:
                beside = at
            elif name.lower() in _NAMING and self._text[at] == '"':
                named = self._is_secret(_DECODER.raw_decode(self._text, at)[0])
            at = self._secret(at) if secret else self.value(at, rule.step(name))
            at = self._next(self.skip(at), "}")
        if named and beside:
            self.spans = [span for span in self.spans if span[0] < beside or span[0] >= at]
            self._secret(beside)
        return at + 1

    def _array(self, at: int, rule: Rule) -> int:
        at = self.skip(at + 1)
        inside = rule.step(_ELEMENT)
        while self._text[at] != "]":
            at = self._next(self.skip(self.value(at, inside)), "]")
        return at + 1

    def _next(self, at: int, end: str) -> int:
        """To the next member or element, or at the end."""
        return at if self._text[at] == end else self._expect(",", at)

    def _expect(self, sign: str, at: int) -> int:
        if self._text[at] != sign:
            raise ValueError(f"expected '{sign}' at character {at + 1}")
        return self.skip(at + 1)
