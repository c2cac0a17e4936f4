"""Which mismatches legacy is asked about once more, so that a moving value is not called wrong.

A difference that was confirmed often and never moved needs no further question: that keeps the
extra load on legacy small while a plain fault strikes every pair.
"""

from collections.abc import Iterable

from facade.compare.differences import Difference
from facade.compare.verdict import Outcome, Verdict

ENOUGH = 20  # confirmations after which a difference is believed without asking
_MOST = 2_000

# route, kind, path, relation
_Key = tuple[str, str, str, str]


class Doubts:
    """Remembers how each kind of difference fared when legacy was asked again."""

    def __init__(self) -> None:
        self._confirmed: dict[_Key, int] = {}
        self._moved: set[_Key] = set()

    def needed(self, route: str, verdict: Verdict) -> bool:
        """Whether asking could change this verdict."""
        if verdict.outcome is not Outcome.MISMATCHED:
            return False
        return any(not self._believed(key) for key in _keys(route, verdict.differences))

    def learn(self, route: str, first: Verdict, settled: Verdict) -> None:
        """Take in what came of asking: differences that stayed, and those that moved."""
        left = set(_keys(route, settled.differences))
        for key in _keys(route, first.differences):
            if key not in left:
                self._moved.add(key)
            elif len(self._confirmed) < _MOST or key in self._confirmed:
                self._confirmed[key] = self._confirmed.get(key, 0) + 1

    def forget(self) -> None:
        """Believe nothing any more, as after a change of the table or of the evidence's window."""
        self._confirmed.clear()

    def _believed(self, key: _Key) -> bool:
        return key not in self._moved and self._confirmed.get(key, 0) >= ENOUGH


def _keys(route: str, differences: Iterable[Difference]) -> list[_Key]:
    return [(route, found.kind, found.path, found.relation) for found in differences]
