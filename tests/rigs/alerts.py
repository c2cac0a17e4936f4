"""deploy/alerts.yml as tests look at it: its rules, the selectors of each query, their samples."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import yaml
from prometheus_client.parser import text_string_to_metric_families

FILE = Path(__file__).parents[2] / "deploy" / "alerts.yml"
_INNER = ("lhs", "rhs", "expr", "param", "vector_selector")


@dataclass(frozen=True)
class Selector:
    """One of a query; a matcher is a label, one of = != =~ !~, and a value."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]

    def fits(self, name: str, labels: dict[str, str]) -> bool:
        """Whether it selects this sample."""
        return name == self.name and all(_fits(labels, *one) for one in self.matchers)


def rules() -> list[dict[str, Any]]:
    """All alerts of the file."""
    groups = yaml.safe_load(FILE.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def selectors(query: str) -> set[Selector]:
    """Raises ValueError where it is no query."""
    return set(_selectors(promql_parser.parse(query)))


def samples(texts: Iterable[str]) -> list[tuple[str, dict[str, str], float]]:
    """Name, labels and value of each sample of these scrapes."""
    return [
        (sample.name, dict(sample.labels), sample.value)
        for text in texts
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def _selectors(node: Any) -> Iterator[Selector]:
    if isinstance(node, promql_parser.VectorSelector):
        matchers = [(one.name, _op(one.op), one.value) for one in node.matchers.matchers]
        yield Selector(node.name, tuple(matchers))
        return
    inner = [getattr(node, name, None) for name in _INNER]
    for child in [*inner, *(getattr(node, "args", None) or [])]:
        if child is not None and not isinstance(child, str | int | float):
            yield from _selectors(child)


def _op(op: Any) -> str:
    words = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    return words[str(op).rpartition(".")[2]]


def _fits(labels: dict[str, str], label: str, op: str, value: str) -> bool:
    found = labels.get(label, "")
    same = found == value if op in ("=", "!=") else re.fullmatch(value, found) is not None
    return same == (not op.startswith("!"))
