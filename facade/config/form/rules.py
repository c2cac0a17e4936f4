"""The entries under `compare_rules`."""

from typing import Any

from facade.config.form.names import JSON_PATH, TOKEN
from facade.config.kinds import Day, Text
from facade.config.quantities import Number
from facade.config.shapes import Field, ListOf, MapOf, Record, WordOr
from facade.routefile import ArrayRule, CompareRules, Expected, Tolerance


def _rules(**values: Any) -> CompareRules:
    for key in ("arrays", "tolerate"):
        values[key] = tuple(values.get(key, {}).values())
    return CompareRules(name="", **values)


_ARRAY = WordOr(
    "unordered",
    ArrayRule("", unordered=True),
    Record(
        lambda key: ArrayRule("", key=key),
        {"key": Field(Text("a field's name"), "Elements are paired by this field.", True)},
    ),
)

_TOLERANCE = WordOr(
    "shape",
    Tolerance("", shape=True),
    Record(
        lambda **values: Tolerance("", **values),
        {
            "decimal": Field(Number(), "Numbers may lie this far apart."),
            "seconds": Field(Number(), "Times may lie this far apart."),
        },
    ),
)

_EXPECTED = Record(
    Expected,
    {
        "path": Field(Text("a path such as $.price", JSON_PATH), "Where they differ.", True),
        "why": Field(Text("the reason"), "The reason.", True),
        "owner": Field(Text("a person or a team"), "Who answers for it.", True),
        "until": Field(Day(), "The last day on which it is tolerated.", True),
    },
)

_JSON_PATH = ("path", JSON_PATH, "a path such as $.price")

RULES = Record(
    _rules,
    {
        "arrays": Field(MapOf(_ARRAY, *_JSON_PATH), "How elements are paired, by path."),
        "tolerate": Field(MapOf(_TOLERANCE, *_JSON_PATH), "How far values may differ, by path."),
        "expect": Field(ListOf(_EXPECTED), "Differences that are known."),
        "ignore": Field(
            ListOf(Text("a path such as $.price", JSON_PATH)), "Paths that are not compared."
        ),
        "headers": Field(
            ListOf(Text("a header's name", TOKEN)),
            "Headers that are compared.",
            shown=list(CompareRules("").headers),
        ),
        "secret": Field(
            ListOf(Text("a path such as $.price", JSON_PATH)), "Paths whose values are not kept."
        ),
    },
)
