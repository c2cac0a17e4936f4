"""The entries under `compare_rules`."""

from typing import Any

from facade.routes.config.routefile import ArrayRule, CompareRules, Expected, Tolerance
from facade.routes.file.form.names import JSON_PATH, TOKEN
from facade.routes.file.kinds.quantities import Number
from facade.routes.file.kinds.rules import Regex, RulePath
from facade.routes.file.kinds.structures import Field, ListOf, MapOf, Record, WordOr
from facade.routes.file.kinds.values import Day, Flag, Text


def _rules(**values: Any) -> CompareRules:
    for key in ("arrays", "tolerate"):
        values[key] = tuple(values.get(key, {}).values())
    return CompareRules(name="", **values)


_ARRAY = WordOr(
    "unordered",
    ArrayRule("", unordered=True),
    Record(
        lambda **values: ArrayRule("", **values),
        {
            "key": Field(Text("a field's name"), "Elements are paired by this field.", True),
            "unordered": Field(Flag(), "And their order does not count.", shown=False),
        },
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
            "strip": Field(
                Regex(), "What matches is taken out of texts first; nothing left is like null."
            ),
        },
    ),
)

_EXPECTED = Record(
    Expected,
    {
        "path": Field(RulePath(), "Where they differ.", True),
        "within": Field(_TOLERANCE, "Only a difference within this is expected."),
        "why": Field(Text("the reason"), "The reason.", True),
        "owner": Field(Text("a person or a team"), "Who is responsible for it.", True),
        "until": Field(Day(), "The last day on which it is tolerated.", True),
    },
)

_JSON_PATH = ("path", JSON_PATH, "a path such as $.price", RulePath(json_only=True))

RULES = Record(
    _rules,
    {
        "arrays": Field(MapOf(_ARRAY, *_JSON_PATH), "How elements are paired, by path."),
        "tolerate": Field(MapOf(_TOLERANCE, *_JSON_PATH), "How far values may differ, by path."),
        "expect": Field(ListOf(_EXPECTED), "Differences that are known."),
        "ignore": Field(ListOf(RulePath()), "Paths that are not compared."),
        "headers": Field(
            ListOf(Text("a header's name", TOKEN)),
            "Headers that are compared.",
            shown=list(CompareRules("").headers),
        ),
        "secret": Field(ListOf(RulePath(json_only=True)), "Paths whose values are not kept."),
    },
)
