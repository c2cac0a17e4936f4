"""Gathers the differences of one pair, with what the rules say of each."""

from datetime import date
from typing import Any

from facade.compare.differences import ABSENT, Difference, Kind
from facade.compare.evidence.relations import relation
from facade.compare.json.values import Json
from facade.compare.masking import preview
from facade.compare.noise.noise import place_of
from facade.compare.paths import At, Path, exact, printable, stable
from facade.compare.rules import Rule, Rules, is_overdue
from facade.compare.secrets import MASK, is_secret
from facade.compare.tolerance import within
from facade.routes.config.routefile import Expected

MOST = 200  # differences kept of one pair
_LONGEST = 300  # characters of a place; a longer one is named by what it lies in


class Collector:
    """Differences in the order they are met; more than MOST are dropped, `full` says so."""

    def __init__(self, rules: Rules, today: date) -> None:
        self.rules = rules
        self.found: list[Difference] = []
        self._today = today

    @property
    def full(self) -> bool:
        """Whether looking further is of no use."""
        return len(self.found) >= MOST

    def in_json(
        self, kind: Kind, path: Path, rule: Rule, control: Json = ABSENT, candidate: Json = ABSENT
    ) -> None:
        """A difference at a place of a JSON document."""
        if self._is_noise(kind, stable(path), control, candidate):
            return
        place = _short(path)
        secret = rule.secret or any(is_secret(step) for step in path if not isinstance(step, At))
        related = relation(control, candidate) if kind in (Kind.VALUE, Kind.TYPE) else ""
        one, other = (_shown(value, rule, secret) for value in (control, candidate))
        known = _applies(rule.expected, kind, control, candidate)
        self._add(kind, (stable(place), exact(place)), (one, other), related, known)

    def elsewhere(
        self,
        kind: Kind,
        place: str,
        control: Any = ABSENT,
        candidate: Any = ABSENT,
        *,
        spot: str = "",
    ) -> None:
        """A difference in status, headers, HTML, text or bytes. The values are safe to show."""
        rules, place, spot = self.rules, _within_html(place), printable(spot or place)
        if (
            rules.ignores(place)
            or rules.ignores(spot)
            or self._is_noise(kind, place, control, candidate)
        ):
            return
        related = relation(control, candidate) if kind is Kind.VALUE else ""
        values = (preview(control), preview(candidate))
        word = rules.expects(place) or rules.expects(spot)
        compared = (None if each is ABSENT else each for each in (control, candidate))
        known = _applies(word, _kind_of_text(kind), *compared)
        self._add(kind, (place, spot), values, related, known)

    def _is_noise(self, kind: Kind, path: str, control: Any, candidate: Any) -> bool:
        """Whether legacy itself differs here, in this way."""
        noise = self.rules.noise
        spec = noise.get(place_of(kind, path)) if noise else None
        if spec is None:
            return False
        return kind not in (Kind.VALUE, Kind.TYPE) or spec.allows(control, candidate)

    def _add(
        self,
        kind: Kind,
        places: tuple[str, str],
        values: tuple[Any, Any],
        related: str,
        expected: Expected | None,
    ) -> None:
        if self.full:
            return
        overdue = expected is not None and is_overdue(expected, self._today)
        self.found.append(Difference(kind, *places, *values, related, expected, overdue))


def _short(path: Path) -> Path:
    while len(exact(path)) > _LONGEST:
        path = path[:-1]
    return path


def _within_html(place: str) -> str:
    place = printable(place)
    while len(place) > _LONGEST and "/" in place:
        place = place.rpartition("/")[0]
    return place


def _kind_of_text(kind: Kind) -> Kind:
    """An empty text is not in the tree of a page: beside it, the other one has another value."""
    return Kind.VALUE if kind in (Kind.MISSING, Kind.EXTRA) else kind


def _applies(known: Expected | None, kind: Kind, control: Any, candidate: Any) -> Expected | None:
    """The operator's word, if it is about a difference like this one."""
    if known is None or known.within is None:
        return known
    if kind not in (Kind.VALUE, Kind.TYPE):
        return None
    return known if within(known.within, control, candidate) else None


def _shown(value: Json, rule: Rule, secret: bool) -> Any:
    if value is ABSENT:
        return ABSENT
    return MASK if secret else preview(value, rule)
