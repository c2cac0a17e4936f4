"""Kinds of conditions in the route file: hosts, and values of headers, queries and cookies."""

import re
from typing import Final

import yaml

from facade.routes.config.matchfile import Condition
from facade.routes.file.form.names import TOKEN
from facade.routes.file.kinds.structures import ListOf
from facade.routes.file.kinds.values import JsonSchema, Scalar, Text, Wrong
from facade.routes.file.places import Path, Reading

SOURCE: Final = rf"(?:header|cookie):{TOKEN}|query:.+"
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_HOST: Final = rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\]"


class HostText(Text):
    """`shop.example`, `*.shop.example` or `[::1]`, in lower case."""

    def __init__(self) -> None:
        super().__init__("a host such as shop.example or *.shop.example, without a port", _HOST)

    def parse(self, text: str) -> str:
        return super().parse(text).lower()


class SourceText(Scalar[str]):
    """`header:NAME`, `query:NAME` or `cookie:NAME`."""

    blank = ""

    def parse(self, text: str) -> str:
        if not re.fullmatch(SOURCE, text):
            raise Wrong(f"unknown source '{text}' (expected header:NAME, query:NAME, cookie:NAME)")
        return text

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": f"^(?:{SOURCE})$"}


class OneOrMany:
    """A word, or a list of words."""

    blank: tuple[str, ...] = ()

    def __init__(self, item: Text) -> None:
        self._item, self._many = item, ListOf(item, 1)

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> tuple[str, ...]:
        """The words, in order."""
        if isinstance(node, yaml.ScalarNode):
            return (self._item.parse(node.value),)
        return self._many.read(node, reading, path)

    def schema(self) -> JsonSchema:
        """Either."""
        return {"anyOf": [self._item.schema(), self._many.schema()]}


class ConditionValues:
    """The values of a condition, whose source is its key."""

    blank = Condition(())
    _values = OneOrMany(Text("a value", r".*"))

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> Condition:
        """The condition, without its source."""
        return Condition(self._values.read(node, reading, path))

    def schema(self) -> JsonSchema:
        """A value or several; YAML takes some for numbers or flags."""
        loose = {"type": ["string", "number", "boolean"]}
        return {"anyOf": [loose, {"type": "array", "items": loose, "minItems": 1}]}
