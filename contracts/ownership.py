"""What each call to a service of a domain carries: who owns the domain, and since which epoch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stamp:
    """`epoch` is a fencing token: it rises with each change of the owner. `ours`: the new side owns
    the domain; else the monolith does. `window`: the monolith's tables are kept current for it.
    `since`: the place in the monolith's log from which on it is so."""

    epoch: int
    ours: bool
    window: bool = False
    since: int = 0
