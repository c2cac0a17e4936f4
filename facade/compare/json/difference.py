"""Differences between two JSON values: typed, at stable paths, under the operator's rules."""

from decimal import Decimal
from typing import Any

from facade.compare.collector import Collector
from facade.compare.differences import Kind
from facade.compare.json.arrays import (
    Alignment,
    as_bag,
    as_sequence,
    by_key,
    common_ends,
    learned_key,
)
from facade.compare.json.reshaping import reshaping
from facade.compare.json.values import Json, same, token, type_name
from facade.compare.paths import At, Path
from facade.compare.rules import Rule
from facade.compare.secrets import is_secret
from facade.compare.tolerance import within

_LABEL = 60  # characters of an element's name


def diff(control: Json, candidate: Json, into: Collector) -> None:
    """Gather every difference between two JSON documents."""
    _Walk(into).value(control, candidate, (), into.rules.root)


class _Walk:
    def __init__(self, into: Collector) -> None:
        self._into = into

    def value(self, control: Json, candidate: Json, path: Path, rule: Rule) -> None:
        """Compare two values at one place."""
        if rule.ignored or self._into.full:
            return
        kind, other = type(control), type(candidate)
        if kind is other and kind is not dict and kind is not list and kind is not Decimal:
            if control != candidate:
                self._scalar(control, candidate, path, rule)
        elif rule.tolerance is not None and within(rule.tolerance, control, candidate):
            return
        elif kind is dict and other is dict:
            self._members(control, candidate, path, rule)
        elif kind is list and other is list:
            self._elements(control, candidate, path, rule)
        else:
            self._scalar(control, candidate, path, rule)

    def _scalar(self, control: Json, candidate: Json, path: Path, rule: Rule) -> None:
        if rule.tolerance is not None and within(rule.tolerance, control, candidate):
            return
        alike = type_name(control) == type_name(candidate)
        if not alike or control != candidate:
            kind = Kind.VALUE if alike else Kind.TYPE
            self._into.in_json(kind, path, rule, control, candidate)

    def _members(
        self, control: dict[str, Any], candidate: dict[str, Any], path: Path, rule: Rule
    ) -> None:
        if control.keys().isdisjoint(candidate) and self._reshaped(control, candidate, path, rule):
            return
        for name, value in control.items():
            at, inside = (*path, name), rule.step(name)
            if name in candidate:
                self.value(value, candidate[name], at, inside)
            elif not inside.ignored:
                self._into.in_json(Kind.MISSING, at, inside, control=value)
        for name, value in candidate.items():
            if name not in control and not (inside := rule.step(name)).ignored:
                self._into.in_json(Kind.EXTRA, (*path, name), inside, candidate=value)

    def _reshaped(
        self, control: dict[str, Any], candidate: dict[str, Any], path: Path, rule: Rule
    ) -> bool:
        """Two objects without a common member, as one difference where that says it best."""
        found = reshaping(control, candidate)
        if found is None or any(rule.says_of(name) for name in (*control, *candidate)):
            return False
        self._into.in_json(Kind.TYPE, path, rule, control, candidate)
        if found.inside is not None:
            self._members(*found.inside, path, rule)
        return True

    def _elements(self, control: list[Json], candidate: list[Json], path: Path, rule: Rule) -> None:
        start, end = (0, 0) if rule.array else common_ends(control, candidate, same)
        ours, theirs = (side[start : len(side) - end] for side in (control, candidate))
        if not ours and not theirs:
            return
        key = rule.array.key if rule.array else learned_key(ours, theirs)
        alignment = _align(ours, theirs, rule, key)
        if alignment is None:
            self._into.in_json(Kind.LENGTH, path, rule, len(control), len(candidate))
            return
        lists = _Lists(path, rule, ours, theirs, start, key)
        for one, other in sorted(alignment.pairs):
            place = lists.place(ours, one)
            self.value(ours[one], theirs[other], place, rule.step(place[-1]))
        self._unpaired(alignment, lists, rule)
        if alignment.moved and not (rule.array and rule.array.unordered):
            self._into.in_json(Kind.ORDER, path, rule, *lists.orders(alignment))

    def _unpaired(self, alignment: Alignment, lists: "_Lists", rule: Rule) -> None:
        for index in alignment.missing:
            place, item = lists.place(lists.ours, index), lists.ours[index]
            if not (inside := rule.step(place[-1])).ignored:
                self._into.in_json(Kind.MISSING, place, inside, control=item)
        for index in alignment.extra:
            place, item = lists.place(lists.theirs, index), lists.theirs[index]
            if not (inside := rule.step(place[-1])).ignored:
                self._into.in_json(Kind.EXTRA, place, inside, candidate=item)


class _Lists:
    """Two arrays at one place, and how their elements are called."""

    def __init__(
        self,
        path: Path,
        rule: Rule,
        ours: list[Json],
        theirs: list[Json],
        start: int,
        key: str | None,
    ) -> None:
        self.ours, self.theirs = ours, theirs
        inside = rule.step(At(""))
        self._path, self._start = path, start
        self._key = None if key is None or is_secret(key) or inside.step(key).secret else key

    def place(self, side: list[Json], index: int) -> Path:
        """The path of an element: `sku=B-1` by its key, else its index."""
        name = self._name(side[index])
        label = str(self._start + index) if name is None else f"{self._key}={name}"[:_LABEL]
        return (*self._path, At(label))

    def orders(self, alignment: Alignment) -> tuple[list[str], list[str]]:
        """The names of the elements both sides have, in the order of each."""
        ours = sorted(one for one, _ in alignment.pairs)
        theirs = sorted(other for _, other in alignment.pairs)
        return (
            [self._label(self.ours[index], index) for index in ours],
            [self._label(self.theirs[index], index) for index in theirs],
        )

    def _label(self, item: Json, index: int) -> str:
        name = item if isinstance(item, (str, int)) else self._name(item)
        return str(self._start + index if name is None else name)[:_LABEL]

    def _name(self, item: Json) -> str | int | None:
        name = item.get(self._key) if self._key and isinstance(item, dict) else None
        return name if isinstance(name, (str, int)) else None


def _align(
    control: list[Json], candidate: list[Json], rule: Rule, key: str | None
) -> Alignment | None:
    if rule.array is not None and rule.array.unordered and key is None:
        return as_bag(control, candidate)
    if key is not None:
        return by_key(*([_key_of(item, key) for item in side] for side in (control, candidate)))
    return as_sequence(*([token(item) for item in side] for side in (control, candidate)))


def _key_of(item: Json, key: str) -> Any:
    """The value an element is paired by; elements without the key are paired by what they are."""
    if isinstance(item, dict) and key in item:
        return ("key", token(item[key]))
    return ("item", token(item))
