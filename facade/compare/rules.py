"""The operator's rules, compiled to follow a document's paths one step at a time.

Each rule's path is a pattern; a `Rule` is the set of patterns still alive at one place of a
document, and what the finished ones say of it. Steps are remembered, so walking costs a look-up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from facade.compare.noise.noise import Noise
from facade.compare.paths import (
    ANY_NAME,
    AT,
    DEEP,
    ELEMENT,
    MEMBER,
    At,
    BadPath,
    Pattern,
    is_json_path,
    is_within,
    parse,
)
from facade.routes.config.routefile import ArrayRule, CompareRules, Expected, Tolerance

_NAMED = (MEMBER, AT)
_NEVER = frozenset({"date", "server", "connection", "keep-alive", "transfer-encoding", "via"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """One rule: where it applies and what it says."""

    pattern: Pattern
    says: "ArrayRule | Tolerance | Expected | str"  # str: "ignore" or "secret"


class Names(NamedTuple):
    """What occurs in patterns: all other members step alike, and so do all other elements."""

    members: frozenset[str]
    elements: frozenset[str]


ANY_OTHER = At("")


@dataclass(slots=True)
class Rule:
    """What the rules say of one place."""

    entries: Sequence[_Entry]
    names: Names
    alive: frozenset[tuple[int, int]]  # (entry, position in its pattern)
    array: ArrayRule | None = None
    tolerance: Tolerance | None = None
    expected: Expected | None = None
    ignored: bool = False
    secret: bool = False
    _members: "dict[str | None, Rule]" = field(default_factory=dict)
    _elements: "dict[At, Rule]" = field(default_factory=dict)

    def step(self, name: str) -> "Rule":
        """What they say of a member, or of an element (At)."""
        if isinstance(name, At):
            place = name if name in self.names.elements else ANY_OTHER
            found = self._elements.get(place)
            if found is None:
                found = self._elements[place] = self._stepped(place)
            return found
        known = name if name in self.names.members else None
        found = self._members.get(known)
        if found is None:
            found = self._members[known] = self._stepped(known)
        return found

    def _stepped(self, name: str | None) -> "Rule":
        return _rule(self.entries, self.names, self._next(name), self)

    def says_of(self, name: str) -> bool:
        """Whether a difference at this member is judged otherwise than one here."""
        inside = self.step(name)
        return inside.ignored is not self.ignored or inside.expected is not self.expected

    def _next(self, name: str | None) -> frozenset[tuple[int, int]]:
        return frozenset(
            (entry, position)
            for entry, at in self.alive
            for position in _advance(self.entries[entry].pattern, at, name)
        )


def _advance(pattern: Pattern, at: int, name: str | None) -> Iterable[int]:
    if at == len(pattern):
        return
    kind, wanted = pattern[at]
    if kind == DEEP:
        yield at
        yield from _advance(pattern, at + 1, name)
    elif isinstance(name, At):
        if kind == ELEMENT or (kind == AT and name == wanted):
            yield at + 1
    elif kind == ANY_NAME or (kind == MEMBER and name == wanted):
        yield at + 1


def _rule(
    entries: Sequence[_Entry],
    names: Names,
    alive: frozenset[tuple[int, int]],
    above: Rule | None,
) -> Rule:
    rule = Rule(entries, names, alive)
    if above is not None:  # these hold for everything beneath, an array's rule does not
        rule.tolerance, rule.expected = above.tolerance, above.expected
        rule.ignored, rule.secret = above.ignored, above.secret
    for entry, at in sorted(alive):
        if at == len(entries[entry].pattern):
            _say(rule, entries[entry].says)
    return rule


def _say(rule: Rule, says: "ArrayRule | Tolerance | Expected | str") -> None:
    match says:
        case ArrayRule():
            rule.array = says
        case Tolerance():
            rule.tolerance = says
        case Expected():
            rule.expected = says
        case "ignore":
            rule.ignored = True
        case "secret":
            rule.secret = True


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one route, ready to use. `broken` lists rule paths that cannot be read."""

    root: Rule
    headers: tuple[str, ...]
    ignored: tuple[str, ...] = ()  # places outside JSON
    expected: tuple[Expected, ...] = ()  # the same
    all_expected: tuple[Expected, ...] = ()
    broken: tuple[str, ...] = ()
    noise: Noise = field(default_factory=dict)

    def ignores(self, path: str) -> bool:
        """Whether a place outside JSON is not compared."""
        return any(is_within(path, place) for place in self.ignored)

    def expects(self, path: str) -> Expected | None:
        """The operator's word about a difference outside JSON."""
        return next((known for known in self.expected if is_within(path, known.path)), None)


def compile_rules(config: CompareRules | None = None, noise: Noise | None = None) -> Rules:
    """The rules of a route file's entry, and what was learned of noise.

    A path that cannot be read is left out and named in `broken`: such a rule would only have
    forgiven something, so leaving it out hides nothing.
    """
    config = config or CompareRules("")
    entries: list[_Entry] = []
    broken: list[str] = []
    for path, says in _sayings(config):
        try:
            if is_json_path(path):
                entries.append(_Entry(parse(path), says))
        except BadPath as error:
            broken.append(str(error))
    tokens = [token for entry in entries for token in entry.pattern]
    names = Names(*(frozenset(one.name for one in tokens if one.kind == kind) for kind in _NAMED))
    start = frozenset((number, 0) for number in range(len(entries)))
    return Rules(
        root=_rule(entries, names, start, None),
        headers=tuple(name.lower() for name in config.headers if _may_compare(name)),
        ignored=tuple(path for path in config.ignore if not is_json_path(path)),
        noise=noise or {},
        expected=tuple(known for known in config.expect if not is_json_path(known.path)),
        all_expected=config.expect,
        broken=tuple(broken),
    )


def _sayings(config: CompareRules) -> "list[tuple[str, ArrayRule | Tolerance | Expected | str]]":
    return [
        *((rule.path, rule) for rule in config.arrays),
        *((rule.path, rule) for rule in config.tolerate),
        *((known.path, known) for known in config.expect),
        *((path, "ignore") for path in config.ignore),
        *((path, "secret") for path in config.secret),
    ]


def _may_compare(name: str) -> bool:
    return name.lower() not in _NEVER and not name.lower().startswith("fig-")


def is_overdue(expected: Expected, today: date) -> bool:
    """Whether the difference should be gone by now; its last day still counts as tolerated."""
    return today > expected.until
