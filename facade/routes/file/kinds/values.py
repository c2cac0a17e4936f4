"""Kinds of single values in the route file: words, dates, addresses; numbers are in quantities.py.

Each reads its scalar's text exactly and knows its JSON Schema.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import yaml

from facade.routes import trouble
from facade.routes.file.problems import one_of

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
JsonSchema = dict[str, Any]


class Wrong(ValueError):
    """A value is not what its key takes; the text says what is expected."""


class Scalar(ABC, Generic[T]):
    """A value written as one YAML scalar. `blank` replaces a wrong one while reading on."""

    blank: T

    def read(self, node: yaml.Node, _reading: object, _path: object) -> T:
        """The value of a node; raises Wrong."""
        if not isinstance(node, yaml.ScalarNode):
            raise Wrong("expected a single value")
        return self.parse(node.value)

    @abstractmethod
    def parse(self, text: str) -> T:
        """The value; raises Wrong."""

    @abstractmethod
    def schema(self) -> JsonSchema:
        """The JSON Schema of the value as written."""


class Text(Scalar[str]):
    """A word or a line of text that fully matches a pattern."""

    def __init__(self, expected: str, pattern: str = r".+") -> None:
        self.blank = ""
        self._expected, self._pattern = expected, re.compile(pattern)

    def parse(self, text: str) -> str:
        if not self._pattern.fullmatch(text):
            raise Wrong(f"expected {self._expected}, not '{text}'")
        return text

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^(?:{self._pattern.pattern})$"}


class Flag(Scalar[bool]):
    """`true` or `false`."""

    blank = False

    def parse(self, text: str) -> bool:
        if text.lower() not in ("true", "false"):
            raise Wrong(f"expected true or false, not '{text}'")
        return text.lower() == "true"

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


class TroubleWord(Scalar[str]):
    """A kind of trouble with an upstream; see `facade.routes.trouble`."""

    blank = trouble.CONNECT

    def parse(self, text: str) -> str:
        if not trouble.is_word(text):
            known = (*trouble.KINDS, *trouble.CLASSES, "a status from 400 to 599")
            raise Wrong(f"unknown trouble '{text}' ({one_of(known)})")
        return text

    def schema(self) -> JsonSchema:
        statuses = {"type": "integer", "minimum": trouble.LOWEST, "maximum": trouble.HIGHEST}
        return {"anyOf": [{"enum": [*trouble.KINDS, *trouble.CLASSES]}, statuses]}


class Choice(Scalar[str]):
    """One of some words; `what` names them in errors."""

    def __init__(self, what: str, words: Iterable[str]) -> None:
        self._what, self._words = what, tuple(words)
        self.blank = self._words[0]

    def parse(self, text: str) -> str:
        if text not in self._words:
            raise Wrong(f"unknown {self._what} '{text}' ({one_of(self._words)})")
        return text

    def schema(self) -> JsonSchema:
        return {"enum": list(self._words)}


class EnumChoice(Scalar[E]):
    """One member of an enumeration."""

    def __init__(self, what: str, members: Iterable[E]) -> None:
        self._members = {member.value: member for member in members}
        self._choice = Choice(what, self._members)
        self.blank = next(iter(self._members.values()))

    def parse(self, text: str) -> E:
        return self._members[self._choice.parse(text)]

    def schema(self) -> JsonSchema:
        return self._choice.schema()


class Day(Scalar[date]):
    """A date, `2027-03-01`."""

    blank = date.max

    def parse(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Wrong(f"expected a date such as 2027-03-01, not '{text}'") from None

    def schema(self) -> JsonSchema:
        return {"type": "string", "format": "date"}


class Url(Scalar[str]):
    """The address of an upstream: `http://host:port`, nothing after it; https; `unix:/path`."""

    blank = ""

    def parse(self, text: str) -> str:
        if text.startswith("unix:"):
            if not text.startswith("unix:/") or text.endswith("/"):
                raise Wrong(f"expected a socket such as unix:/run/shop.sock, not '{text}'")
            return text
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise Wrong(f"expected an address such as http://host:5000, not '{text}'") from None
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.username is not None
            or port == 0
        ):
            raise Wrong(f"expected an address such as http://host:5000, not '{text}'")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise Wrong(
                f"expected an address without a path: paths are forwarded as asked: '{text}'"
            )
        return text.rstrip("/")

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": "^(https?://[^/?#@]+/?|unix:/.*[^/])$"}


class Network(Scalar[str]):
    """An address or a network, `10.0.0.0/8`."""

    blank = ""

    def parse(self, text: str) -> str:
        try:
            return str(ip_network(text))
        except ValueError:
            raise Wrong(f"expected an address or a network such as 10.0.0.0/8: '{text}'") from None

    def schema(self) -> JsonSchema:
        return {"type": "string"}
