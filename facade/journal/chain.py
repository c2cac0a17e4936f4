"""Whether a journal is as it was written: names each entry that is not."""

from collections.abc import Iterable
from dataclasses import dataclass

from facade.journal.entry import START, Kept, parse


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last entry that is no longer kept, and the last one that was written."""

    first_number: int = 1
    first_previous: str = START
    last_number: int = 0
    last_hash: str = START


def problems(lines: Iterable[tuple[str, str]], anchor: Anchor) -> list[str]:
    """What is wrong, in words; `lines` are (place, line) in the order of the files."""
    found, kept = _read(lines)
    expected, previous = anchor.first_number, anchor.first_previous
    numbers = {one.number for one in kept}
    for one in kept:
        if one.number < expected:
            found.append(f"entry {one.number} stands behind entry {expected - 1}: reordered")
            continue
        gone = [n for n in range(expected, one.number) if n not in numbers]
        later = [n for n in range(expected, one.number) if n in numbers]
        if gone:
            found.append(f"{_entries(gone)}: dropped")
        if later:
            found.append(f"entry {one.number} stands before {_entries(later)}: reordered")
        elif not gone and one.previous != previous:
            found.append(f"entry {one.number} does not follow entry {one.number - 1}: altered")
        expected, previous = one.number + 1, one.hash
    last = kept[-1] if kept else None
    if anchor.last_number and (last is None or max(numbers) < anchor.last_number):
        after = max(numbers) if numbers else anchor.first_number - 1
        found.append(f"{_entries(list(range(after + 1, anchor.last_number + 1)))}: dropped")
    for one in kept:
        if one.number == anchor.last_number and one.hash != anchor.last_hash:
            found.append(f"entry {one.number} is not the one that was written last: altered")
    return found


def _read(lines: Iterable[tuple[str, str]]) -> tuple[list[str], list[Kept]]:
    found: list[str] = []
    kept: list[Kept] = []
    for place, line in lines:
        try:
            one, own = parse(line)
        except ValueError as error:
            found.append(f"{place}: {error}: altered")
            continue
        if not own:
            found.append(f"entry {one.number} ({place}): altered")
        kept.append(one)
    return found, kept


def _entries(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"entry {numbers[0]}"
    return f"entries {numbers[0]} to {numbers[-1]}"
