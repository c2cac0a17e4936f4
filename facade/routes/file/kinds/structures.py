"""Shapes of structured values in the route file: lists, mappings, records.

Reading goes on after an error: the wrong value is replaced by a blank, its path is remembered as
wrong, and every error is found in one go.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import yaml

from facade.routes.file.kinds.values import Flag, JsonSchema, Scalar, Text, Wrong
from facade.routes.file.places import Path, Reading
from facade.routes.file.problems import unknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D", bound="DataclassInstance")


class Shape(Protocol[T_co]):
    """Anything that reads a node; scalars (kinds.py) are shapes too."""

    @property
    def blank(self) -> T_co:
        """The value used in place of a wrong one while reading on."""

    def read(self, node: yaml.Node, _reading: Reading, _path: Path, /) -> T_co:
        """The value; raises Wrong."""

    def schema(self) -> JsonSchema:
        """Its JSON Schema."""


def read(shape: Shape[T], node: yaml.Node, reading: Reading, path: Path) -> T:
    """The value of a node, or the shape's blank and a reported problem."""
    reading.marks[path] = node.start_mark
    try:
        return shape.read(node, reading, path)
    except Wrong as wrong:
        reading.report(path, str(wrong))
        return shape.blank


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null")


def pairs(
    node: yaml.MappingNode, reading: Reading, path: Path
) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """Key, key node and value node of each entry of a mapping; repeated keys are reported."""
    found: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in found:
            first = found[key][1].start_mark.line + 1
            message = f"'{key}' is written twice (first in line {first})"
            reading.report((*path, key), message, at=key_node.start_mark)
        else:
            found[key] = (key, key_node, value_node)
    return list(found.values())


class ListOf(Generic[T]):
    """A list of values of one shape, read to a tuple."""

    def __init__(self, item: Shape[T], least: int = 0) -> None:
        self._item, self._least = item, least
        self.blank: tuple[T, ...] = ()

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> tuple[T, ...]:
        """The items, in order."""
        items = [] if _is_null(node) else node.value
        if not _is_null(node) and not isinstance(node, yaml.SequenceNode):
            raise Wrong("expected a list")
        if len(items) < self._least:
            raise Wrong("expected a list with at least one entry")
        return tuple(
            read(self._item, item, reading, (*path, index)) for index, item in enumerate(items)
        )

    def schema(self) -> JsonSchema:
        """An array."""
        return {"type": "array", "items": self._item.schema(), "minItems": self._least}


class MapOf(Generic[D]):
    """A mapping from free names to dataclasses; the name goes into their field `label`."""

    def __init__(
        self,
        item: Shape[D],
        label: str,
        pattern: str,
        expected: str,
        name: Scalar[str] | None = None,
    ) -> None:
        """`name` judges names that a pattern alone cannot."""
        self._item, self._label = item, label
        self._pattern, self._expected = pattern, expected
        self._name = name or Text(expected, pattern)
        self.blank: dict[str, D] = {}

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> dict[str, D]:
        """The entries by name, in order."""
        if _is_null(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise Wrong(f"expected a mapping from {self._expected}")
        entries: dict[str, D] = {}
        for name, key_node, value_node in pairs(node, reading, path):
            try:
                self._name.parse(name)
            except Wrong as wrong:
                reading.report((*path, name), str(wrong), at=key_node.start_mark)
            value = read(self._item, value_node, reading, (*path, name))
            changes: dict[str, Any] = {self._label: name}
            entries[name] = replace(value, **changes)
        return entries

    def schema(self) -> JsonSchema:
        """An object with free names."""
        named = {"pattern": f"^(?:{self._pattern})$"}
        item = self._item.schema()
        return {"type": "object", "propertyNames": named, "additionalProperties": item}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record; `shown` is its default as a person would write it."""

    shape: Shape[Any]
    doc: str
    required: bool = False
    shown: object = None


class Record(Generic[T]):
    """A mapping with known keys, built into a dataclass by `build(**values)`."""

    def __init__(
        self,
        build: Callable[..., T],
        fields: Mapping[str, Field],
        unless: Mapping[str, str] | None = None,
    ) -> None:
        """`unless`: required keys that may be missing where another one is written."""
        self._build, self._fields, self._unless = build, fields, unless or {}

    @property
    def blank(self) -> T:
        """Built from blanks only."""
        return self._build(**self._blanks(()))

    def _blanks(self, present: Sequence[str]) -> dict[str, Any]:
        return {
            name: field.shape.blank
            for name, field in self._fields.items()
            if field.required and name not in present
        }

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> T:
        """The record; unknown, repeated and missing keys are reported."""
        if not isinstance(node, yaml.MappingNode):
            raise Wrong(f"expected a mapping with {', '.join(self._fields)}")
        values: dict[str, Any] = {}
        for name, key_node, value_node in pairs(node, reading, path):
            field = self._fields.get(name)
            if field is None:
                message = unknown("key", name, self._fields)
                reading.report((*path, name), message, at=key_node.start_mark)
            else:
                values[name] = read(field.shape, value_node, reading, (*path, name))
        for name, blank in self._blanks(tuple(values)).items():
            if self._unless.get(name) in values:
                continue
            reading.report((*path, name), f"'{name}' is missing")
            values[name] = blank
        return self._build(**values)

    def schema(self) -> JsonSchema:
        """An object with exactly these keys."""
        properties = {}
        for name, field in self._fields.items():
            default = {} if field.shown is None else {"default": field.shown}
            properties[name] = {"description": field.doc, **field.shape.schema(), **default}
        required = [
            name
            for name, field in self._fields.items()
            if field.required and name not in self._unless
        ]
        either = [[{"required": [one]} for one in pair] for pair in self._unless.items()]
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": properties,
            **({"required": required} if required else {}),
            **({"allOf": [{"anyOf": one} for one in either]} if either else {}),
        }


class WordsOr(Generic[T]):
    """Either a single word that means a value, or a record."""

    def __init__(self, words: Mapping[str, T], record: Record[T]) -> None:
        self._words, self._record = words, record
        self.blank = next(iter(words.values()))

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> T:
        """The word's value or the record."""
        if not isinstance(node, yaml.ScalarNode):
            return self._record.read(node, reading, path)
        if node.value not in self._words:
            words = " or ".join(f"'{word}'" for word in self._words)
            raise Wrong(f"expected {words} or a mapping, not '{node.value}'")
        return self._words[node.value]

    def schema(self) -> JsonSchema:
        """Either."""
        words: list[JsonSchema] = [{"const": word} for word in self._words]
        return {"anyOf": [*words, self._record.schema()]}


class FlagOr(Generic[T]):
    """Either `true` or `false`, which mean a value each, or a record."""

    def __init__(self, yes: T, no: T, record: Record[T]) -> None:
        self._flag, self._values, self._record = Flag(), {True: yes, False: no}, record
        self.blank = yes

    def read(self, node: yaml.Node, reading: Reading, path: Path) -> T:
        """The value of the word, or the record."""
        if isinstance(node, yaml.ScalarNode):
            return self._values[self._flag.read(node, reading, path)]
        return self._record.read(node, reading, path)

    def schema(self) -> JsonSchema:
        """Either."""
        return {"anyOf": [self._flag.schema(), self._record.schema()]}


class WordOr(WordsOr[T]):
    """Either one word that means a value, or a record."""

    def __init__(self, word: str, value: T, record: Record[T]) -> None:
        super().__init__({word: value}, record)
