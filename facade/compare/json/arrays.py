"""Which element of one array belongs to which of the other: by key, as a bag, or as a sequence."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from operator import eq
from typing import Any

from facade.compare.json.values import Json, token

_LARGEST = 400_000  # product of the lengths up to which sequences are aligned
_KEY_NAMES = ("id", "sku", "uuid", "guid", "key", "code", "slug", "number", "no", "href", "name")
_KEY_ENDINGS = ("_id", "_no", "_key", "_code", "Id", "No", "Key", "Code", "_number", "Number")


@dataclass(slots=True)
class Alignment:
    """Indices: elements that belong together, those without a partner, and those that moved."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)  # of the control
    extra: list[int] = field(default_factory=list)  # of the candidate
    moved: list[tuple[int, int]] = field(default_factory=list)  # among the pairs


def common_ends(
    control: Sequence[Any], candidate: Sequence[Any], equal: Callable[[Any, Any], bool]
) -> tuple[int, int]:
    """How many elements are the same at the start, and how many of the rest at the end."""
    most = min(len(control), len(candidate))
    start = next((at for at in range(most) if not equal(control[at], candidate[at])), most)
    rest = most - start
    end = next((at for at in range(rest) if not equal(control[-1 - at], candidate[-1 - at])), rest)
    return start, end


def learned_key(control: Sequence[Json], candidate: Sequence[Json]) -> str | None:
    """A member that names the objects of both arrays: unique on each side, mostly in common."""
    if not control or not candidate:
        return None
    if not all(isinstance(item, dict) for side in (control, candidate) for item in side):
        return None
    names = [name for name in control[0] if name in _KEY_NAMES or name.endswith(_KEY_ENDINGS)]
    names.sort(key=lambda name: _KEY_NAMES.index(name) if name in _KEY_NAMES else len(_KEY_NAMES))
    return next((name for name in names if _is_key(name, control, candidate)), None)


def _is_key(name: str, control: Sequence[Json], candidate: Sequence[Json]) -> bool:
    one, other = ([item.get(name) for item in side] for side in (control, candidate))
    if not all(isinstance(key, (str, int)) and key != "" for key in (*one, *other)):
        return False
    ours, theirs = set(one), set(other)
    unique = len(ours) == len(one) and len(theirs) == len(other)
    return unique and len(ours & theirs) * 2 >= min(len(ours), len(theirs))


def by_key(control: Sequence[Hashable], candidate: Sequence[Hashable]) -> Alignment:
    """Pair equal keys, repeated ones in their order; the rest is missing, extra or moved."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for index in range(len(candidate) - 1, -1, -1):
        waiting[candidate[index]].append(index)
    found = Alignment()
    for index, key in enumerate(control):
        if waiting.get(key):
            found.pairs.append((index, waiting[key].pop()))
        else:
            found.missing.append(index)
    found.extra = sorted(index for left in waiting.values() for index in left)
    found.moved = _moved(found.pairs)
    return found


def _moved(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The fewest pairs to take out so that the rest is in the same order on both sides."""
    tails: list[int] = []  # tails[n]: the least end of a rising run of n + 1
    lengths = []
    for _, there in pairs:
        at = bisect_left(tails, there)
        tails[at : at + 1] = [there]
        lengths.append(at + 1)
    wanted, moved = len(tails), []
    for pair, length in zip(reversed(pairs), reversed(lengths), strict=True):
        if length == wanted:
            wanted -= 1
        else:
            moved.append(pair)
    return moved[::-1]


def as_bag(control: Sequence[Json], candidate: Sequence[Json]) -> Alignment:
    """Pair the same elements wherever they stand; what is left is paired in its order."""
    found = by_key([token(item) for item in control], [token(item) for item in candidate])
    found.moved = []
    key = learned_key([control[at] for at in found.missing], [candidate[at] for at in found.extra])
    if key is not None:
        pair_rest(found, lambda at: control[at][key], lambda at: candidate[at][key])
        return found
    if len(found.missing) == len(found.extra) and _are_objects(control, found.missing):
        found.pairs += zip(found.missing, found.extra, strict=True)
        found.missing, found.extra = [], []
    return found


def _are_objects(items: Sequence[Json], indices: Sequence[int]) -> bool:
    return all(isinstance(items[at], (dict, list)) for at in indices)


def pair_rest(
    found: Alignment, control: Callable[[int], Hashable], candidate: Callable[[int], Hashable]
) -> None:
    """Pair what is left on both sides by the keys that the two functions give, in order."""
    ours, theirs = found.missing, found.extra
    rest = by_key([control(at) for at in ours], [candidate(at) for at in theirs])
    found.pairs += [(ours[one], theirs[other]) for one, other in rest.pairs]
    found.missing = [ours[at] for at in rest.missing]
    found.extra = [theirs[at] for at in rest.extra]


def as_sequence(control: Sequence[Hashable], candidate: Sequence[Hashable]) -> Alignment | None:
    """Align by tokens: insertions, deletions and moves apart; None when they are too long.

    A run that was replaced by one of the same length is paired element by element.
    """
    start, end = common_ends(control, candidate, eq)
    ours, theirs = len(control) - end, len(candidate) - end
    found = Alignment()
    found.pairs += ((at, at) for at in range(start))
    found.pairs += ((ours + at, theirs + at) for at in range(end))
    if (ours - start) * (theirs - start) <= _LARGEST:
        _align_middle(found, control[start:ours], candidate[start:theirs], start)
    elif ours == theirs:
        found.pairs += ((at, at) for at in range(start, ours))
    else:
        return None
    return found


def _align_middle(
    found: Alignment, control: Sequence[Hashable], candidate: Sequence[Hashable], start: int
) -> None:
    """Align what lies between equal ends; `start` is added to every index."""
    middle = Alignment()
    blocks: list[tuple[list[int], list[int]]] = []
    matcher = SequenceMatcher(None, control, candidate, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            middle.pairs += zip(range(a, b), range(c, d), strict=True)
        else:
            blocks.append((list(range(a, b)), list(range(c, d))))
    _take_moves(middle, control, candidate, blocks)
    for ours, theirs in blocks:
        if len(ours) == len(theirs):
            middle.pairs += zip(ours, theirs, strict=True)
        else:
            middle.missing += ours
            middle.extra += theirs
    found.pairs += ((start + one, start + other) for one, other in middle.pairs)
    found.moved += ((start + one, start + other) for one, other in middle.moved)
    found.missing += (start + at for at in middle.missing)
    found.extra += (start + at for at in middle.extra)


def _take_moves(
    found: Alignment,
    control: Sequence[Hashable],
    candidate: Sequence[Hashable],
    blocks: list[tuple[list[int], list[int]]],
) -> None:
    """Take elements out of the blocks that left one place and came in at another."""
    ours = Counter(control[at] for gone, _ in blocks for at in gone)
    theirs = Counter(candidate[at] for _, come in blocks for at in come)
    both = ours & theirs
    if not both:
        return
    from_, to = dict(both), dict(both)
    left: list[int] = []
    right: list[int] = []
    for gone, come in blocks:
        left += [at for at in gone if _take(from_, control[at])]
        right += [at for at in come if _take(to, candidate[at])]
    aligned = by_key([control[at] for at in left], [candidate[at] for at in right])
    found.moved = [(left[one], right[other]) for one, other in aligned.pairs]
    found.pairs += found.moved
    gone_away, come_in = set(left), set(right)
    blocks[:] = [
        ([at for at in gone if at not in gone_away], [at for at in come if at not in come_in])
        for gone, come in blocks
    ]


def _take(left: dict[Hashable, int], item: Hashable) -> bool:
    if left.get(item, 0) <= 0:
        return False
    left[item] -= 1
    return True
