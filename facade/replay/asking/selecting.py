"""Which exchanges are asked again. What is left out is counted by its reason. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from facade.compare.answers import Answer
from facade.compare.secrets import MASK
from facade.replay.asking.targets import Targets
from facade.replay.formats.recorded import Exchange
from facade.routes.matching.conditions import Asked, host_of
from facade.routes.matching.paths import TargetRefused
from facade.routes.route import Route
from facade.routes.table import UNMATCHED_NAME, Located, RouteTable

_READS = frozenset({"GET", "HEAD"})
_NOT_WHOLE = frozenset({206, 226, 304, 412, 416})
_MASKS = (MASK.encode(), b"%28secret%29")


class Against(StrEnum):
    """Who is asked. `both`: they are compared; else the one is compared with the recording."""

    LEGACY = "legacy"
    NEW = "new"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Selection:
    """What the caller wants. `only` are names of routes, empty: all."""

    against: Against
    only: Collection[str] = ()
    writes: bool = False  # to a declared sandbox


class LeftOut(Exception):
    """An exchange that is not asked again; the message is the reason it is counted by."""


def select(exchange: Exchange, table: RouteTable, targets: Targets, selection: Selection) -> Route:
    """The route of an exchange that is asked again. Raises LeftOut."""
    if exchange.left_out:
        raise LeftOut(exchange.left_out)
    if _is_a_socket(exchange):
        raise LeftOut("of sockets")
    try:
        target = exchange.target.encode("latin-1", "replace")
        route = _located(exchange, table, target).route
    except TargetRefused:
        raise LeftOut("targets the facade refuses") from None
    if selection.only and route.name not in selection.only:
        raise LeftOut("of other routes")
    if not (exchange.method in _READS or route.safe):
        _require_writable(exchange, selection)
    if selection.against is not Against.LEGACY and not targets.new(route):
        unknown = route.name == UNMATCHED_NAME
        raise LeftOut("on paths that no route names" if unknown else "of routes without a new side")
    if selection.against is not Against.BOTH:
        _require_whole(exchange.answer)
    return route


def _located(exchange: Exchange, table: RouteTable, target: bytes) -> Located:
    located = table.locate(exchange.method, target)
    if located.cases is None:
        return located
    headers = [
        (name.encode(), value.encode("latin-1", "replace")) for name, value in exchange.headers
    ]
    host = dict(reversed(headers)).get(b"host", b"")
    return located.of(Asked(host_of(host), headers, target))


def _require_whole(answer: Answer | None) -> None:
    """A recorded answer to compare with: not "unchanged", and not a part."""
    if answer is None:
        raise LeftOut("without a recorded answer")
    if answer.status in _NOT_WHOLE:
        raise LeftOut("whose recorded answer is partial or unchanged")


def _is_a_socket(exchange: Exchange) -> bool:
    asked = any(
        name == "upgrade" and value.strip().lower() != "h2c" for name, value in exchange.headers
    )
    return asked or (exchange.answer is not None and exchange.answer.status == 101)


def _require_writable(exchange: Exchange, selection: Selection) -> None:
    if not selection.writes:
        raise LeftOut("writes, refused")
    if any(mask in exchange.body for mask in _MASKS):
        raise LeftOut("writes whose secrets were not recorded")
