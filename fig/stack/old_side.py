"""The stack's part about the monolith: all of it (`legacy_side`, deleted with it), or `NOTHING`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fig.supervise.process import Process

FED = ("catalog", "orders", "inventory", "sales", "accounts")  # services with a read model
PORTS = ("legacy", "feed")  # of the port plan, free where there is no monolith


@dataclass(frozen=True)
class OldSide:
    """Its processes, and the settings of others about it: variables without their prefix."""

    processes: tuple[Process, ...] = ()
    owners: tuple[str, ...] = ()  # URLs of databases, as their owners
    databases: Mapping[str, str] = field(default_factory=dict)  # further variables of `databases`
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by service
    facade: Mapping[str, str] = field(default_factory=dict)  # further variables of the facade


NOTHING = OldSide(services={name: {"legacy_feed": "false"} for name in FED})
