"""What `fig status` says of the domains: where the record and the route file disagree, and more."""

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.cli.calls import NoAnswer, call_object
from contracts.cutover import path
from fig.cutover.domains import DOMAINS
from fig.cutover.mending import disagreement
from fig.cutover.owning import NEW, read
from fig.cutover.routefile import InFile
from fig.errors import FigError
from fig.stack.ports import HOST
from fig.supervise.state import StackState

SECONDS = 1.0


def standings(found: StackState, facade: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The answers of the owning services, by domain of the route file; without those away."""
    standings: dict[str, dict[str, Any]] = {}
    for domain in (facade or {}).get("domains") or {}:
        owning = DOMAINS[domain].owning if domain in DOMAINS else ""
        if owning not in found.ports:
            continue
        base = f"http://{HOST}:{found.ports[owning]}"
        try:
            standings[domain] = call_object(base + path(domain), seconds=SECONDS)
        except NoAnswer:
            continue
    return standings


def text(standings: Mapping[str, Mapping[str, Any]], facade: Mapping[str, Any]) -> str:
    """A line for each thing that a person should know; empty where all is as it should be."""
    return "\n".join(
        line for domain in standings for line in _lines(domain, standings[domain], facade)
    )


def _lines(domain: str, raw: Mapping[str, Any], facade: Mapping[str, Any]) -> Iterator[str]:
    try:
        standing = read(raw)
    except FigError as error:
        yield f"{domain}: {error}"
        return
    if not standing.settled:
        yield f"{domain}: {standing.operator} moves it now ({standing.phase})"
    else:
        if standing.words:
            yield f"{domain}: the last attempt, of {standing.operator}, ended: {standing.words}"
        said = facade["domains"][domain]
        differs = disagreement(standing, InFile(said["owner"], said.get("window") or "open", ()))
        if differs:
            yield f"{domain}: {differs}; `fig cutover {domain}` mends the file"
    reverse = raw.get("reverse") or {}
    if standing.owner == NEW and standing.window == "open" and reverse.get("pending"):
        lag = reverse.get("lag") or 0.0
        yield f"{domain}: legacy is {reverse['pending']:,} rows and {lag:.1f} s behind"
    rogues = raw.get("rogues") or []
    if rogues:
        yield f"{domain}: {len(rogues)} writes past the fence, the last one {rogues[-1]}"
