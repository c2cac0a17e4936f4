"""Circuit breakers in words: of orders toward legacy, of the facade toward its upstreams."""

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]  # as chassis.breaker.circuit reports them


def text(breakers: Mapping[str, Facts]) -> str:
    """`orders toward legacy: read closed; write open for 3 s, next probe in 1.2 s: 6 of 9 …`"""
    return "orders toward legacy: " + _all(breakers)


def of_facade(upstreams: Mapping[str, Mapping[str, Any]]) -> str:
    """A line for each upstream with a breaker that is not closed; one line where all are."""
    known = {name: one["breaker"] for name, one in upstreams.items() if one["breaker"]}
    lines = [
        f"facade toward {name}: {_all(breakers)}"
        for name, breakers in known.items()
        if any(facts["state"] != "closed" for facts in breakers.values())
    ]
    if lines or not known:
        return "\n".join(lines)
    return f"facade toward {', '.join(known)}: all breakers closed"


def _all(breakers: Mapping[str, Facts]) -> str:
    return "; ".join(_one(kind, facts) for kind, facts in breakers.items())


def _one(kind: str, facts: Facts) -> str:
    words = f"{kind} {facts['state']}"
    if facts["state"] == "closed":
        return words
    if facts["for"] is not None:
        words += f" for {facts['for']:.0f} s"
    if facts["next_probe_in"] is not None:
        words += f", next probe in {facts['next_probe_in']:.1f} s"
    if facts["state"] == "half-open":
        words += ", the next calls are probes"
    return f"{words}: {facts['why']}" if facts["why"] else words
