"""Change single values in a YAML text and leave every other character as it is.

A value's place comes from the parser; a change is a cut (start, end, replacement) in the text.
Block and flow mappings are both handled; comments, order, quoting and alignment stay.
"""

import re
from typing import NamedTuple

import yaml


class Cut(NamedTuple):
    """Replace text[start:end] by `text`."""

    start: int
    end: int
    text: str


class CannotCut(ValueError):
    """The text is written in a way that cannot be changed safely; the message says how."""


def apply(text: str, cuts: list[Cut]) -> str:
    """The text after all cuts, which must not overlap."""
    for cut in sorted(cuts, reverse=True):
        text = text[: cut.start] + cut.text + text[cut.end :]
    return text


def find(mapping: yaml.MappingNode, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The key's node and its value's."""
    for key_node, value_node in mapping.value:
        if isinstance(key_node, yaml.ScalarNode) and key_node.value == key:
            return key_node, value_node
    return None


def put(text: str, mapping: yaml.MappingNode, key: str, value: str, after: str) -> Cut:
    """Set `key` to `value`; a new key goes behind the key `after`, which must be there."""
    found = find(mapping, key)
    if found is not None:
        return _replace(text, *found, value)
    neighbour = find(mapping, after)
    if neighbour is None:
        raise CannotCut(f"'{after}' is missing")
    key_node, value_node = neighbour
    end = _end_of_value(text, value_node)
    if mapping.flow_style:
        return Cut(end, end, f", {key}: {value}")
    line_end = _line_end(text, end)
    newline = "\r\n" if text[line_end - 1 : line_end + 1] == "\r\n" else "\n"
    at = line_end - 1 if newline == "\r\n" else line_end
    indent = " " * key_node.start_mark.column
    return Cut(at, at, f"{newline}{indent}{key}: {value}")


def drop(text: str, mapping: yaml.MappingNode, key: str) -> list[Cut]:
    """Remove `key` with its value; a comment beside it stays, on a line of its own."""
    found = find(mapping, key)
    if found is None:
        return []
    key_node, value_node = found
    start, end = key_node.start_mark.index, _end_of_value(text, value_node)
    if mapping.flow_style:
        return [_drop_from_flow(text, start, end)]
    return [_drop_from_block(text, start, end)]


def _replace(text: str, key_node: yaml.Node, value_node: yaml.Node, value: str) -> Cut:
    start, end = value_node.start_mark.index, _end_of_value(text, value_node)
    if not isinstance(value_node, yaml.ScalarNode) or start < key_node.end_mark.index:
        raise CannotCut("it is written as an alias or a block; write the value out")
    quote = value_node.style if value_node.style in ("'", '"') else ""
    return Cut(start, end, f"{quote}{value}{quote}")


def _end_of_value(text: str, node: yaml.Node) -> int:
    """Where a value's own text ends (a block's mark lies behind its last newline)."""
    end = node.end_mark.index
    return len(text[:end].rstrip()) if isinstance(node, yaml.CollectionNode) else int(end)


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _drop_from_flow(text: str, start: int, end: int) -> Cut:
    following = re.compile(r"\s*,[ \t]*").match(text, end)
    if following:
        return Cut(start, following.end(), "")
    before = re.search(r",\s*$", text[:start])
    return Cut(before.start() if before else start, end, "")


def _drop_from_block(text: str, start: int, end: int) -> Cut:
    line_start = text.rfind("\n", 0, start) + 1
    rest = text[end : _line_end(text, end)]
    if text[line_start:start].strip():  # the first key behind a dash: the dash must stay
        raise CannotCut("it stands first in its entry; move it below 'name'")
    if "#" in rest:
        return Cut(start, end + len(rest) - len(rest.lstrip()), "")
    return Cut(line_start, min(_line_end(text, end) + 1, len(text)), "")
