"""Compare legacy with itself, to learn where it differs by nature."""

from dataclasses import replace
from datetime import date
from typing import Any

from facade.compare.answers import Answer, Pair
from facade.compare.collector import Collector
from facade.compare.differences import ABSENT, Kind
from facade.compare.distance import distance
from facade.compare.json.values import Json
from facade.compare.noise.noise import Observation, place_of
from facade.compare.noise.shapes import shape
from facade.compare.paths import Path, stable
from facade.compare.rules import Rule, Rules
from facade.compare.verdict import NOT_COMPARED, gather


class _Listener(Collector):
    """Notes shapes and distances instead of values."""

    def __init__(self, rules: Rules, today: date) -> None:
        super().__init__(rules, today)
        self.seen: list[Observation] = []

    def in_json(
        self,
        kind: Kind,
        path: Path,
        rule: Rule,  # noqa: ARG002
        control: Json = ABSENT,
        candidate: Json = ABSENT,
    ) -> None:
        """A place of a JSON document differs."""
        self._note(kind, stable(path), control, candidate)

    def elsewhere(
        self,
        kind: Kind,
        place: str,
        control: Any = ABSENT,
        candidate: Any = ABSENT,
        *,
        spot: str = "",  # noqa: ARG002
    ) -> None:
        """Another place differs."""
        self._note(kind, place, control, candidate)

    def _note(self, kind: Kind, path: str, control: Any, candidate: Any) -> None:
        if kind in (Kind.VALUE, Kind.TYPE):
            shapes, apart = (shape(control), shape(candidate)), distance(control, candidate)
        else:
            shapes, apart = ("", ""), None
        self.seen.append(Observation(*place_of(kind, path), shapes, apart))


def observe(pair: Pair, again: Answer, rules: Rules, today: date) -> list[Observation] | None:
    """The places at which legacy's answer in `pair` and its second one differ; None when the two
    cannot be compared, or are different answers altogether. What noise is known already plays no
    part, so that a known place is seen to differ again.
    """
    control = pair.control
    if control.error or again.error or control.status != again.status:
        return None
    listener = _Listener(replace(rules, noise={}), today)
    try:
        gather(replace(pair, candidate=again), listener)
    except NOT_COMPARED:
        return None
    return listener.seen
